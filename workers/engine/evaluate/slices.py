"""How the model does for groups of people: one score per value of each sensitive column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.evaluate.bootstrap import Resamples
from workers.engine.evaluate.truth import Floats, Truth

if TYPE_CHECKING:
    import pandas as pd

MIN_ROWS = 10  # below this a slice could point at single people, and says nothing
MAX_VALUES = 20
NUMBER_BANDS = 4


def slice_scores(frame: pd.DataFrame, columns: list[str], truth: Truth, prediction: Floats, metric: str, seed: int) -> list[dict[str, Any]]:
    """`frame`: (rows,) original names. Slices under MIN_ROWS are left out; a metric that is not
    defined inside a slice (area under the curve with one class) is None.
    """
    result = []
    for column in columns:
        if column not in frame.columns:
            continue
        for value, mask in _groups(frame[column]):
            if mask.sum() < MIN_ROWS:
                continue
            part, p = truth.take(mask), prediction[mask]
            boot = Resamples(len(p), seed=seed).metrics(part, p, only=[metric])
            interval = boot.interval(metric)
            result.append(
                {
                    "column": column,
                    "value": value,
                    "n": int(mask.sum()),
                    "metric": metric,
                    "score": interval.value,
                    "ci_low": interval.low,
                    "ci_high": interval.high,
                    "mean_prediction": _mean_prediction(part, p),
                }
            )
    return result


def _mean_prediction(truth: Truth, prediction: Floats) -> float | None:
    """Of the probability, the value or the middle quantile; several classes have no one number."""
    if truth.problem_type == "multiclass":
        return None
    values = prediction[:, truth.middle] if truth.problem_type == "quantile" else prediction
    return float(np.average(values, weights=truth.weight))


def _groups(series: pd.Series[Any]) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Values of a category, or four bands of a number with about as many rows each."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(series) or not pd.api.types.is_numeric_dtype(series) or series.nunique() <= NUMBER_BANDS + 1:
        counts = series.astype(str).where(series.notna()).value_counts()
        for value in counts.index[:MAX_VALUES]:
            yield str(value), (series.astype(str) == value).to_numpy() & series.notna().to_numpy()
        return
    edges = np.unique(series.quantile(np.linspace(0, 1, NUMBER_BANDS + 1)).to_numpy())
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        last = high == edges[-1]
        inside = (series >= low) & ((series <= high) if last else (series < high))
        yield f"{low:g} – {high:g}" if last else f"{low:g} – <{high:g}", inside.to_numpy()
