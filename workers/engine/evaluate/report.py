"""evaluation.json: what the evaluation page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.evaluate.curves import binary_curves, interval_dict, multiclass_curves, regression_curves
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
    y, p = truth.y, scored.prediction
    if truth.problem_type == "binary":
        curves = {"positive_class": truth.positive_class} | binary_curves(y, p, scores.resamples, scored.boot)
    elif truth.problem_type == "multiclass":
        curves = multiclass_curves(y, p, truth.classes or [])
    else:
        curves = regression_curves(y, p, seed)
    metrics = {name: interval_dict(scored.boot.interval(name)) | {"higher_is_better": HIGHER_IS_BETTER[name]} for name in scored.boot.point}
    return {
        "problem_type": truth.problem_type,
        "n_holdout": len(y),
        "model": model,
        "metrics": metrics,
        **curves,
        "slices": slice_scores(holdout, sensitive, truth, p, metric, seed),
    }
