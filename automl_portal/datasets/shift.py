"""How far a column's distribution moved between two versions, from the figures that the data reports keep."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

FLOOR = 1e-4  # share given to an empty bin, so that its logarithm stays finite
SLICES = 10  # of equal share in the older version
DRAWN = 16  # bins of the small picture
NAMED = 12  # values of the small picture
SMALL, LARGE = 0.1, 0.25  # the usual reading of the index (Siddiqi, Credit Risk Scorecards, 2006)

Shares = list[float]


def stability_index(old: Sequence[float], new: Sequence[float]) -> float:
    """The population stability index of two distributions over the same bins (shares): 0 for equal ones, unbounded above."""
    pairs = [(max(p, FLOOR), max(q, FLOOR)) for p, q in zip(old, new, strict=True)]
    return sum((q - p) * math.log(q / p) for p, q in pairs)


def column_shift(old: dict[str, Any], new: dict[str, Any], old_rows: int, new_rows: int) -> tuple[float, Shares, Shares] | None:
    """(index, old shares, new shares) of a column in two versions; None where there is nothing to compare.

    The shares are those of the small picture. Missing cells are a bin of their own in the index.
    """
    bins = shared_bins(old, new)
    if bins is None:
        return None
    before, after, drawn_before, drawn_after = bins
    gaps = [(column.get("missing") or 0) / rows if rows else 0.0 for column, rows in ((old, old_rows), (new, new_rows))]
    index = stability_index([share * (1 - gaps[0]) for share in before] + [gaps[0]], [share * (1 - gaps[1]) for share in after] + [gaps[1]])
    return index, drawn_before, drawn_after


def shared_bins(old: dict[str, Any], new: dict[str, Any]) -> tuple[Shares, Shares, Shares, Shares] | None:
    """(old, new) shares to compare and (old, new) shares to draw: values where all are known, else slices of the histograms."""
    ranges = histogram_of(old), histogram_of(new)
    if all(ranges) and not (listed(old) and listed(new)):
        return (*sliced(*ranges), *drawn_ranges(*ranges))
    if old.get("top") and new.get("top"):
        before, after = values_side_by_side(old, new)
        return before, after, first_values(before), first_values(after)
    return None


def histogram_of(column: dict[str, Any]) -> dict[str, Any]:
    """The column's histogram, that of the lengths for text; empty when there is none."""
    histogram: dict[str, Any] = column.get("length_histogram" if column.get("type") == "text" else "histogram") or {}
    return histogram if sum(histogram.get("counts") or []) else {}


def listed(column: dict[str, Any]) -> bool:
    """Whether the report names every value of the column."""
    return bool(column.get("top")) and not column.get("other") and column.get("type") != "text"


def values_side_by_side(old: dict[str, Any], new: dict[str, Any]) -> tuple[Shares, Shares]:
    """Shares of every value that either report names, and of the rest; the older version's commonest first.

    A report names the commonest values only. One that it does not name is taken to be as common as in the other version,
    as far as that fits below the rarest it names: what cannot be seen is not counted as a shift.
    """
    counted = [{str(item["value"]): item["count"] for item in column["top"]} for column in (old, new)]
    rest = [column.get("other") or 0 for column in (old, new)]
    totals = [max(sum(counts.values()) + other, 1) for counts, other in zip(counted, rest, strict=True)]
    shares: tuple[Shares, Shares] = ([], [])
    for name in dict.fromkeys([*counted[0], *counted[1]]):
        for side, elsewhere in ((0, 1), (1, 0)):
            count = counted[side].get(name)
            if count is None:
                alike = counted[elsewhere][name] / totals[elsewhere] * totals[side]
                count = min(alike, min(counted[side].values()), rest[side])
                rest[side] -= count
            shares[side].append(count / totals[side])
    for side in (0, 1):
        shares[side].append(rest[side] / totals[side])
    return shares


def first_values(shares: Shares) -> Shares:
    """The first values one by one and all others as one bar."""
    return shares if len(shares) <= NAMED + 1 else [*shares[:NAMED], sum(shares[NAMED:])]


def sliced(old: dict[str, Any], new: dict[str, Any]) -> tuple[Shares, Shares]:
    """Shares of both within the deciles of the older, read off its histogram."""
    cuts = sorted({quantile(old, step / SLICES) for step in range(1, SLICES)})
    return between(old, cuts), between(new, cuts)


def drawn_ranges(old: dict[str, Any], new: dict[str, Any]) -> tuple[Shares, Shares]:
    """Shares of both in bins of equal width over their common range."""
    low, high = min(old["edges"][0], new["edges"][0]), max(old["edges"][-1], new["edges"][-1])
    cuts = [low + (high - low) * step / DRAWN for step in range(1, DRAWN)] if high > low else []
    return between(old, cuts), between(new, cuts)


def between(histogram: dict[str, Any], cuts: list[float]) -> Shares:
    """The histogram's share below the first cut, between each two, and above the last."""
    below = [0.0, *(share_below(histogram, cut) for cut in cuts), 1.0]
    return [after - before for before, after in pairwise(below)]


def share_below(histogram: dict[str, Any], value: float) -> float:
    """The share of values below `value`, as if they lay evenly within each bin."""
    edges, counts = histogram["edges"], histogram["counts"]
    if value <= edges[0]:
        return 0.0
    if value >= edges[-1]:
        return 1.0
    at = bisect_right(edges, value) - 1
    within = (value - edges[at]) / (edges[at + 1] - edges[at])
    return float((sum(counts[:at]) + within * counts[at]) / sum(counts))


def quantile(histogram: dict[str, Any], share: float) -> float:
    """The value below which `share` of the histogram lies."""
    edges, counts = histogram["edges"], histogram["counts"]
    if len(counts) == 1 or edges[0] == edges[-1]:
        return float(edges[-1])
    wanted = share * sum(counts)
    reached = list(accumulate(counts))
    at = next(i for i, total in enumerate(reached) if total >= wanted and counts[i])
    within = (wanted - (reached[at] - counts[at])) / counts[at]
    return float(edges[at] + within * (edges[at + 1] - edges[at]))
