"""The metric of a search as AutoGluon takes it: its own where it has it, ours where it has not or would not weigh the rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from domains.metrics import AT_THRESHOLD, DEVIANCE, HIGHER_IS_BETTER
from workers.engine.evaluate.metrics import point
from workers.engine.evaluate.truth import Floats, Truth

if TYPE_CHECKING:
    from autogluon.core.metrics import Scorer

# AutoGluon's leave the weights out without a word (measured; the tests would tell if that changed).
UNWEIGHED = frozenset(
    {
        *("log_loss", "balanced_accuracy", "quadratic_kappa", "pac", "roc_auc_ovo", "roc_auc_ovo_weighted"),
        *("symmetric_mean_absolute_percentage_error", "spearmanr", "pearsonr"),
    }
)
BEST = {"log_loss": 0.0, "symmetric_mean_absolute_percentage_error": 0.0} | dict.fromkeys(DEVIANCE.values(), 0.0)


def search_metric(name: str, problem_type: str, *, weighed: bool) -> str | Scorer:
    """`weighed`: rows count by their weights in validation."""
    if name not in DEVIANCE.values() and not (weighed and name in UNWEIGHED):
        return name
    from autogluon.core.metrics import make_scorer

    classes = problem_type in ("binary", "multiclass")
    made: Scorer = make_scorer(
        name,
        partial(measured, name, problem_type),
        optimum=BEST.get(name, 1.0),
        greater_is_better=HIGHER_IS_BETTER[name],
        needs_class=classes and name in AT_THRESHOLD,
        needs_proba=classes and name not in AT_THRESHOLD,
    )
    return made


def measured(name: str, problem_type: str, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
    """`y_true` (rows,) and `y_pred` (rows,) or (rows, classes), as AutoGluon's models have them: class positions, or numbers."""
    y, p = np.asarray(y_true, dtype="float64"), np.asarray(y_pred, dtype="float64")
    if problem_type == "multiclass" and p.ndim == 1:
        p = np.eye(1 + int(max(y.max(), p.max())))[p.astype(int)]
    return point(Truth(problem_type, y, weight=_weights(sample_weight)), p, [name])[name]


def _weights(sample_weight: Any) -> Floats | None:
    return None if sample_weight is None else np.asarray(sample_weight, dtype="float64")
