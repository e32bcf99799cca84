"""What a person sees of each column: counts, range, distribution, most frequent values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.pipes import cpus
from workers.engine.intake.decision import whole_only
from workers.engine.intake.distribution import Distribution, as_text
from workers.engine.intake.measured import Stored, distribution
from workers.engine.intake.worded import Hashed, of_words, shortened

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["Described", "as_text", "column_type", "connect", "profile", "quoted", "relation", "shortened"]

MEASURED = ("integer", "number", "datetime")
THREADS = 3  # columns described at a time: each holds some hundred megabytes


@dataclass(frozen=True)
class Described:
    """A column to describe. ``words``: every distinct cell, trimmed, with its count, where they are few; None otherwise."""

    name: str
    cast: Mapping[str, Any]
    words: Mapping[str, int] | None


def connect(scratch: Path, memory_mb: int = 512) -> duckdb.DuckDBPyConnection:
    """A private in-memory database that spills into ``scratch`` and reaches nothing else."""
    import duckdb

    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": cpus(),
        "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": False,
    }
    return duckdb.connect(":memory:", config=settings)


def relation(data: Path) -> str:
    """A Parquet file in SQL; ``file_row_number`` counts its rows from 0."""
    return "read_parquet('{}', file_row_number=true)".format(str(data).replace("'", "''"))


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def profile(db: duckdb.DuckDBPyConnection, data: Path, columns: list[Described], rows: int) -> list[dict[str, Any]]:
    """What is shown of each column: {"missing", "unique", "unique_is_estimate", "top", "other"} and, by type, {"min", "max", "mean",
    "std", "median", "histogram"} or {"mean_length", "worded", "length_histogram"}.

    ``data`` is a Parquet file of ``rows`` rows. Dates are ISO strings and have no mean. ``worded`` is the share of values with a
    space or a CJK character: what sets free text apart from codes.
    """
    from pyarrow import parquet

    stored = Stored(data, parquet.read_metadata(data))
    table = relation(data)

    def one(column: Described) -> dict[str, Any]:
        facts = _from_words(column) if column.words is not None else _from_table(column, stored, db, table)
        empty = {"unique": 0, "unique_is_estimate": False, "top": [], "other": 0}
        present = sum(entry["count"] for entry in facts["top"]) + facts["other"] if facts else 0
        return {"missing": rows - present, **(facts or empty)}

    with ThreadPoolExecutor(min(THREADS, cpus())) as pool:
        # Words take longest, so they begin first and nothing waits for them alone.
        order = sorted(range(len(columns)), key=lambda place: columns[place].cast["type"] in MEASURED)
        described = dict(zip(order, pool.map(one, [columns[place] for place in order]), strict=True))
    return [described[place] for place in range(len(columns))]


def _from_table(column: Described, stored: Stored, db: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    kind = column.cast["type"]
    if kind == "empty":
        return {}
    if kind in MEASURED:
        found = distribution(stored, column.name, kind)
        return found.facts() if found else {}
    if kind == "boolean":
        return _of_truths(sum((Counter(values.tolist()) for values in stored.column(column.name)), Counter()))
    with db.cursor() as cursor:
        return Hashed(cursor, table, quoted(column.name)).facts(stored.metadata.num_rows)


def _from_words(column: Described) -> dict[str, Any]:
    """Each distinct cell is read once."""
    import pyarrow as pa

    words = column.words or {}
    kind = column.cast["type"]
    typed, _ = whole_only(pa.array(list(words), pa.string()), column.cast)
    counts = np.fromiter(words.values(), np.int64, len(words))
    held = np.asarray(typed.is_valid())
    typed, counts = typed.filter(pa.array(held)), counts[held]
    if not len(typed) or kind == "empty":
        return {}
    if kind in MEASURED:
        return _of_numbers(typed, counts, kind)
    merged: Counter[Any] = Counter()
    for value, count in zip(typed.to_pylist(), counts.tolist(), strict=True):
        merged[value] += count
    return _of_truths(merged) if kind == "boolean" else of_words(merged)


def _of_numbers(typed: pa.Array, counts: Any, kind: str) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = (
        typed.view(pa.int64()) if kind == "datetime" else pc.cast(typed, pa.int64() if kind == "integer" else pa.float64())
    ).to_numpy()
    distinct, places = np.unique(values, return_inverse=True)  # 1 and 1.0 are one number
    totals = np.bincount(places, weights=counts).astype(np.int64)
    whole = Distribution(kind, int(totals.sum()), distinct[0].item(), distinct[-1].item())
    whole.add(distinct, totals)
    return whole.facts()


def _of_truths(counted: Mapping[bool, int]) -> dict[str, Any]:
    if not counted:
        return {}
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    top = [{"value": as_text(value), "count": count} for value, count in ordered]
    return {"unique": len(top), "unique_is_estimate": False, "top": top, "other": 0}


def column_type(kind: str, rows: int, facts: dict[str, Any]) -> str:
    """Category or free text, for a column of strings; any other kind as it is."""
    if kind != "category":
        return kind
    present = rows - facts["missing"]
    wordy = facts.get("worded", 0) > 0.5 and facts.get("mean_length", 0) >= 12
    long = facts.get("mean_length", 0) > 100
    return "text" if facts["unique"] > 20 and facts["unique"] > 0.2 * present and (wordy or long) else "category"
