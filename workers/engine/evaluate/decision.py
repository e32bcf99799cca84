"""The use case's own figures on the holdout: what its decision is worth with the settings chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.answers import called, middle_name, quantile_name
from workers.engine.evaluate.truth import Floats, Truth

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
    facts: dict[str, Any] = {"metrics": business_metrics(use_case, truth, prediction, holdout, label, settings), "counts": {}}
    if "decide" in hooks:
        predictions, frame = predictions_frame(truth, prediction), holdout.drop(columns=[label]).reset_index(drop=True)
        chosen = {**settings, "positive_class": truth.positive_class}
        decided = hooks["decide"](predictions, frame, chosen)
        if "decision" in decided:
            facts["counts"] = {str(name): int(count) for name, count in decided["decision"].value_counts().items()}
    return facts


def business_metrics(
    use_case: str, truth: Truth, prediction: Floats, holdout: pd.DataFrame, label: str, settings: dict[str, Any]
) -> dict[str, float]:
    """The use case's own figures of one model, {name: value}; empty without the hook. Arguments as of `decision_make`."""
    from workers.engine.bundle.runtime.frame import use_case_hooks

    hook = use_case_hooks(use_case).get("business_metrics")
    if hook is None:
        return {}
    frame = holdout.drop(columns=[label]).reset_index(drop=True)
    chosen = {**settings, "positive_class": truth.positive_class}
    figures: dict[str, float] = hook(holdout[label].reset_index(drop=True), predictions_frame(truth, prediction), frame, chosen)
    return figures


def predictions_frame(truth: Truth, prediction: Floats) -> pd.DataFrame:
    """`prediction` and `probability_<class>` columns, as the predictor's own output has them."""
    import pandas as pd

    if truth.problem_type == "quantile":
        names = [quantile_name(level) for level in truth.levels]
        quantiles = pd.DataFrame(prediction, columns=names)
        return pd.concat([quantiles[middle_name(list(truth.levels))].rename("prediction"), quantiles], axis=1)
    if truth.classes is None:
        return pd.DataFrame({"prediction": prediction})
    shares = pd.DataFrame(np.column_stack([1 - prediction, prediction]) if prediction.ndim == 1 else prediction, columns=_columns(truth))
    schema = {"problem_type": truth.problem_type, "positive_class": truth.positive_class, "threshold": {"value": truth.threshold}}
    table = shares[truth.classes].add_prefix("probability_")
    table.insert(0, "prediction", called(shares, schema))
    return table


def _columns(truth: Truth) -> list[str]:
    """The classes in the order in which `evaluate.holdout.predict` has them."""
    assert truth.classes is not None
    if truth.problem_type != "binary":
        return truth.classes
    assert truth.positive_class is not None
    return [next(name for name in truth.classes if name != truth.positive_class), truth.positive_class]
