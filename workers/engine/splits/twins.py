"""Rows so alike that they must be one and the same case: copies with noise, with another id, with a cell changed.

Record linkage after Fellegi and Sunter (1969). A pair of rows agrees in a column or does not; how often unrelated rows
agree is measured on random pairs, each column given the one it depends on most (a tree after Chow and Liu, 1968), so that
six columns which say the same count once. A pair is linked when its agreements are too many for chance among all pairs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workers.engine.splits.units import Codes

if TYPE_CHECKING:
    import pandas as pd

Values = npt.NDArray[np.float64]
Agreement = npt.NDArray[np.bool_]
# How far two numbers may be apart to agree: in standard deviations, and in ranks. The strictest first.
TOLERANCES = ((0.0, 0.0), (0.03, 0.01), (0.1, 0.03), (0.25, 0.06))
MANY_ROWS, FEWER = 50_000, 2  # in longer tables the wider tolerances would take longer than they are worth
SAME = 0.93  # share of columns in which two rows of one case agree
CHANCE_SHARE = 0.005  # pairs of strangers that may be linked, as a share of the rows: keeping a few of those together does no harm
RANDOM_PAIRS = 40_000
LOOKED_AT = 15_000_000  # rows x columns x rounds of sorting; fewer rounds in larger tables
ROUNDS, FEWEST_ROUNDS, NEIGHBOURS = 20, 3, 6
MAX_COLUMNS = 60  # as many tell two cases apart; the most telling are taken
MAX_CELLS, FEWEST_COLUMNS = 3_000_000, 12  # fewer columns in longer tables
LARGEST_UNIT = 50  # rows; more that are alike are a crowd, not one case


def twins(frame: pd.DataFrame, seed: int = 0, until: float = float("inf")) -> Codes | None:
    """One number per case, shared by the rows that are too alike to be two; None when all rows differ.

    `frame`: (rows, columns) of what describes a case: no label, ids or set-aside columns. `until`: unix time to stop looking at;
    the closest are found first.
    """
    rows = len(frame)
    if rows < 2 or frame.shape[1] < 2:
        return None
    rng = np.random.default_rng(seed)
    table = _Table(frame, rng)
    tolerances = TOLERANCES if rows <= MANY_ROWS else TOLERANCES[:FEWER]
    links = [_links(table, tolerance, rng, until) for tolerance in tolerances]
    return _clusters(rows, np.concatenate(links))


def _clusters(rows: int, links: Values) -> Codes | None:
    """One number per set of linked rows. `links`: (pairs, 3), two rows and the weight.

    In a set too large to be one case the weaker half of the links is cut, until what is left is small.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    while len(links):
        ends = links[:, :2].astype(int).T
        found: Codes = connected_components(coo_matrix((np.ones(len(links), dtype=bool), tuple(ends)), shape=(rows, rows)), directed=False)[
            1
        ]
        large = (np.bincount(found) > LARGEST_UNIT)[found[ends[0]]]
        if not large.any():
            return found.astype(int)
        order = np.lexsort((links[:, 2], found[ends[0]]))
        sets, starts, counts = np.unique(found[ends[0]][order], return_index=True, return_counts=True)
        place = np.arange(len(links)) - np.repeat(starts, counts)
        links = links[order][(place >= np.repeat(counts, counts) / 2) | ~large[order]]
    return None


class _Table:
    """The columns as numbers, standardised and as ranks; words as codes."""

    def __init__(self, frame: pd.DataFrame, rng: np.random.Generator) -> None:
        values, ranks, exact = [], [], []
        for name in frame.columns:
            column, is_number = _numbers(frame[name])
            order = _ranks(column)
            values.append(_standard(column) if is_number else order * len(order))
            ranks.append(order)
            exact.append(not is_number)
        self.values, self.ranks, self.exact = np.column_stack(values), np.column_stack(ranks), np.array(exact)
        first, second = rng.integers(0, len(frame), (2, RANDOM_PAIRS))
        self.strangers = (first[first != second], second[first != second])
        telling = self.agree(*self.strangers, TOLERANCES[1]).mean(axis=0)
        most = int(np.clip(MAX_CELLS / len(frame), FEWEST_COLUMNS, MAX_COLUMNS))
        kept = np.sort(np.argsort(telling, kind="stable")[:most])
        kept = kept[telling[kept] < 1]
        self.values, self.ranks, self.exact = self.values[:, kept], self.ranks[:, kept], self.exact[kept]

    def agree(self, first: Codes, second: Codes, tolerance: tuple[float, float]) -> Agreement:
        """(pairs, columns): whether the rows `first` and `second` of each pair agree."""
        near_value, near_rank = tolerance
        apart = np.abs(self.values[first] - self.values[second])
        agree: Agreement = apart == 0
        if near_value:
            close = (apart <= near_value) | (np.abs(self.ranks[first] - self.ranks[second]) <= near_rank)
            agree |= close & ~self.exact
        return agree

    def shares(self, tolerance: tuple[float, float]) -> Values:
        """(rows, columns): the share of rows that agree with this one."""
        rows = len(self.values)
        found = np.empty(self.values.shape)
        for column in range(self.values.shape[1]):
            reach = zip((self.values, self.ranks), (0.0, 0.0) if self.exact[column] else tolerance, strict=True)
            counts = []
            for places, near in reach:
                order = np.argsort(places[:, column])
                inorder = places[order, column]  # looked up in order, neighbours are in the processor's cache
                count = np.empty(rows, dtype=int)
                count[order] = np.searchsorted(inorder, inorder + near, "right") - np.searchsorted(inorder, inorder - near, "left")
                counts.append(count)
            found[:, column] = np.maximum(*counts) / rows
        return found


def _numbers(column: pd.Series[object]) -> tuple[Values, bool]:
    """(rows,) numbers, a missing one below all others; for words their codes, and False."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.astype("int64").where(column.notna()) / 1e9
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return pd.to_numeric(column).to_numpy(dtype="float64", na_value=np.nan), True
    return pd.factorize(column.astype(str).where(column.notna()))[0].astype("float64"), False


def _standard(column: Values) -> Values:
    """In standard deviations of the middle 98 percent; missing is far from everything and near to missing."""
    known = column[np.isfinite(column)]
    low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (0.0, 0.0)
    spread = float(np.clip(known, low, high).std()) if len(known) else 0.0
    scaled: Values = column / (spread or 1.0)
    return np.where(np.isfinite(scaled), scaled, np.nanmin(scaled, initial=0.0) - 1e6)


def _ranks(column: Values) -> Values:
    """Mean rank of equal values, 0 to 1; missing values are the lowest."""
    _, places, counts = np.unique(np.nan_to_num(column, nan=-np.inf), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Values = ((ends - (counts - 1) / 2) / len(column))[places]
    return ranks


def _links(table: _Table, tolerance: tuple[float, float], rng: np.random.Generator, until: float) -> Values:
    """(pairs, 3): two linked rows and what speaks for it beyond what is wanted, at this tolerance."""
    rows = len(table.values)
    if time.time() > until:
        return np.empty((0, 3))
    weights = _Weights(table, tolerance)
    wanted = float(np.log((rows - 1) / 2) - np.log(CHANCE_SHARE))
    if weights.most() < wanted:
        return np.empty((0, 3))
    found = [np.empty((0, 3))]
    for _ in range(int(np.clip(LOOKED_AT / table.values.size, FEWEST_ROUNDS, ROUNDS))):
        if time.time() > until:
            break
        order, key = _sorted(table, tolerance, weights, rng)
        for step in range(1, min(NEIGHBOURS, rows - 1) + 1):
            alike = key[:-step] == key[step:]
            first, second = order[:-step][alike], order[step:][alike]
            beyond = weights.of(first, table.agree(first, second, tolerance)) - wanted
            linked = beyond >= 0
            found.append(np.column_stack([first[linked], second[linked], beyond[linked]]))
    return np.concatenate(found)


class _Weights:
    """The log likelihood ratio of a pair: one case against two strangers."""

    def __init__(self, table: _Table, tolerance: tuple[float, float]) -> None:
        agree = table.agree(*table.strangers, tolerance)
        self.alone = (agree.sum(axis=0) + 1.0) / (len(agree) + 2.0)
        self.parent = _tree(agree)
        columns = np.arange(agree.shape[1])
        both = (agree & agree[:, self.parent]).sum(axis=0)
        given_yes = (both + self.alone) / (agree.sum(axis=0)[self.parent] + 1.0)
        given_no = ((agree & ~agree[:, self.parent]).sum(axis=0) + self.alone) / ((~agree).sum(axis=0)[self.parent] + 1.0)
        root = self.parent == columns
        self.given_yes = np.clip(np.where(root, self.alone, given_yes), 1e-6, 1 - 1e-6)
        self.given_no = np.clip(np.where(root, self.alone, given_no), 1e-6, 1 - 1e-6)
        # To agree in what is rare says more than to agree in what is common.
        shares = table.shares(tolerance)
        self.rare = np.log(np.square(shares).mean(axis=0) / shares.mean(axis=0) + 1e-9) - np.log(shares)

    def of(self, first: Codes, agree: Agreement) -> Values:
        """(pairs,) from the first row of each pair and (pairs, columns)."""
        chance = np.where(agree[:, self.parent], self.given_yes, self.given_no)
        same = np.where(agree, np.log(SAME / chance) + self.rare[first], np.log((1 - SAME) / (1 - chance)))
        total: Values = same.sum(axis=1)
        return total

    def most(self) -> float:
        """What agreement in every column weighs."""
        return float((np.log(SAME / self.given_yes) + self.rare).sum(axis=1).max())


def _tree(agree: Agreement) -> Codes:
    """For each column the one whose agreement tells most about its own; a root is its own parent."""
    from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

    count = agree.shape[1]
    numbers = agree.astype("float64")
    share = numbers.mean(axis=0)
    spread = np.sqrt(np.maximum(share * (1 - share), 1e-12))
    related = np.abs(numbers.T @ numbers / len(agree) - np.outer(share, share)) / np.outer(spread, spread)
    # Correlation of two yes-or-no columns grows with their mutual information; zero would mean no edge.
    cost = 1.0 + 1e-6 - np.clip(related, 0, 1)
    tree = minimum_spanning_tree(np.triu(cost, 1))
    _, parents = breadth_first_order(tree, 0, directed=False)
    parent = np.where(parents < 0, np.arange(count), parents)
    return parent.astype(int)


def _sorted(table: _Table, tolerance: tuple[float, float], weights: _Weights, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """An order of the rows that puts those next to each other which agree in some random columns, and what they agree in."""
    rows, count = table.values.shape
    key = np.zeros(rows, dtype="uint64")
    enough, bits = np.log2(rows) + 2, 0.0
    direction = np.zeros(rows)
    for column in rng.permutation(count):
        if bits < enough:
            cells = _cells(table, int(column), tolerance, rng)
            key = key * np.uint64(0x9E3779B97F4A7C15) + cells.astype("int64").view("uint64") + np.uint64(1)
            key ^= key >> np.uint64(29)
            bits -= np.log2(max(float(weights.given_yes[column]), 1e-3))
        elif not table.exact[column]:
            direction += rng.normal() * table.ranks[:, column]
    order: Codes = np.lexsort((direction, key))
    return order, key[order].view("int64")


def _cells(table: _Table, column: int, tolerance: tuple[float, float], rng: np.random.Generator) -> Values:
    """Which cell of a grid with a random origin each value falls in; wide against the tolerance, so that few pairs part."""
    near_value, near_rank = tolerance
    if table.exact[column] or not near_value:
        return table.ranks[:, column] * len(table.values) * 2
    if rng.random() < 0.5:
        return np.floor(table.values[:, column] / (6 * near_value) + rng.random())
    return np.floor(table.ranks[:, column] / (6 * near_rank) + rng.random())
