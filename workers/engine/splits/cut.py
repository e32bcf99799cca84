"""Where a table is cut: at a moment, between groups in time, between sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.splits import units
from workers.engine.splits.moments import UNKNOWN
from workers.engine.splits.units import Codes, Mask

if TYPE_CHECKING:
    import pandas as pd

Seconds = npt.NDArray[np.float64]
Sides = tuple[Mask, dict[str, Mask]]  # the test rows; reason -> rows on neither side
MIN_SIDE = 10  # rows; fewer are no test, and teach nothing
NEAREST, FARTHEST = 0.4, 2.0  # times the wanted share: how far the cut may move until both sides are usable
FEWEST_LEFT = 0.5  # of all rows; when fewer could be learned from, some groups are held out instead of all late ones
DRAWN = 1.5  # times the wanted share: of the groups, and of the time, in that case
SITE_DRAWS = 200


def gap_of(frame: pd.DataFrame, time: list[str], days: float) -> tuple[Seconds, float] | None:
    """(seconds of each row, seconds of the gap), or None without a gap. Raises Refused when times are no dates."""
    import pandas as pd

    from workers.engine.events import Refused, gettext_noop

    if not days:
        return None
    if len(time) != 1 or not pd.api.types.is_datetime64_any_dtype(frame[time[0]]):
        message = gettext_noop("A gap before the test needs one column with dates as the time; %(columns)s is not that.")
        raise Refused("split_gap_needs_dates", message, {"columns": ", ".join(time)})
    seconds = frame[time[0]].astype("datetime64[ns]").astype("int64").to_numpy() / 1e9
    return seconds, days * 86_400


def last_of(when: Codes, groups: Codes | None) -> Codes:
    """(rows,) when the group of each row was seen last; the row's own time without groups."""
    if groups is None:
        return when
    last = np.full(int(groups.max()) + 1, UNKNOWN)
    np.maximum.at(last, groups, when)
    return np.asarray(last[groups])


def sides(
    when: Codes,
    groups: Codes | None,
    gap: tuple[Seconds, float] | None,
    label: pd.Series[Any],
    fraction: float,
    seed: int,
    *,
    classification: bool,
) -> Sides | None:
    """The usable cut nearest to the wanted share, or None. No row to learn from is later than the test begins.

    With groups the test holds all late rows, as long as enough rows are left of groups that it does not know; where
    groups go on through all times, the late rows of some groups, and the early rows of the others are learned from.
    """
    for begins in _begins(when, fraction):
        found = _at(begins, when, gap, groups, held=None)
        train = _left(when, found)
        enough = groups is None or train.sum() >= FEWEST_LEFT * len(when)
        if enough and usable(found[0], train, label, classification):
            return found
    if groups is None:
        return None
    drawn = np.random.default_rng(seed).permutation(int(groups.max()) + 1)[groups]
    for begins in _begins(when, DRAWN * fraction):
        found = _at(begins, when, gap, groups, held=drawn < DRAWN * fraction * (groups.max() + 1))
        if usable(found[0], _left(when, found), label, classification):
            return found
    return None


def _at(begins: int, when: Codes, gap: tuple[Seconds, float] | None, groups: Codes | None, held: Mask | None) -> Sides:
    """The sides of a test that begins at a moment; `held`: (rows,) the groups to hold out, None for all that occur in it."""
    late, early = when >= begins, (when < begins) & (when != UNKNOWN)
    aside: dict[str, Mask] = {}
    if gap is not None:
        moment, length = gap
        aside["in_the_gap"] = early & (moment >= moment[late].min() - length)
        early = early & ~aside["in_the_gap"]
    if groups is None:
        return late, aside
    holdout = late if held is None else late & held
    aside["group_on_both_sides"] = early & np.isin(groups, groups[holdout])
    return holdout, aside | {"after_the_test_begins": late & ~holdout}


def _left(when: Codes, sides: Sides) -> Mask:
    """(rows,) True for the rows to learn from."""
    left: Mask = ~sides[0] & (when != UNKNOWN)
    for mask in sides[1].values():
        left &= ~mask
    return left


def _begins(when: Codes, fraction: float) -> list[int]:
    """Moments at which the test may begin, the one nearest to the wanted share first."""
    places, counts = np.unique(when[when != UNKNOWN], return_counts=True)
    late = counts[::-1].cumsum()[::-1] / max(1, counts.sum())  # share at or after each moment
    allowed = (late >= NEAREST * fraction) & (late <= FARTHEST * fraction)
    order = np.argsort(np.abs(late - fraction), kind="stable")
    return [int(places[place]) for place in order if allowed[place]]


def usable(holdout: Mask, train: Mask, label: pd.Series[Any], classification: bool) -> bool:
    """Enough rows on both sides, and two classes of the label on each."""
    if min(holdout.sum(), train.sum()) < MIN_SIDE:
        return False
    return not classification or min(label[holdout].nunique(), label[train].nunique()) > 1


def sites(numbers: Codes, label: pd.Series[Any], fraction: float, seed: int, *, classification: bool) -> Codes | None:
    """The sites to hold out: the share of rows and of classes nearest to what is wanted among random draws; None when none is usable."""
    rng = np.random.default_rng(seed)
    strata = units.strata(label, classification)
    counts = np.zeros((int(numbers.max(initial=-1)) + 1, int(strata.max(initial=-1)) + 1))
    np.add.at(counts, (numbers, strata), 1)
    present = np.flatnonzero(counts.sum(axis=1))
    best: tuple[float, Codes] | None = None
    for _ in range(SITE_DRAWS):
        order = rng.permutation(present)
        shares = counts[order].sum(axis=1).cumsum() / counts.sum()
        many = 1 + int(np.abs(shares[:-1] - fraction).argmin()) if len(order) > 1 else 0
        chosen = order[:many]
        off = float(np.abs(counts[chosen].sum(axis=0) / counts.sum(axis=0) - fraction).mean()) if many else 1.0
        holdout = np.isin(numbers, chosen)
        if (best is None or off < best[0]) and usable(holdout, ~holdout, label, classification):
            best = (off, chosen)
    return None if best is None else best[1]
