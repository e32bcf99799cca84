"""How much one column alone tells about the label, measured so that a lucky fit does not count.

Every column is cut into groups (its categories, or quantiles of its numbers, missing being a group of its own). The label's
mean is learned per group on one half of the rows and judged on the other half, both ways round.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
BINS = 32
PRIOR = 2.0  # rows of the overall mean mixed into each group: small groups stay near it
MAX_ROWS = 100_000
MAX_CLASSES = 8


def sample_rows(rows: int, seed: int = 0, most: int = MAX_ROWS) -> Ints:
    """Positions of the rows to measure on, at most ``most``, in order."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def groups(column: pd.Series[Any], kind: str) -> Ints:
    """(n,) group number of each row; -1 never occurs: missing is the last group."""
    import pandas as pd

    if kind in ("integer", "number", "datetime"):
        values = pd.to_numeric(column).to_numpy(dtype="float64", na_value=np.nan) if kind != "datetime" else seconds(column)
        known = values[np.isfinite(values)]
        if not known.size:
            return np.zeros(len(values), dtype=np.intp)
        edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
        distinct = np.unique(known)
        placed = np.searchsorted(distinct, values) if distinct.size <= BINS else np.searchsorted(edges, values, side="right")
        return np.where(np.isfinite(values), placed, max(distinct.size, BINS) + 1).astype(np.intp)
    codes, uniques = pd.factorize(column)
    return np.where(codes < 0, len(uniques), codes).astype(np.intp)


def seconds(column: pd.Series[Any]) -> Floats:
    """(n,) dates as seconds since 1970, nan for missing."""
    values = column.to_numpy(dtype="datetime64[s]")
    return np.where(np.isnat(values), np.nan, values.astype("int64").astype("float64"))


@lru_cache(maxsize=2)
def _half(rows: int, seed: int) -> npt.NDArray[np.bool_]:
    """(rows,) a random half; the same for every column of a table."""
    half: npt.NDArray[np.bool_] = np.random.default_rng(seed).permutation(rows) % 2 == 0
    return half


def out_of_half_means(group: Ints, target: Floats, seed: int = 0) -> Floats:
    """(n,) the group's mean of ``target`` among the rows of the other half."""
    half = _half(len(target), seed)
    size = int(group.max()) + 1
    predicted = np.empty(len(target))
    for learned in (half, ~half):
        overall = target[learned].mean() if learned.any() else 0.0
        total = np.bincount(group[learned], weights=target[learned], minlength=size)
        count = np.bincount(group[learned], minlength=size)
        means = (total + PRIOR * overall) / (count + PRIOR)
        predicted[~learned] = means[group[~learned]]
    return predicted


def auc(score: Floats, positive: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve, ties counted half; 0.5 when one class is absent."""
    n1 = int(positive.sum())
    n0 = len(positive) - n1
    if not n1 or not n0:
        return 0.5
    return float((ranks(score)[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def ranks(values: Floats) -> Floats:
    """Ranks from 1, the mean rank for ties."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((2 * ends - counts + 1) / 2)[inverse]


def strength(group: Ints, classes: Ints | None, numbers: Floats | None, measured: Floats | None = None) -> float:
    """``class_strength`` or ``number_strength``, by what the label is."""
    if classes is not None:
        return class_strength(group, classes, measured)
    assert numbers is not None
    return number_strength(group, numbers)


def class_strength(group: Ints, classes: Ints, measured: Floats | None = None) -> float:
    """AUC (0.5 to 1) of the column against the classes: the mean of one against the rest over the eight largest classes,
    weighted by their size.

    ``measured`` are the column's numbers where it has an order; the better of the group means and the plain order counts,
    so that a perfect order is not blurred by the groups' edges.
    """
    total = 0.0
    counts = np.bincount(classes)
    kinds = np.argsort(-counts, kind="stable")[: min(MAX_CLASSES, int((counts > 0).sum()))]
    share = counts[kinds] / counts[kinds].sum()
    for kind, weight in [(kinds[0], 1.0)] if len(kinds) == 2 else zip(kinds, share, strict=True):
        positive = classes == kind
        best = auc(out_of_half_means(group, positive.astype("float64")), positive)
        if measured is not None:
            known = np.isfinite(measured)
            if known.mean() > 0.95:
                order = auc(measured[known], positive[known])
                best = max(best, order, 1 - order)
        total += best * float(weight)
    return max(0.5, total)


def number_strength(group: Ints, target: Floats) -> float:
    """R2 (0 to 1) of the group means against a numeric label, out of half."""
    spread = float(((target - target.mean()) ** 2).sum())
    if spread == 0:
        return 0.0
    return max(0.0, 1.0 - float(((target - out_of_half_means(group, target)) ** 2).sum()) / spread)


def explained(group: Ints, target: Floats) -> float:
    """The share of the spread of ``target`` that lies between the groups, 0 to 1."""
    spread = float(((target - target.mean()) ** 2).sum())
    counts = np.bincount(group)
    means = np.bincount(group, weights=target) / np.maximum(counts, 1)
    return float((counts * (means - target.mean()) ** 2).sum()) / spread if spread else 0.0


def cramers_v(group: Ints, classes: Ints) -> float:
    """How firmly two columns of names go together, 0 to 1: Cramer's V without what many small groups reach by chance (Bergsma 2013)."""
    table = np.zeros((int(group.max()) + 1, int(classes.max()) + 1))
    np.add.at(table, (group, classes), 1)
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    rows, columns = table.shape[0], table.shape[1]
    total = float(table.sum())
    if min(rows, columns) < 2 or total < 3:
        return 0.0
    expected = table.sum(1, keepdims=True) * table.sum(0) / total
    phi = float(((table - expected) ** 2 / expected).sum()) / total
    chance = (rows - 1) * (columns - 1) / (total - 1)
    least = min(rows - (rows - 1) ** 2 / (total - 1), columns - (columns - 1) ** 2 / (total - 1)) - 1
    return float(np.sqrt(max(0.0, phi - chance) / least)) if least > 0 else 0.0


def rank_correlation(measured: Floats, target: Floats) -> float:
    """Spearman's, -1 to 1, over rows where both are known; 0 when either does not vary."""
    known = np.isfinite(measured) & np.isfinite(target)
    if known.sum() < 20:
        return 0.0
    a, b = ranks(measured[known]), ranks(target[known])
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
