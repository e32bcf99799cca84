"""How far a file has moved from the training data, column by column, and what may have happened to it.

The distance is the population stability index, PSI = sum over places of (here - training) * ln(here / training), with shares
of rows. Above 0.2 is commonly read as a shift, above 0.5 as another population. A column is only accused when its PSI is also
more than chance explains: with as few as 100 rows, or with many categories, 0.2 is nothing unusual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.bundle.runtime.columns import warning
from workers.engine.bundle.runtime.spread import NUMERIC, counted, numbers
from workers.engine.bundle.runtime.thinning import Thinned
from workers.engine.bundle.runtime.units import unit_change
from workers.engine.events import gettext_noop

if TYPE_CHECKING:
    import pandas as pd

MIN_ROWS = 100
SHIFTED, STRONG = 0.2, 0.5
SAMPLE = 2000
SIGMAS = 3.7  # one column in 10,000 is accused by chance
MORE_MISSING = 0.05  # of the rows

_FAR = gettext_noop(
    "Column %(column)s is far from the training data (PSI %(psi)s): half of its values lie below %(here)s here, below %(training)s in training. Treat the predictions with care."
)
_FAR_WORDS = gettext_noop(
    "Column %(column)s is far from the training data (PSI %(psi)s): %(value)s makes up %(here)s %% of the rows here, %(training)s %% in training. Treat the predictions with care."
)
_MOVED = gettext_noop(
    "Column %(column)s has moved since training (PSI %(psi)s): half of its values lie below %(here)s here, below %(training)s in training."
)
_MOVED_WORDS = gettext_noop(
    "Column %(column)s has moved since training (PSI %(psi)s): %(value)s makes up %(here)s %% of the rows here, %(training)s %% in training."
)
_UNIT = gettext_noop(
    "The values of column %(column)s are about %(factor)s times those of training (median %(here)s here, %(training)s there; PSI %(psi)s). Was its unit changed? %(reason)s"
)
_MISSING = gettext_noop("Column %(column)s is empty in %(here)s %% of the rows here, but in %(training)s %% in training.")


def psi(training: Sequence[int], here: npt.NDArray[np.int64]) -> float:
    """The index of two histograms over the same places; half a row is added to each place, so that none is empty."""
    expected = (np.asarray(training) + 0.5) / (sum(training) + 0.5 * len(training))
    found = (here + 0.5) / (here.sum() + 0.5 * len(here))
    return float(((found - expected) * np.log(found / expected)).sum())


def by_chance(places: int, training: int, here: int) -> float:
    """What the index stays under (but for one in 10,000) when nothing moved: (1/n + 1/m) times a chi-squared quantile."""
    free = max(places - 1, 1)
    part = 2 / (9 * free)
    quantile = free * (1 - part + SIGMAS * part**0.5) ** 3  # Wilson and Hilferty 1931
    return float(quantile * (1 / training + 1 / here))


class Drift:
    """Running counts over the chunks of one file, against the `spread` each schema entry carries."""

    def __init__(self, columns: Sequence[Mapping[str, Any]]) -> None:
        self.columns = [column for column in columns if column.get("spread")]
        self.rows = 0
        self.missing = {c["name"]: 0 for c in self.columns}
        self.counts = {c["name"]: np.zeros(len(c["spread"]["counts"]), np.int64) for c in self.columns if "counts" in c["spread"]}
        self.sample = {c["name"]: Thinned(SAMPLE) for c in self.columns if "edges" in c["spread"]}

    def values(self, frame: pd.DataFrame) -> None:
        """Count a typed chunk (original names)."""
        self.rows += len(frame)
        for column in self.columns:
            name, series = column["name"], frame[column["name"]]
            self.missing[name] += int(series.isna().sum())
            if name in self.counts:
                self.counts[name] += counted(series, column["spread"], column["type"])
            if name in self.sample:
                self.sample[name].add(numbers(series))

    def index(self, column: Mapping[str, Any]) -> float | None:
        """The PSI of a column; None when it cannot be judged."""
        here = self.counts.get(column["name"])
        if here is None or here.sum() < MIN_ROWS or sum(column["spread"]["counts"]) < MIN_ROWS:
            return None
        return psi(column["spread"]["counts"], here)

    def warnings(self) -> list[dict[str, Any]]:
        """`column_drift_strong`, then `column_drift`, the furthest column first; then `more_missing`."""
        found = []
        for column in self.columns:
            value = self.index(column)
            if value is None or value <= SHIFTED:
                continue
            training, here = column["spread"]["counts"], self.counts[column["name"]]
            if value > by_chance(len(here), sum(training), int(here.sum())):
                found.append((value, self._moved(column, value)))
        drifted = [item for _, item in sorted(found, key=lambda pair: -pair[0])]
        return drifted + [self._more_missing(column) for column in self.columns if self._is_more_missing(column)]

    def _moved(self, column: Mapping[str, Any], value: float) -> dict[str, Any]:
        strong = value > STRONG
        code = "column_drift_strong" if strong else "column_drift"
        shown: dict[str, Any] = {"column": column["name"], "psi": f"{value:.2f}"}
        if column["type"] not in NUMERIC:
            return warning(code, _FAR_WORDS if strong else _MOVED_WORDS, **shown, **self._most_moved(column))
        quartiles = np.quantile(self.sample[column["name"]].values(), [0.25, 0.5, 0.75])
        shown |= {"here": f"{quartiles[1]:.4g}", "training": f"{column['spread']['quartiles'][1]:.4g}"}
        unit = unit_change(column["spread"]["quartiles"], quartiles)
        if unit:
            return warning(code, _UNIT, **shown, factor=f"{unit[0]:.2g}" if unit[0] < 10 else f"{unit[0]:.0f}", reason=unit[1])
        return warning(code, _FAR if strong else _MOVED, **shown)

    def _most_moved(self, column: Mapping[str, Any]) -> dict[str, Any]:
        """The value whose share changed most; those counted together have no name to show, unless nothing else is there."""
        training, here = np.asarray(column["spread"]["counts"], float), self.counts[column["name"]].astype(float)
        training, here = 100 * training / training.sum(), 100 * here / here.sum()
        names = column["spread"]["values"] or ["…"]
        place = int(np.abs(here - training)[: len(names)].argmax())
        return {"value": names[place][:80], "here": f"{here[place]:.0f}", "training": f"{training[place]:.0f}"}

    def _is_more_missing(self, column: Mapping[str, Any]) -> bool:
        spread = column["spread"]
        if self.rows < MIN_ROWS or spread["rows"] < MIN_ROWS:
            return False
        here, training = self.missing[column["name"]] / self.rows, spread["missing"] / spread["rows"]
        both = (self.missing[column["name"]] + spread["missing"]) / (self.rows + spread["rows"])
        error = (both * (1 - both) * (1 / self.rows + 1 / spread["rows"])) ** 0.5
        return bool(here - training > MORE_MISSING and here - training > SIGMAS * error)

    def _more_missing(self, column: Mapping[str, Any]) -> dict[str, Any]:
        spread = column["spread"]
        here, training = 100 * self.missing[column["name"]] / self.rows, 100 * spread["missing"] / spread["rows"]
        return warning("more_missing", _MISSING, column=column["name"], here=f"{here:.0f}", training=f"{training:.0f}")
