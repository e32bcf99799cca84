"""What the deployed model leans on: the loss of quality when one column is shuffled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.evaluate.holdout import Truth, predict
from workers.engine.evaluate.metrics import HIGHER_IS_BETTER, Floats, compute

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

MAX_ROWS = 2000
MIN_ROWS = 100
MAX_SHUFFLES = 5
CELLS_AT_ONCE = 1_000_000
# Two-sided 95 % quantiles of Student's t by degrees of freedom.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}


def importance_make(
    predictor: TabularPredictor,
    model: str,
    holdout: pd.DataFrame,
    truth: Truth,
    schema: dict[str, Any],
    *,
    metric: str,
    rows_per_s: float,
    until: float,
    seed: int,
) -> dict[str, Any]:
    """Permutation importance over original columns, in units of `metric`, worst case positive.

    `holdout`: typed, original names. `until`: unix time to stop at; columns that were not reached
    are missing from the result, all of them when it has passed already. `rows_per_s`: measured speed of `model`, which decides how many
    rows and shuffles fit in.
    """
    if time.time() >= until:
        return {"metric": metric, "rows_used": 0, "shuffles": 0, "importance": []}
    rng = np.random.default_rng(seed)
    columns = [c["name"] for c in schema["columns"] if c["role"] in ("feature", "time", "text") and c["name"] in holdout.columns]
    rows, shuffles = _effort(len(holdout), len(columns), rows_per_s * max(0.0, until - time.time()))
    chosen = np.sort(rng.permutation(len(holdout))[:rows])
    sample = holdout.iloc[chosen].reset_index(drop=True)
    truth = Truth(truth.problem_type, truth.y[chosen], truth.classes, truth.positive_class)
    order = [rng.permutation(rows) for _ in range(shuffles)]
    sign = -1.0 if HIGHER_IS_BETTER[metric] else 1.0
    whole = _score(predict(predictor, model, to_model_frame(sample, schema), truth), truth, metric)
    result: list[dict[str, Any]] = []
    at_once = max(1, CELLS_AT_ONCE // max(1, rows * shuffles * len(holdout.columns)))
    for start in range(0, len(columns), at_once):
        if result and time.time() > until:
            break
        part = columns[start : start + at_once]
        shuffled = _shuffled(sample, part, order)
        values = predict(predictor, model, to_model_frame(shuffled, schema), truth)
        for position, column in enumerate(part):
            first = position * shuffles * rows
            losses = [sign * (_score(values[first + k * rows : first + (k + 1) * rows], truth, metric) - whole) for k in range(shuffles)]
            result.append({"column": column, **_interval(losses)})
    result.sort(key=lambda entry: -entry["importance"])
    return {"metric": metric, "rows_used": rows, "shuffles": shuffles, "importance": result}


def _effort(n_rows: int, n_columns: int, affordable: float) -> tuple[int, int]:
    """Rows and shuffles so that rows x shuffles x columns stays within `affordable` predictions."""
    per_column = affordable / 2 / max(1, n_columns)  # half: encoding the copies costs as much again
    for shuffles in range(MAX_SHUFFLES, 2, -1):
        rows = min(n_rows, MAX_ROWS, int(per_column / shuffles))
        if rows >= min(n_rows, 4 * MIN_ROWS):
            return rows, shuffles
    return min(n_rows, max(MIN_ROWS, int(per_column / 2))), 2


def _shuffled(sample: pd.DataFrame, columns: list[str], order: list[Any]) -> pd.DataFrame:
    """The sample once per column and shuffle, with that column in another order."""
    import pandas as pd

    parts = []
    for column in columns:
        for permutation in order:
            values = sample[column].iloc[permutation]
            parts.append(sample.assign(**{column: values.set_axis(sample.index)}))
    return pd.concat(parts, ignore_index=True)


def _score(prediction: Floats, truth: Truth, metric: str) -> float:
    return float(compute(truth.problem_type, truth.y, prediction, np.ones((1, len(truth.y))), [metric])[metric][0])


def _interval(values: list[float]) -> dict[str, float]:
    mean = float(np.mean(values))
    half = T95[len(values) - 1] * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return {"importance": mean, "low": mean - half, "high": mean + half}
