"""How a budget is laid out over a table: folds, rows, and what is kept back for the time after the search.

Plain arithmetic on the table's and the machine's numbers. The engine plans a run with it and the portal previews one, so that
what is shown before the start is what happens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Rows x columns x fitted copies that all candidates together learn from in a second of search, on
# one core: what separates bagging from one inner holdout, and a whole table from a sample.
BAGGED_CELLS_PER_S = 2_000
SAMPLED_CELLS_PER_S = 60_000
KILL_GRACE_S = 2.0
SHORT_S, SHORT_SHARE = 2.5, 0.25
MODELS_EXPECTED = 14
SCORE_S, SCORE_ROWS_PER_S, SCORE_SHARE = 0.15, 20_000, 0.08
MAX_EXPLAIN_S = 30.0
EXPLAIN_SHARE = 0.035
EXPLAIN_ROWS, EXPLAIN_SHUFFLES, EXPLAIN_ROWS_PER_S = 2_000, 5, 6_000
EXPLAIN_COLUMN_S = 0.2
DOCUMENT_S = 1.0
LARGEST_RESERVE = 0.45
LEAST_ROWS = 1_000
MOST_HELD_OUT = 50_000  # rows: an area under the curve is known to about 0.003 by then
# Megabytes: the libraries in the two processes of a fit, and how many copies of the table (8 bytes
# a cell) are in memory at once while a model learns from it.
LIBRARIES_MB = 1_100
COPIES = 9
TEXT_CELLS = 60  # a text is as large as this many numbers
MEMORY_SHARE = 0.85  # of what the worker gives; the rest is for what nobody foresees
# A plan that can use less of the table than this is refused, unless it has rows enough anyway.
LEAST_SHARE, ENOUGH_ROWS = 0.1, 10_000


@dataclass(frozen=True)
class TableFacts:
    """`rows`: all usable rows. `columns`: those models learn from, `text` of them free text. `classes`: 0 for numbers.

    `smallest_class`: rows of the rarest class, None for numbers. `foldable`: whether training rows may be dealt into folds.
    """

    rows: int
    columns: int
    problem_type: str = "binary"
    classes: int = 0
    text: int = 0
    holdout_fraction: float = 0.2
    smallest_class: int | None = None
    foldable: bool = True

    @property
    def train_rows(self) -> int:
        return max(1, round(self.rows * (1 - self.holdout_fraction)))

    @property
    def width(self) -> int:
        """Columns, counted by what they weigh in memory."""
        return max(1, self.columns + self.text * TEXT_CELLS)


@dataclass(frozen=True)
class Machine:
    """What one fit may use: processor cores, megabytes, graphics cards."""

    cpu_count: int = 1
    memory_mb: int = 8_000
    gpu_count: int = 0


@dataclass(frozen=True)
class Layout:
    """Seconds and rows. `folds` 0: one inner holdout of `inner_fraction`. `bound`: what limits the rows, "time", "memory" or ""."""

    search_s: float
    evaluate_s: float
    explain_s: float
    bundle_s: float
    short_s: float
    folds: int
    inner_fraction: float
    max_train_rows: int
    bound: str


def layout_make(table: TableFacts, machine: Machine, seconds: float, contention: float = 1.0, *, smaller: bool = False) -> Layout:
    """Reserve what comes after the search, then decide how much the search can chew.

    `seconds`: from the end of the preparations to the result. `contention`: wall-clock seconds per processor second. `smaller`: an earlier attempt ran out of memory.
    """
    total = max(1.0, seconds)
    evaluate, explain, bundle = reserves(table, total)
    scale = margin(contention)
    wanted = scale * (evaluate + explain + bundle) + KILL_GRACE_S
    reserve = min(wanted, LARGEST_RESERVE * total)
    scale *= reserve / wanted
    effective = (total - reserve) / contention
    most, bound = rows_most(table, machine, effective, smaller=smaller)
    return Layout(
        search_s=total - reserve,
        evaluate_s=evaluate * scale,
        explain_s=explain * scale,
        bundle_s=bundle * scale,
        short_s=min(SHORT_S * margin(contention), SHORT_SHARE * total),
        folds=folds_of(table, min(most, table.train_rows), effective * machine.cpu_count, effective, smaller=smaller),
        inner_fraction=inner_fraction(min(most, table.train_rows)),
        max_train_rows=most,
        bound=bound if most < table.train_rows else "",
    )


def holdout_share(rows: int, wanted: float) -> float:
    """The share of the rows to hold out when `wanted` was asked for: of a long table no more than the test needs."""
    return min(wanted, MOST_HELD_OUT / max(1, rows))


def margin(contention: float) -> float:
    """How much longer than on an idle machine to allow for. Not everything: there is a short way for when it was too little."""
    return 0.5 + 0.8 * max(1.0, contention)


def reserves(table: TableFacts, total: float) -> tuple[float, float, float]:
    """Seconds to evaluate, explain and bundle on an idle machine."""
    held_out = table.rows - table.train_rows
    # The published model is tested whatever it takes; the others in what this share of the time allows.
    others = min(SCORE_SHARE * total, MODELS_EXPECTED * held_out / SCORE_ROWS_PER_S)
    evaluate = 0.9 + SCORE_S * MODELS_EXPECTED + held_out / SCORE_ROWS_PER_S + others
    predictions = EXPLAIN_SHUFFLES * table.columns * min(EXPLAIN_ROWS, held_out)
    explain = min(MAX_EXPLAIN_S, max(0.5, EXPLAIN_SHARE * total), 0.5 + EXPLAIN_COLUMN_S * table.columns + predictions / EXPLAIN_ROWS_PER_S)
    # The short way must still be possible until packing begins.
    bundle = max(1.3 + held_out * table.columns / 4e6, SHORT_S + DOCUMENT_S)
    return evaluate, explain, bundle


def rows_most(table: TableFacts, machine: Machine, effective: float, *, smaller: bool) -> tuple[int, str]:
    """Training rows that the time and the memory allow, and which of the two is the tighter."""
    by_time = max(LEAST_ROWS, math.ceil(SAMPLED_CELLS_PER_S * effective * machine.cpu_count / table.width))
    by_memory = max(LEAST_ROWS, rows_in_memory(table, machine))
    if smaller:  # what was foreseen was too much
        by_memory = max(LEAST_ROWS, min(by_memory, table.train_rows) // 2)
    return (by_memory, "memory") if by_memory < by_time else (by_time, "time")


def rows_in_memory(table: TableFacts, machine: Machine) -> int:
    """Rows that fit the memory of the machine; may be negative."""
    return math.floor((MEMORY_SHARE * machine.memory_mb - LIBRARIES_MB) * 1e6 / (8 * COPIES * table.width))


def memory_mb(table: TableFacts, rows: int) -> float:
    """Peak megabytes of a fit on `rows` rows of the table."""
    return LIBRARIES_MB + 8 * COPIES * table.width * rows / 1e6


def memory_needed_mb(table: TableFacts) -> int:
    """What a worker must give for a plan worth the name; compare with Machine.memory_mb."""
    least = min(table.rows, max(LEAST_ROWS, min(ENOUGH_ROWS, table.rows), round(LEAST_SHARE * table.rows)))
    return math.ceil(memory_mb(table, least) / MEMORY_SHARE)


def folds_of(table: TableFacts, rows: int, core_seconds: float, effective: float, *, smaller: bool) -> int:
    """How many folds the time is enough for; 0 where one inner holdout is better or the only way."""
    if not table.foldable or rows * max(1, table.columns) / 0.8 > BAGGED_CELLS_PER_S * core_seconds:
        return 0
    folds = 8 if effective >= 200 else 5 if effective >= 70 else 4 if effective >= 35 else 3
    if smaller:
        folds = 3
    if table.smallest_class is not None:
        folds = max(2, min(folds, table.smallest_class))
    return folds


def inner_fraction(rows: int) -> float:
    """Share of the training rows to validate on when there are no folds; 20 % down to 25,000 rows."""
    return min(0.2, max(0.02, 25_000 / max(1, rows)))
