"""Which rows belong together, and a balanced draw of whole units."""

from __future__ import annotations

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


def codes(frame: pd.DataFrame) -> Codes:
    """One number per distinct row of `frame`; a row in which all columns are missing is a unit of its own."""
    found: Codes = frame.groupby(list(frame.columns), dropna=False, sort=True).ngroup().to_numpy(dtype=int, copy=True)
    unknown = frame.isna().all(axis=1).to_numpy()
    found[unknown] = found.max(initial=-1) + 1 + np.arange(unknown.sum())
    return np.unique(found, return_inverse=True)[1]


def copies(frame: pd.DataFrame) -> Codes | None:
    """One number per distinct row, or None when there are no copies to keep together."""
    import pandas as pd

    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    distinct, found = np.unique(hashes, return_inverse=True)
    if len(distinct) == len(frame) or len(distinct) < MIN_DISTINCT_ROWS:
        return None
    return found


def joined(*numberings: Codes | None) -> Codes | None:
    """Rows linked by any numbering, directly or through others, share a number; None when all are None."""
    known = [each for each in numberings if each is not None]
    if len(known) < 2:
        return known[0] if known else None
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    first, second = known[0], joined(*known[1:])
    assert second is not None
    n_first, n_second = int(first.max()) + 1, int(second.max()) + 1
    links = coo_matrix((np.ones(len(first), dtype=bool), (first, second + n_first)), shape=(n_first + n_second,) * 2)
    components: Codes = connected_components(links, directed=False)[1]
    return np.unique(components[first], return_inverse=True)[1]


def strata(label: pd.Series[Any], classification: bool) -> Codes:
    """The class of each row, or which tenth of the label's range it is in."""
    if classification:
        found: Codes = np.unique(label.to_numpy().astype(str), return_inverse=True)[1]
        return found
    ranks = label.rank(method="first").to_numpy()
    bands: Codes = ((ranks - 1) * LABEL_BINS // len(label)).astype(int)
    return bands


def balanced(strata: Codes, units: Codes | None, fraction: float, rng: np.random.Generator) -> Mask:
    """Hold out `fraction` of every stratum, as far as whole units allow."""
    mask = np.zeros(len(strata), dtype=bool)
    totals = np.bincount(strata)
    wanted = np.where(totals > 1, np.clip(np.round(totals * fraction), 1, totals - 1), 0)
    single = np.ones(len(strata), dtype=bool)
    if units is not None:
        single = np.bincount(units)[units] == 1
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
