"""Which rows are kept untouched for the final test. Decided before anything is learned.

What each kind promises is in docs/splits.md. Every row is used to learn, held out, or set aside and counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from domains.split import NEEDS, kind_by_roles
from workers.engine.events import Refused, gettext_noop
from workers.engine.splits import cut, units
from workers.engine.splits.moments import UNKNOWN, moments
from workers.engine.splits.structure import Structure
from workers.engine.splits.twins import twins
from workers.engine.splits.units import Codes, Mask

if TYPE_CHECKING:
    import pandas as pd

# Without the time or the site, rows are split as the rest of the roles allow.
INSTEAD = {"time": "random", "group_time": "group", "site": "random"}
MOST_LOST = 0.1  # of the training rows: look-alikes of test rows are set aside only while they are few


@dataclass(frozen=True)
class Wanted:
    """How to split. `kind`: auto (as the roles say), random, time, group, group_time or site. `gap_days`: rows of this long
    before the test begins are left out. The lists are column names; `ignore` says nothing about a case (ids).
    """

    classification: bool
    kind: str = "auto"
    fraction: float = 0.2
    seed: int = 0
    gap_days: float = 0.0
    time: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    site: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    look_until: float = float("inf")  # unix time to stop looking for look-alikes at

    def kind_by_roles(self) -> str:
        """The kind, where `auto` takes the strictest that the roles allow. Raises Refused when a role is missing."""
        kind = kind_by_roles(self.kind, {"time": self.time, "group": self.group, "site": self.site})
        missing = [role for role in NEEDS.get(kind, ()) if not getattr(self, role)]
        if missing:
            message = gettext_noop("A split by %(kind)s needs a column with the role %(role)s.")
            raise Refused("split_needs_role", message, {"kind": kind, "role": missing[0]})
        return kind


@dataclass(frozen=True)
class Split:
    """`holdout`: (rows,) True for the final test; `aside`: reason -> (rows,) on neither side. `structure`: of all rows, for
    the splits inside the training rows. `linked`: rows that only look like one case. `fallback`: why it is not the kind asked for.
    """

    holdout: Mask
    kind: str
    structure: Structure
    aside: dict[str, Mask] = field(default_factory=dict)
    when: Codes | None = None
    linked: int = 0
    fallback: str | None = None

    @property
    def train(self) -> Mask:
        """(rows,) True for the rows to learn from."""
        found = ~self.holdout
        for mask in self.aside.values():
            found = found & ~mask
        return found


def holdout_split(frame: pd.DataFrame, label: str, wanted: Wanted) -> Split:
    """Split `frame` (rows, columns). Raises Refused for a kind whose roles are missing, or times without an order."""
    kind = wanted.kind_by_roles()
    if kind in ("time", "group_time"):
        found = _by_time(frame, label, wanted, kind)
    elif kind == "site":
        found = _by_site(frame, label, wanted)
    else:
        return _by_units(frame, label, wanted, kind)
    return found or replace(_by_units(frame, label, wanted, INSTEAD[kind]), fallback=f"{kind.removeprefix('group_')}_split_unusable")


def _by_units(frame: pd.DataFrame, label: str, wanted: Wanted, kind: str) -> Split:
    """A balanced draw of groups, of copies and look-alikes, and of single rows."""
    groups = units.codes(frame[wanted.group]) if wanted.group and kind == "group" else None
    alike = _alike(frame, label, wanted)
    together = units.joined(groups, units.copies(_telling(frame, wanted.ignore)), alike)
    structure = Structure(together)
    mask = structure.holdout(units.strata(frame[label], wanted.classification), wanted.fraction, wanted.seed)
    return Split(mask, kind, structure, linked=_count_linked(alike))


def _by_time(frame: pd.DataFrame, label: str, wanted: Wanted, kind: str) -> Split | None:
    """The latest rows; with groups, none that the training rows know."""
    when = moments(frame[wanted.time])
    groups = units.codes(frame[wanted.group]) if kind == "group_time" else None
    gap = cut.gap_of(frame, wanted.time, wanted.gap_days)
    sides = cut.sides(when, groups, gap, frame[label], wanted.fraction, wanted.seed, classification=wanted.classification)
    if sides is None:
        return None
    holdout, aside = sides
    aside |= {"time_missing": when == UNKNOWN}
    split = Split(holdout, kind, Structure(groups, cut.last_of(when, groups)), when=when)
    return _without_lookalikes(replace(split, aside={reason: mask for reason, mask in aside.items() if mask.any()}), frame, label, wanted)


def _by_site(frame: pd.DataFrame, label: str, wanted: Wanted) -> Split | None:
    """Whole sites; a group that was at a held-out site is not learned from."""
    missing = frame[wanted.site].isna().any(axis=1).to_numpy()
    sites = units.codes(frame[wanted.site])
    sites[missing] = sites.max() + 1
    known = ~missing
    chosen = cut.sites(sites[known], frame.loc[known, label], wanted.fraction, wanted.seed, classification=wanted.classification)
    if chosen is None:
        return None
    holdout = np.isin(sites, chosen) & known
    aside = {"site_missing": missing}
    if wanted.group:
        groups = units.codes(frame[wanted.group])
        aside["group_on_both_sides"] = known & ~holdout & np.isin(groups, groups[holdout])
    split = Split(holdout, "site", Structure(sites))
    return _without_lookalikes(replace(split, aside={reason: mask for reason, mask in aside.items() if mask.any()}), frame, label, wanted)


def _without_lookalikes(split: Split, frame: pd.DataFrame, label: str, wanted: Wanted) -> Split:
    """Training rows that are copies of test rows under another date or site are set aside, while they are few."""
    alike = _alike(frame, label, wanted)
    if alike is None:
        return split
    seen = split.train & np.isin(alike, alike[split.holdout])
    if not seen.any() or seen.sum() > MOST_LOST * split.train.sum():
        return split
    return replace(split, aside={**split.aside, "looks_like_a_test_row": seen}, linked=_count_linked(alike))


def _alike(frame: pd.DataFrame, label: str, wanted: Wanted) -> Codes | None:
    roles = {label, *wanted.ignore, *wanted.time, *wanted.group, *wanted.site}
    return twins(_telling(frame, list(roles)), wanted.seed, wanted.look_until)


def _telling(frame: pd.DataFrame, ignore: list[str]) -> pd.DataFrame:
    return frame.drop(columns=[column for column in ignore if column in frame.columns])


def _count_linked(alike: Codes | None) -> int:
    return 0 if alike is None else int((np.bincount(alike)[alike] > 1).sum())
