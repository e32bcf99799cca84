"""What a person sees of each column: counts, range, distribution, most frequent values. Computed by duckdb over the Parquet file."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

BINS = 30
SHOWN = 500  # characters
TOP = 20
TOP_ALL = 50  # a column with no more distinct values than this lists them all
MEASURED = ("integer", "number", "datetime")


def connect(scratch: Path, memory_mb: int = 512) -> duckdb.DuckDBPyConnection:
    """A private in-memory database that spills into ``scratch`` and reaches nothing else."""
    import duckdb

    threads = max(1, min(4, os.cpu_count() or 1))
    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": threads,
        "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": False,
    }
    return duckdb.connect(":memory:", config=settings)


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def profile(db: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]], rows: int) -> Iterator[dict[str, Any]]:
    """What is shown of each (name, kind), in order: {"missing", "unique", "top", "other"} and, by kind, {"min", "max", "mean", "std",
    "median", "histogram"} or {"mean_length", "worded", "length_histogram"}.

    ``table`` is a SQL relation of ``rows`` rows. Dates are ISO strings and have no mean. ``worded`` is the share of values with a
    space or a CJK character: what sets free text apart from codes.
    """
    # An exact median holds its column in memory, so the more rows, the fewer columns are summed up at a time.
    step = max(1, min(40, 10_000_000 // max(rows, 1)))
    for start in range(0, len(columns), step):
        batch = columns[start : start + step]
        sums = [_summary_sql(quoted(name), kind) for name, kind in batch]
        values = iter(_one(db, f"SELECT {', '.join(sql for sql, _ in sums)} FROM {table}"))
        for (name, kind), (_, names) in zip(batch, sums, strict=True):
            yield _described(db, table, quoted(name), kind, rows, dict(zip(names, values, strict=False)))


def _summary_sql(column: str, kind: str) -> tuple[str, list[str]]:
    """(the aggregates of one column, what they are called)."""
    wanted = {"present": f"count({column})"}
    if kind == "datetime":
        wanted |= {"min": f"min({column})", "max": f"max({column})", "median": f"quantile_disc({column}, 0.5)"}
        wanted |= {"low": f"epoch(min({column}))", "high": f"epoch(max({column}))"}
    elif kind in MEASURED:
        number = f"{column}::DOUBLE"
        tame = f"CASE WHEN abs({number}) < 1e150 THEN {number} END"  # squares of larger ones overflow, which duckdb makes an error
        wanted |= {"min": f"min({column})", "max": f"max({column})", "median": f"quantile_cont({number}, 0.5)"}
        wanted |= {"mean": f"avg({tame})", "std": f"stddev_samp({tame})", "low": f"min({number})", "high": f"max({number})"}
    elif kind == "category":
        pattern = "[\\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
        wanted |= {"shortest": f"min(length({column}))", "longest": f"max(length({column}))"}
        wanted |= {"mean_length": f"avg(length({column}))", "worded": f"avg(regexp_matches({column}, '{pattern}')::INTEGER)"}
    return ", ".join(wanted.values()), list(wanted)


def _described(db: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, rows: int, facts: dict[str, Any]) -> dict[str, Any]:
    present = facts.pop("present")
    found: dict[str, Any] = {"missing": rows - present, "unique": 0, "top": [], "other": 0}
    if not present:
        return found
    found |= _frequent(db, table, column, present)
    if kind == "datetime":
        low, high = facts.pop("low"), facts.pop("high")
        facts = {name: as_text(value) for name, value in facts.items()} | {"mean": None, "std": None}
        return found | facts | {"histogram": _histogram(db, table, f"epoch({column})", low, high, kind)}
    if kind in MEASURED:
        low, high = facts.pop("low"), facts.pop("high")
        return found | facts | {"histogram": _histogram(db, table, f"{column}::DOUBLE", low, high, kind)}
    if kind == "category":
        low, high = facts.pop("shortest"), facts.pop("longest")
        facts["length_histogram"] = _histogram(db, table, f"length({column})", low, high, "integer")
    return found | facts


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = db.execute(sql).fetchone()
    assert row is not None
    return tuple(row)


def _frequent(db: duckdb.DuckDBPyConnection, table: str, column: str, present: int) -> dict[str, Any]:
    grouped = f"SELECT {column} AS v, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
    top = db.execute(f"SELECT v, n, count(*) OVER () FROM ({grouped}) ORDER BY n DESC, v LIMIT {TOP_ALL}").fetchall()
    unique = int(top[0][2])
    values = [{"value": shortened(as_text(value)), "count": count} for value, count, _ in top[: TOP_ALL if unique <= TOP_ALL else TOP]]
    return {"unique": unique, "top": values, "other": present - sum(entry["count"] for entry in values)}


def _histogram(db: duckdb.DuckDBPyConnection, table: str, measured: str, low: float, high: float, kind: str) -> dict[str, Any]:
    """Equal bins; integers get bins of whole width. Edges of dates are seconds since 1970."""
    if low == high:
        (count,) = _one(db, f"SELECT count({measured}) FROM {table}")
        return {"edges": [low, high], "counts": [count]}
    width = (high - low) / BINS
    if not math.isfinite(width) or width == 0:
        return {"edges": [], "counts": []}
    if kind == "integer":
        width = float(max(1, math.ceil((high - low + 1) / BINS)))
        bins = math.ceil((high - low + 1) / width)
    else:
        bins = BINS
    place = f"least({bins - 1}, greatest(0, floor(({measured} - ({low!r})) / {width!r})))::INTEGER"
    counted = dict(db.execute(f"SELECT {place} AS b, count(*) FROM {table} WHERE {measured} IS NOT NULL GROUP BY 1").fetchall())
    return {
        "edges": [low + i * width for i in range(bins)] + [low + bins * width if kind == "integer" else high],
        "counts": [counted.get(i, 0) for i in range(bins)],
    }


def as_text(value: object) -> str:
    """A typed value as it is shown and as a class is named: 1, 2.5, true, 2024-01-31, text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)


def shortened(text: str) -> str:
    """At most 500 characters of a cell, for a page."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def column_type(kind: str, rows: int, facts: dict[str, Any]) -> str:
    """Category or free text, for a column of strings; any other kind as it is."""
    if kind != "category":
        return kind
    present = rows - facts["missing"]
    wordy = facts.get("worded", 0) > 0.5 and facts.get("mean_length", 0) >= 12
    long = facts.get("mean_length", 0) > 100
    return "text" if facts["unique"] > 20 and facts["unique"] > 0.2 * present and (wordy or long) else "category"
