"""How sure a holdout score is: a paired bootstrap over rows, or over whole groups of rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.engine.evaluate.metrics import Results, compute, point
from workers.engine.evaluate.truth import Floats, Truth

RESAMPLES = 1000
MAX_ROWS = 3_000
CHUNK_CELLS = 2_000_000


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float


class Resamples:
    """The draws all models share, so that their differences are paired.

    Above MAX_ROWS holdout rows the draws use a random subset of m of the n units and the spread
    is scaled by sqrt(m / n) (m-out-of-n bootstrap): the cost stays bounded.
    """

    def __init__(
        self,
        n_rows: int,
        *,
        groups: npt.NDArray[np.int_] | None = None,
        resamples: int = RESAMPLES,
        seed: int = 0,
        max_rows: int = MAX_ROWS,
    ) -> None:
        rng = np.random.default_rng(seed)
        units = np.arange(n_rows) if groups is None else np.unique(groups, return_inverse=True)[1]
        n_units = int(units.max()) + 1 if n_rows else 0
        kept = n_units
        self.rows = np.arange(n_rows)
        if n_rows > max_rows:
            kept = max(2, round(n_units * max_rows / n_rows))
            chosen = rng.permutation(n_units)[:kept]
            position = np.full(n_units, -1)
            position[chosen] = np.arange(kept)
            self.rows = np.flatnonzero(position[units] >= 0)
            units = position[units[self.rows]]
        self.scale = float(np.sqrt(kept / n_units)) if n_units else 1.0
        draws = rng.multinomial(kept, np.full(kept, 1 / kept), size=resamples)
        self._counts = draws.astype("uint16")[:, units]

    def chunks(self, resamples: int | None = None) -> list[Floats]:
        """How often each resample drew each row (resamples, rows kept), in pieces that fit the memory; all or the first few."""
        counts = self._counts[:resamples]
        size = max(1, CHUNK_CELLS // max(1, self._counts.shape[1]))
        return [counts[start : start + size].astype("float64") for start in range(0, len(counts), size)]

    def metrics(self, truth: Truth, p: Floats, only: Collection[str] | None = None) -> Bootstrapped:
        """Every metric of `p` on all rows; on the resamples `only` some, None for all."""
        part, kept = truth.take(self.rows), p[self.rows]
        subset = point(part, kept, only)
        parts = [compute(part, kept, draws, only) for draws in self.chunks()]
        return Bootstrapped(
            point(truth, p),
            {name: (np.concatenate([part[name] for part in parts]) - value) * self.scale for name, value in subset.items()},
        )


@dataclass(frozen=True)
class Bootstrapped:
    """A model's metrics: the value, and the deviation of each resample from it."""

    point: dict[str, float]
    deviations: Results

    def interval(self, metric: str) -> Interval:
        """95 % percentile interval; NaN ends when the metric is not defined on the resamples."""
        low, high = percentiles(self.deviations[metric])
        value = self.point[metric]
        return Interval(value, value + low, value + high)

    def tied_with(self, other: Bootstrapped, metric: str) -> bool:
        """Whether the 95 % interval of the paired difference to `other` holds zero."""
        difference = self.point[metric] - other.point[metric]
        low, high = percentiles(self.deviations[metric] - other.deviations[metric])
        return not (difference + low > 0 or difference + high < 0)


def percentiles(samples: Floats) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of the defined values."""
    defined = samples[np.isfinite(samples)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
