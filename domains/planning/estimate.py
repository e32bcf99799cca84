"""What a run will take, before it starts: the candidates that get their turn, seconds, memory, energy and size, each as a range.

Made from measured fits (measured.json, by benchmarks/calibrate.py). Good to within the ranges given, on machines like the one
measured; the run page sets what was used beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from domains.planning.layout import Layout, Machine, TableFacts, layout_make, memory_mb, memory_needed_mb

WATTS_PER_CORE = 4.0  # of a processor nothing is known of, as workers.engine.energy counts it
# A fit with twice the cores is not twice as fast.
CORE_GAIN, MOST_CORES = 0.7, 8
EXTRA_SHARE, EARLY_SHARE = 0.15, 0.33
PREPARE_S, READ_CELLS_PER_S = 1.5, 2e6
TEXT_FACTOR = 3.0
ENSEMBLE_SHARE = 0.5  # of the models that are trained, by size, about this part ends up in the published one
# From a third to three times: the spread of measured sizes and energies around these estimates.
BANDS = {"seconds": (0.7, 1.4), "memory_mb": (0.7, 1.5), "energy_wh": (0.5, 1.6), "size_mb": (0.25, 3.0)}
FOREST = ("RandomForest", "ExtraTrees")
# AutoGluon's forests stop growing at 15,000 leaves a tree; boosted trees and nets stop at a number of rounds and weights.
FOREST_MB, GROWTH = 700.0, 4.0
BYTES_PER_CELL = 12  # beyond the tables measured, what a model holds in memory of the table
BOOSTED = ("LightGBM", "XGBoost", "CatBoost", "EBM")


class Entry(Protocol):
    """One candidate, as far as planning goes; see workers.engine.search.candidate."""

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def minimum(self) -> float: ...
    @property
    def extra(self) -> bool: ...
    @property
    def max_features(self) -> int | None: ...


@dataclass(frozen=True)
class Cost:
    """One fitted copy: processor seconds, megabytes in memory and on disk."""

    cpu_s: float
    memory_mb: float
    size_mb: float


def cost(entry: Entry, table: TableFacts, rows: int) -> Cost:
    """A line through the two sizes measured; by the candidate's weight where it was never measured."""
    columns = max(1, table.columns)
    classes = max(1, table.classes) if table.classes > 2 and entry.name in BOOSTED else 1
    text = TEXT_FACTOR if table.text else 1.0
    points = measured().get(entry.name)
    if not points:
        cells = rows * columns / 16_000
        return Cost(entry.weight * cells**0.7 * text, 100 + rows * columns * 32 / 1e6, max(0.5, entry.weight * cells / 10))
    cells = rows * columns
    largest = points[-1]
    most_mb = FOREST_MB if entry.name in FOREST else GROWTH * largest["size_mb"]
    size_classes = max(1, table.classes) if table.classes > 2 and entry.name in (*BOOSTED, *FOREST) else 1
    return Cost(
        cpu_s=_line(points, "cpu_s", cells) * classes * text,
        memory_mb=min(_line(points, "peak_mb", cells), largest["peak_mb"] + BYTES_PER_CELL * cells / 1e6),
        size_mb=min(_line(points, "size_mb", cells) * size_classes, most_mb * size_classes**0.5),
    )


def share_of(entry: Entry, rest: Sequence[Entry], left: float) -> float:
    """Seconds for a candidate of which the promised ones of the `rest` leave it a share; 0: not worth starting.

    Early ones are worth most by the second: where time is short they get what they mostly need (their weight), as long as it is
    not too large a part of what is left. A candidate that needs less leaves the difference to those after it.
    """
    if entry.extra:
        # A long budget gives large tables time to learn, too.
        return min(left, max(2 * entry.weight, left * EXTRA_SHARE)) if left >= entry.weight / 2 else 0.0
    others = sum(other.weight for other in rest if not other.extra)
    share = max(left * entry.weight / (entry.weight + others), min(entry.weight, left * EARLY_SHARE))
    return share if share >= entry.minimum else 0.0


def plan_preview(table: TableFacts, machine: Machine, seconds: float, queue: Sequence[Entry], contention: float = 1.0) -> dict[str, Any]:
    """The plan of a run as JSON: how the time is laid out, who gets a turn, and what it will take."""
    prepare = min(0.3 * seconds, PREPARE_S + table.rows * table.width / READ_CELLS_PER_S)
    layout = layout_make(table, machine, seconds - prepare, contention)
    rows = min(layout.max_train_rows, table.train_rows)
    turns = _turns(table, machine, layout, rows, queue, layout.search_s)
    needed = memory_needed_mb(table)
    return {
        "budget_s": seconds,
        "phases": {
            "prepare_s": round(prepare, 1),
            "search_s": round(layout.search_s, 1),
            "evaluate_s": round(layout.evaluate_s, 1),
            "explain_s": round(layout.explain_s, 1),
            "bundle_s": round(layout.bundle_s, 1),
        },
        "folds": layout.folds,
        "inner_fraction": None if layout.folds else round(layout.inner_fraction, 3),
        "rows": {"train": rows, "holdout": table.rows - table.train_rows, "set_aside": table.train_rows - rows, "bound": layout.bound},
        "columns": table.columns,
        "machine": {"cpu_count": machine.cpu_count, "memory_mb": machine.memory_mb, "gpu_count": machine.gpu_count},
        "candidates": turns,
        "estimate": _estimates(table, machine, layout, rows, turns, prepare, seconds),
        "memory": {"needed_mb": needed, "limit_mb": machine.memory_mb, "enough": needed <= machine.memory_mb},
    }


def _turns(table: TableFacts, machine: Machine, layout: Layout, rows: int, queue: Sequence[Entry], search_s: float) -> list[dict[str, Any]]:
    """Each candidate with the seconds it will take, in order; `why` says what keeps one from its turn."""
    copies, speed = max(1, layout.folds), max(1.0, CORE_GAIN * min(machine.cpu_count, MOST_CORES))
    learned = rows * (1 - 1 / copies) if layout.folds else rows * (1 - layout.inner_fraction)
    left, turns = search_s, []
    for position, entry in enumerate(queue):
        one = cost(entry, table, max(1, round(learned)))
        share = share_of(entry, queue[position + 1 :], left)
        too_wide = entry.max_features is not None and table.columns > entry.max_features
        taken = 0.0 if too_wide else min(share, copies * one.cpu_s / speed)
        left -= taken
        turn = {"name": entry.name, "family": entry.family, "extra": entry.extra, "seconds": round(taken, 1)}
        turn |= {"why": "columns" if too_wide else "" if share else "time", "cut": 0 < share < copies * one.cpu_s / speed}
        turns.append(turn | {"memory_mb": round(one.memory_mb), "size_mb": round(copies * one.size_mb, 2)})
    return turns


def _estimates(
    table: TableFacts, machine: Machine, layout: Layout, rows: int, turns: list[dict[str, Any]], prepare: float, seconds: float
) -> dict[str, dict[str, float]]:
    trained = [turn for turn in turns if turn["seconds"] > 0]
    fitting = sum(turn["seconds"] for turn in trained)
    after = 0.7 * (layout.evaluate_s + layout.explain_s + layout.bundle_s)
    wall = min(seconds, prepare + fitting + after)
    memory = memory_mb(table, rows) + max((turn["memory_mb"] for turn in trained), default=0)
    busy = fitting * min(machine.cpu_count, MOST_CORES) * CORE_GAIN + prepare + after
    size = ENSEMBLE_SHARE * sum(turn["size_mb"] for turn in trained)
    found = {"seconds": wall, "memory_mb": memory, "energy_wh": busy * WATTS_PER_CORE / 3600, "size_mb": size}
    ranges = {name: {"value": value, "low": value * BANDS[name][0], "high": value * BANDS[name][1]} for name, value in found.items()}
    ranges["seconds"]["high"] = min(seconds, ranges["seconds"]["high"])  # the budget is a ceiling
    return {name: {key: round(number, 3) for key, number in each.items()} for name, each in ranges.items()}


@cache
def measured() -> dict[str, list[dict[str, float]]]:
    """Measured fits by candidate name, smallest table first."""
    found: dict[str, list[dict[str, float]]] = {}
    for row in json.loads(Path(__file__).with_name("measured.json").read_text(encoding="utf-8")):
        found.setdefault(row["name"], []).append({**row, "cells": row["rows"] * row["columns"]})
    return {name: sorted(rows, key=lambda row: row["cells"]) for name, rows in found.items()}


def _line(points: list[dict[str, float]], what: str, cells: float) -> float:
    """The value at `cells`, never less than proportion to the smallest table measured would say is fixed cost."""
    first, last = points[0], points[-1]
    slope = (last[what] - first[what]) / max(1.0, last["cells"] - first["cells"])
    slope = max(slope, 0.1 * first[what] / first["cells"])
    return float(max(0.2 * first[what], first[what] + slope * (cells - first["cells"])))
