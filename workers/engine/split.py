"""Which rows are kept untouched for the final test. Decided before anything is learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int_]
# With fewer distinct rows than this, equal rows are how the table is, not copies of a record.
MIN_DISTINCT_ROWS = 50
LABEL_BINS = 10


@dataclass(frozen=True)
class Split:
    """`holdout`: (rows,) True for the rows of the final test. `kind`: random, group, time or
    group_time. `fallback`: why it is not the kind that was asked for.
    """

    holdout: Mask
    kind: str
    fallback: str | None = None


def holdout_split(
    frame: pd.DataFrame,
    label: str,
    *,
    classification: bool,
    fraction: float,
    seed: int,
    time: list[str] | None = None,
    group: list[str] | None = None,
    ignore: list[str] | None = None,
) -> Split:
    """Split `frame` (rows, columns).

    Rows of one group, and exact copies of a row (`ignore`d columns apart), stay on one side. With
    `time` the last share of time is held out; else classes (or ten label bands) are balanced.
    """
    units = _codes(frame[group]) if group else None
    kind = "group" if group else "random"
    fallback = None
    if time:
        mask = _latest(frame, time, units, fraction)
        if _both_sides_usable(mask, frame[label], classification):
            return Split(mask, "group_time" if group else "time")
        fallback = "time_split_unusable"
    copies = _copies(frame.drop(columns=[c for c in ignore or [] if c in frame.columns]))
    if copies is not None:
        units = copies if units is None else _joined(units, copies)
    strata = _strata(frame[label], classification)
    mask = _balanced(strata, units, fraction, np.random.default_rng(seed))
    return Split(mask, kind, fallback)


def _codes(frame: pd.DataFrame) -> Codes:
    """One number per distinct row of `frame`; missing values count as a value."""
    codes: Codes = frame.groupby(list(frame.columns), dropna=False, sort=True).ngroup().to_numpy()
    return codes


def _copies(frame: pd.DataFrame) -> Codes | None:
    """One number per distinct row, or None when there are no copies to keep together."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    distinct, codes = np.unique(hashes, return_inverse=True)
    if len(distinct) == len(frame) or len(distinct) < MIN_DISTINCT_ROWS:
        return None
    return codes


def _joined(first: Codes, second: Codes) -> Codes:
    """Rows linked by either numbering, directly or through others, share a number."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n_first, n_second = int(first.max()) + 1, int(second.max()) + 1
    links = coo_matrix((np.ones(len(first)), (first, second + n_first)), shape=(n_first + n_second,) * 2)
    components: Codes = connected_components(links, directed=False)[1]
    return components[first]


def _strata(label: pd.Series[Any], classification: bool) -> Codes:
    if classification:
        codes: Codes = np.unique(label.to_numpy().astype(str), return_inverse=True)[1]
        return codes
    ranks = label.rank(method="first").to_numpy()
    bands: Codes = ((ranks - 1) * LABEL_BINS // len(label)).astype(int)
    return bands


def _latest(frame: pd.DataFrame, time: list[str], units: Codes | None, fraction: float) -> Mask:
    """The last share of rows in time order. Equal moments stay together, and a group lies where
    its last row does; rows without a time count as the earliest.
    """
    moments = frame[time].copy()
    order = moments.sort_values(time, na_position="first", kind="stable").index
    moment = np.empty(len(frame), dtype=int)
    step = moments.loc[order].ne(moments.loc[order].shift()).any(axis=1).cumsum().to_numpy()
    moment[order.to_numpy()] = step
    if units is not None:
        last = np.zeros(int(units.max()) + 1, dtype=int)
        np.maximum.at(last, units, moment)
        moment = last[units]
    values, counts = np.unique(moment, return_counts=True)
    held_out = counts[::-1].cumsum()[::-1]  # rows at or after each moment
    cut = values[np.abs(held_out - fraction * len(frame)).argmin()]
    mask: Mask = moment >= cut
    return mask


def _both_sides_usable(mask: Mask, label: pd.Series[Any], classification: bool) -> bool:
    if mask.all() or not mask.any():
        return False
    return not classification or min(label[mask].nunique(), label[~mask].nunique()) > 1


def _balanced(strata: Codes, units: Codes | None, fraction: float, rng: np.random.Generator) -> Mask:
    """Hold out `fraction` of every stratum, as far as whole units allow."""
    mask = np.zeros(len(strata), dtype=bool)
    totals = np.bincount(strata)
    wanted = np.where(totals > 1, np.clip(np.round(totals * fraction), 1, totals - 1), 0)
    single = np.ones(len(strata), dtype=bool)
    if units is not None:
        sizes = np.bincount(units)
        single = sizes[units] == 1
        _hold_out_units(strata, units, mask, wanted, rng)
    for stratum, count in enumerate(wanted):
        rows = np.flatnonzero(single & (strata == stratum))
        missing = max(0, int(count - (mask & (strata == stratum)).sum()))
        mask[rng.permutation(rows)[:missing]] = True
    return mask


def _hold_out_units(strata: Codes, units: Codes, mask: Mask, wanted: Any, rng: np.random.Generator) -> None:
    """Add whole units of several rows while that brings every stratum nearer to its share.

    When all rows are in such units they fill the holdout; otherwise they take no more than their
    part of it, and single rows do the rest.
    """
    sizes = np.bincount(units)
    several = np.flatnonzero(sizes > 1)
    order = np.argsort(units, kind="stable")
    starts = np.r_[0, np.cumsum(sizes)]
    share = sizes[several].sum() / len(units)
    left = wanted * share
    for unit in rng.permutation(several):
        rows = order[starts[unit] : starts[unit + 1]]
        content = np.bincount(strata[rows], minlength=len(left))
        if ((left - content) ** 2).sum() < (left**2).sum():
            mask[rows] = True
            left = left - content
