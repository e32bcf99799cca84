"""What the deployed model leans on: the loss of quality when one column is shuffled."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.evaluate.holdout import predict
from workers.engine.evaluate.metrics import HIGHER_IS_BETTER, point
from workers.engine.evaluate.truth import Floats, Truth

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

MAX_ROWS = 2000
MIN_ROWS = 100
MIN_SHUFFLES, WANTED_SHUFFLES, MAX_SHUFFLES = 2, 3, 10
PROBE_COLUMNS = 2
FEWEST_COLUMNS = 20
ROWS_AT_ONCE, CELLS_AT_ONCE = 20_000, 10_000_000
PROBE_SHARE = 0.15
# Two-sided 95 % quantiles of Student's t by degrees of freedom.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


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

    `holdout`: typed, original names. `until`: unix time to stop at; nothing is tried when it has passed already. Every column
    is shuffled equally often, as often as the time allows; where it does not allow for all columns, those are taken that go with
    the prediction most, and `left_out` counts the others. `rows_per_s`: measured speed of `model`; it decides the first probe.
    """
    nothing: dict[str, Any] = {"metric": metric, "rows_used": 0, "shuffles": 0, "importance": [], "left_out": 0}
    columns = [c["name"] for c in schema["columns"] if c["role"] in ("feature", "time", "text") and c["name"] in holdout.columns]
    seconds = until - time.time()
    if seconds <= 0 or not columns:
        return nothing
    rng = np.random.default_rng(seed)
    task = _Task(predictor, model, schema, metric, columns)
    rows = min(len(holdout), MAX_ROWS, max(MIN_ROWS, int(rows_per_s * seconds * PROBE_SHARE)))
    sample, part = _rows(holdout, truth, rows, rng)
    speed = task.speed(sample, part, rng)
    affordable = int(speed * max(0.0, until - time.time()) / len(columns) / WANTED_SHUFFLES)
    if affordable < rows:
        rows = min(rows, max(MIN_ROWS, affordable))
        sample, part = _rows(sample, part, rows, rng)
    prediction = predict(predictor, model, to_model_frame(sample, schema), part)
    whole = _score(prediction, part, metric)
    most = max(FEWEST_COLUMNS, int(speed * max(0.0, until - time.time()) / rows / MIN_SHUFFLES))
    columns = columns if most >= len(columns) else foremost(sample, columns, prediction, most)
    left_out, task = len(task.columns) - len(columns), replace(task, columns=columns)
    losses: dict[str, list[float]] = {column: [] for column in columns}
    for done in range(1, MAX_SHUFFLES + 1):
        started = time.time()
        for column, score in task.scores(sample, part, rng).items():
            losses[column].append(score - whole if not HIGHER_IS_BETTER[metric] else whole - score)
        if done >= MIN_SHUFFLES and 2 * time.time() - started > until:
            break
    result: list[dict[str, Any]] = [{"column": column, **_interval(values)} for column, values in losses.items()]
    result.sort(key=lambda entry: -entry["importance"])
    return {"metric": metric, "rows_used": rows, "shuffles": done, "importance": result, "left_out": left_out}


def foremost(sample: pd.DataFrame, columns: list[str], prediction: Floats, most: int) -> list[str]:
    """The `most` columns whose values go with the prediction most, by the share of its ranks' variance they account for.

    `prediction`: (rows,) or (rows, several), row for row with `sample`.
    """
    import pandas as pd

    score = pd.Series(prediction if prediction.ndim == 1 else prediction[:, 0]).rank().to_numpy()

    def shared(column: str) -> float:
        values = sample[column]
        if values.nunique() < 2:
            return 0.0
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            return float(np.corrcoef(values.rank().fillna(0.0), score)[0, 1] ** 2)
        codes = pd.factorize(values.astype(str))[0]
        means = np.bincount(codes, score) / np.bincount(codes)
        # What as many groups account for by chance is taken off.
        return float(np.var(means[codes]) / np.var(score)) - len(means) / len(codes)

    with np.errstate(divide="ignore", invalid="ignore"):
        by_share = {column: np.nan_to_num(shared(column)) for column in columns}
    return sorted(columns, key=lambda column: -by_share[column])[:most]


@dataclass(frozen=True)
class _Task:
    predictor: TabularPredictor
    model: str
    schema: dict[str, Any]
    metric: str
    columns: list[str]

    def scores(self, sample: pd.DataFrame, truth: Truth, rng: np.random.Generator) -> dict[str, float]:
        """The metric with each column shuffled once; many columns share one prediction, whose fixed cost is large."""
        found: dict[str, float] = {}
        at_once = max(1, min(ROWS_AT_ONCE, CELLS_AT_ONCE // sample.shape[1]) // len(sample))
        order = rng.permutation(len(sample))
        for start in range(0, len(self.columns), at_once):
            part = self.columns[start : start + at_once]
            for column, values in zip(part, self._predictions(sample, truth, part, order), strict=True):
                found[column] = _score(values, truth, self.metric)
        return found

    def speed(self, sample: pd.DataFrame, truth: Truth, rng: np.random.Generator) -> float:
        """Predictions per second when several columns are shuffled at once, measured."""
        part = self.columns[:PROBE_COLUMNS]
        started = time.monotonic()
        self._predictions(sample, truth, part, rng.permutation(len(sample)))
        return len(sample) * len(part) / max(1e-3, time.monotonic() - started)

    def _predictions(self, sample: pd.DataFrame, truth: Truth, part: list[str], order: npt.NDArray[np.int_]) -> list[Floats]:
        """One array of predictions per column of `part`, that column shuffled."""
        stacked = to_model_frame(_shuffled(sample, part, order), self.schema)
        values = predict(self.predictor, self.model, stacked, truth)
        return np.split(values, len(part))


def _rows(frame: pd.DataFrame, truth: Truth, rows: int, rng: np.random.Generator) -> tuple[pd.DataFrame, Truth]:
    """A random part of the holdout and its truth, in step."""
    chosen = np.sort(rng.permutation(len(frame))[:rows])
    return frame.iloc[chosen].reset_index(drop=True), truth.take(chosen)


def _shuffled(sample: pd.DataFrame, columns: list[str], order: npt.NDArray[np.int_]) -> pd.DataFrame:
    """The sample once per column, with that column in another order."""
    import pandas as pd

    parts = [sample.assign(**{column: sample[column].iloc[order].set_axis(sample.index)}) for column in columns]
    return pd.concat(parts, ignore_index=True)


def _score(prediction: Floats, truth: Truth, metric: str) -> float:
    return point(truth, prediction, [metric])[metric]


def _interval(values: list[float]) -> dict[str, float]:
    mean = float(np.mean(values))
    half = T95[len(values) - 1] * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return {"importance": mean, "low": mean - half, "high": mean + half}
