"""What a fitted predictor answers, put right: probabilities calibrated, quantiles in order, counts and amounts not below zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

CLASSIFICATION = ("binary", "multiclass")
SMALLEST = 1e-15


def answers(inner: Any, table: pd.DataFrame, schema: Mapping[str, Any], model: str | None = None) -> pd.DataFrame:
    """One column per class (its probability), per quantile (`quantile_name`) or `prediction`; float64, (n rows), index of ``table``.

    ``inner``: AutoGluon's predictor. ``table``: model frame. ``model``: one of its models, None for the one that is published; what
    was learned to put probabilities right belongs to that one alone.
    """
    import numpy as np
    import pandas as pd

    kind = schema["problem_type"]
    if kind in CLASSIFICATION:
        shares: pd.DataFrame = inner.predict_proba(table, model=model).rename(columns=str).astype("float64")
        learned = schema.get("calibration") or {}
        if not learned.get("applied") or model not in (None, learned["model"]):
            return shares
        shift = np.array([learned["shift"].get(name, 0.0) for name in shares.columns])
        return pd.DataFrame(calibrated(shares.to_numpy(), learned["scale"], shift), index=shares.index, columns=shares.columns)
    values = inner.predict(table, model=model)
    numbers = values.to_numpy("float64").reshape(len(table), -1)
    if not_negative(schema):
        numbers = np.maximum(numbers, 0.0)
    # Each quantile is learned by itself, so a higher one can come out below a lower one: they are put in order.
    names = [quantile_name(level) for level in schema["quantile_levels"]] if kind == "quantile" else ["prediction"]
    return pd.DataFrame(np.sort(numbers, axis=1), index=table.index, columns=names)


def not_negative(schema: Mapping[str, Any]) -> bool:
    """Whether the label is a count or an amount."""
    return schema.get("distribution") not in (None, "normal")


def calibrated(shares: npt.NDArray[np.float64], scale: float, shift: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(rows, classes) probabilities with their logarithms scaled and shifted per class (Platt 1999; Alexandari et al. 2020)."""
    import numpy as np

    logs = scale * np.log(np.clip(shares, SMALLEST, None)) + shift
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    result: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return result


def quantile_name(level: float) -> str:
    """q10 for 0.1, q2.5 for 0.025."""
    return f"q{100 * level:g}"


def middle_name(levels: list[float]) -> str:
    """The column of the quantile nearest the median, which is the prediction when one number is wanted."""
    return quantile_name(min(levels, key=lambda level: abs(level - 0.5)))


def called(shares: pd.DataFrame, schema: Mapping[str, Any]) -> npt.NDArray[np.object_]:
    """(n rows,) the class each row is called, as text: the likeliest, or with two classes the positive one from the threshold on."""
    import numpy as np

    names = np.array(shares.columns, dtype=object)
    positive = schema.get("positive_class")
    if schema["problem_type"] != "binary" or positive is None:
        likeliest: npt.NDArray[np.object_] = names[shares.to_numpy().argmax(axis=1)]
        return likeliest
    other = next(name for name in names if name != positive)
    line = (schema.get("threshold") or {}).get("value", 0.5)
    chosen: npt.NDArray[np.object_] = np.where(shares[positive].to_numpy() >= line, positive, other).astype(object)
    return chosen
