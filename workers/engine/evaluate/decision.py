"""The use case's own figures on the holdout: what its decision is worth with the settings chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.evaluate.holdout import Truth
from workers.engine.evaluate.metrics import Floats

if TYPE_CHECKING:
    import pandas as pd


def decision_make(
    use_case: str, truth: Truth, prediction: Floats, holdout: pd.DataFrame, label: str, settings: dict[str, Any]
) -> dict[str, Any] | None:
    """{"metrics": {name: value}, "counts": {decision: rows}} from the hooks `business_metrics` and `decide`; None without them.

    `prediction`: as `evaluate.holdout.predict` gives it. `holdout`: typed frame with the original names, row for row the same.
    """
    from workers.engine.bundle.runtime.frame import use_case_hooks

    hooks = use_case_hooks(use_case)
    if not {"business_metrics", "decide"} & set(hooks):
        return None
    predictions, frame = predictions_frame(truth, prediction, holdout), holdout.drop(columns=[label]).reset_index(drop=True)
    chosen = {**settings, "positive_class": truth.positive_class}
    facts: dict[str, Any] = {"metrics": {}, "counts": {}}
    if "business_metrics" in hooks:
        facts["metrics"] = hooks["business_metrics"](holdout[label].reset_index(drop=True), predictions, frame, chosen)
    if "decide" in hooks:
        decided = hooks["decide"](predictions, frame, chosen)
        if "decision" in decided:
            facts["counts"] = {str(name): int(count) for name, count in decided["decision"].value_counts().items()}
    return facts


def predictions_frame(truth: Truth, prediction: Floats, holdout: pd.DataFrame) -> pd.DataFrame:
    """`prediction` and `probability_<class>` columns, as the predictor's own output has them."""
    import pandas as pd

    if truth.classes is None:
        return pd.DataFrame({"prediction": prediction})
    if truth.problem_type == "binary":
        assert truth.positive_class is not None
        other = next(name for name in truth.classes if name != truth.positive_class)
        table = pd.DataFrame({f"probability_{truth.positive_class}": prediction, f"probability_{other}": 1 - prediction})
        table.insert(0, "prediction", np.where(prediction >= 0.5, truth.positive_class, other))
        return table
    table = pd.DataFrame(prediction, columns=[f"probability_{name}" for name in truth.classes])
    table.insert(0, "prediction", np.asarray(truth.classes)[prediction.argmax(axis=1)])
    return table
