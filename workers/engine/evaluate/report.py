"""evaluation.json: what the evaluation page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.evaluate.confusions import multiclass_curves
from workers.engine.evaluate.curves import binary_curves, interval_dict
from workers.engine.evaluate.errors import quantile_curves, regression_curves
from workers.engine.evaluate.holdout import HoldoutScores
from workers.engine.evaluate.metrics import HIGHER_IS_BETTER
from workers.engine.evaluate.slices import slice_scores

if TYPE_CHECKING:
    import pandas as pd


def evaluation_make(
    scores: HoldoutScores, model: str, metric: str, holdout: pd.DataFrame, sensitive: list[str], seed: int
) -> dict[str, Any]:
    """`holdout`: typed, original names, row for row what `scores` was made from."""
    truth, scored = scores.truth, scores.scored[model]
    p = scored.prediction
    if truth.problem_type == "binary":
        curves = {"positive_class": truth.positive_class} | binary_curves(truth, p, scores.resamples, scored.boot)
    elif truth.problem_type == "multiclass":
        curves = multiclass_curves(truth, p)
    elif truth.problem_type == "quantile":
        curves = quantile_curves(truth, p, seed)
    else:
        curves = regression_curves(truth, p, seed)
    metrics = {name: interval_dict(scored.boot.interval(name)) | {"higher_is_better": HIGHER_IS_BETTER[name]} for name in scored.boot.point}
    return {
        "problem_type": truth.problem_type,
        "distribution": truth.distribution,
        "weighted": truth.weight is not None,
        "calibrated": truth.calibration,
        "line": truth.line,
        "n_holdout": len(truth.y),
        "model": model,
        "metrics": metrics,
        **curves,
        "slices": slice_scores(holdout, sensitive, truth, p, metric, seed),
    }
