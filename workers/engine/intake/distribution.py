"""Numbers and dates, counted: range, mean, median, histogram, how many differ and which are frequent. All of them exact."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

BINS = 30
TOP = 20
TOP_ALL = 50  # a column with no more distinct values than this lists them all
TAME = 1e150  # squares of larger numbers overflow, so they are left out of mean and standard deviation

Values = npt.NDArray[Any]
Counts = npt.NDArray[np.int64]


def runs(values: Values) -> tuple[Values, Counts]:
    """(distinct values in ascending order, how often each occurs). Sorts ``values``, (n,), in place."""
    values.sort()
    differs = values[1:] != values[:-1]
    if differs.all():
        return values, np.ones(len(values), np.int64)
    ends = np.empty(np.count_nonzero(differs) + 2, np.int64)
    ends[0], ends[1:-1], ends[-1] = -1, np.flatnonzero(differs), len(values) - 1
    return values[ends[1:]], np.diff(ends)


class Distribution:
    """Of a column whose size and range are known; feed it distinct values with their counts, in ascending order.

    ``kind`` is integer, number or datetime; dates are microseconds since 1970. ``low`` and ``high`` are values too.
    """

    def __init__(self, kind: str, present: int, low: Any, high: Any) -> None:
        self.kind, self.present, self.low, self.high = kind, present, low, high
        self.unique = self.done = 0
        self.top: list[tuple[int, Any]] = []  # (minus the count, value)
        self.edges, self.width = _edges(kind, self._measured(low), self._measured(high))
        self.bins = np.zeros(max(0, len(self.edges) - 1), np.int64)
        self.tame, self.mean, self.squares = 0, 0.0, 0.0
        self.middle: dict[int, Any] = {}  # by rank

    def add(self, values: Values, counts: Counts) -> None:
        """The next distinct values, (n,), above all before, and how often each occurs, (n,)."""
        if not len(values):
            return
        self.unique += len(values)
        most = frequent(counts, TOP_ALL)
        self.top = sorted([*self.top, *((-int(counts[place]), values[place].item()) for place in most)])[:TOP_ALL]
        measured = self._measured(values)
        self._place(measured, counts)
        self._sum(measured, counts)
        done = self.done + int(counts.sum())
        for rank in {(self.present - 1) // 2, self.present // 2}:
            if self.done <= rank < done:
                place = (
                    rank - self.done if len(counts) == done - self.done else np.searchsorted(np.cumsum(counts), rank - self.done, "right")
                )
                self.middle[rank] = values[int(place)].item()
        self.done = done

    def facts(self) -> dict[str, Any]:
        """unique, top, other, min, max, mean, std, median and histogram, as the report has them."""
        shown = self.top[: TOP_ALL if self.unique <= TOP_ALL else TOP]
        top = [{"value": self._text(value), "count": -count} for count, value in shown]
        ends = [self.middle[(self.present - 1) // 2], self.middle[self.present // 2]]
        found = {
            "unique": self.unique,
            "unique_is_estimate": False,
            "top": top,
            "other": self.present + sum(count for count, _ in shown),
            "histogram": {"edges": self.edges, "counts": self.bins.tolist()},
        }
        if self.kind == "datetime":
            return found | {
                "min": self._text(self.low), "max": self._text(self.high), "median": self._text(ends[0]), "mean": None, "std": None
            }  # fmt: skip
        spread = math.sqrt(self.squares / (self.tame - 1)) if self.tame > 1 else None
        median = float(ends[0]) + (float(ends[1]) - float(ends[0])) / 2
        return found | {"min": self.low, "max": self.high, "median": median, "mean": self.mean if self.tame else None, "std": spread}

    def _measured(self, values: Any) -> Any:
        """As the histogram measures: dates in seconds."""
        return values / 1e6 if self.kind == "datetime" else np.float64(values)

    def _text(self, value: Any) -> str:
        return as_text(moment(value) if self.kind == "datetime" else value)

    def _place(self, measured: Values, counts: Counts) -> None:
        if len(self.bins) == 1:
            self.bins[0] += counts.sum()
        elif len(self.bins):
            cuts = [0, *np.searchsorted(measured, self.edges[1:-1]), len(measured)]
            self.bins += [int(counts[start:end].sum()) for start, end in pairwise(cuts)]

    def _sum(self, measured: Values, counts: Counts) -> None:
        """Mean and squared deviations, merged with those so far (Chan, Golub and LeVeque 1979)."""
        if self.kind == "datetime":
            return
        first, last = np.searchsorted(measured, [-TAME, TAME])
        measured, counts = measured[first:last], counts[first:last]
        count = int(counts.sum())
        if not count:
            return
        # Not np.dot: its threads spin while others have work to do.
        mean = float(np.einsum("i,i->", measured, counts)) / count
        apart = measured - mean
        squares = float(np.einsum("i,i->", np.square(apart, out=apart), counts))
        both, shift = self.tame + count, mean - self.mean
        self.squares += squares + shift**2 * self.tame * count / both
        self.mean += shift * count / both
        self.tame = both


def frequent(counts: Counts, most: int) -> list[int]:
    """The places of the ``most`` largest counts, the largest first; of equal ones, the first."""
    places = np.flatnonzero(counts > 1)  # of the many values that occur once, the first ones will do
    if len(places) < most:
        places = np.concatenate([places, np.flatnonzero(counts[: 2 * most] == 1)[: most - len(places)]])
    if len(places) > most:
        held = counts[places]
        least = np.partition(held, len(held) - most)[len(held) - most]
        above = places[held > least]
        places = np.concatenate([above, places[held == least][: most - len(above)]])
    return [int(place) for place in places[np.lexsort((places, -counts[places]))]]


def _edges(kind: str, low: float, high: float) -> tuple[list[float], float]:
    """(edges of equal bins, their width); integers get bins of whole width. No edges where the range cannot be divided."""
    low, high = float(low), float(high)
    if low == high:
        return [low, high], 0.0
    width = (high - low) / BINS
    if not math.isfinite(width) or width == 0:
        return [], 0.0
    if kind != "integer":
        return [low + i * width for i in range(BINS)] + [high], width
    width = float(max(1, math.ceil((high - low + 1) / BINS)))
    bins = math.ceil((high - low + 1) / width)
    return [low + i * width for i in range(bins + 1)], width


def moment(microseconds: int) -> datetime:
    """Microseconds since 1970 as a date."""
    return datetime(1970, 1, 1) + timedelta(microseconds=int(microseconds))


def as_text(value: object) -> str:
    """A typed value as it is shown and as a class is named: 1, 2.5, true, 2024-01-31, text."""
    if type(value).__name__ == "bool":  # also numpy's
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)
