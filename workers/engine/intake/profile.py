"""What a person sees of each column: counts, range, distribution, most frequent values. Computed by duckdb over the Parquet file."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

BINS = 30
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


def profile_column(db: duckdb.DuckDBPyConnection, table: str, name: str, kind: str) -> dict[str, Any]:
    """{"missing", "unique", "min", "max", "mean", "std", "median", "histogram", "top", "other", "mean_length", "worded"} of one column.

    ``table`` is a SQL relation. Dates are ISO strings; numbers of dates are not given a mean. ``worded`` is the share of
    values with a space or a CJK character: what sets free text apart from codes.
    """
    column = quoted(name)
    rows, present = _one(db, f"SELECT count(*), count({column}) FROM {table}")
    found: dict[str, Any] = {"missing": rows - present, "unique": 0, "top": [], "other": 0}
    if not present:
        return found
    found |= _frequent(db, table, column, present)
    if kind in MEASURED:
        found |= _range(db, table, column, kind)
    elif kind != "boolean":
        pattern = "[\\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
        length, worded = _one(
            db,
            f"SELECT avg(length({column})), avg(CASE WHEN regexp_matches({column}, '{pattern}') THEN 1 ELSE 0 END) FROM {table} WHERE {column} IS NOT NULL",
        )
        found |= {"mean_length": length, "worded": worded}
    return found


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = db.execute(sql).fetchone()
    assert row is not None
    return tuple(row)


def _frequent(db: duckdb.DuckDBPyConnection, table: str, column: str, present: int) -> dict[str, Any]:
    grouped = f"SELECT {column} AS v, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
    top = db.execute(f"SELECT v, n, count(*) OVER () FROM ({grouped}) ORDER BY n DESC, v LIMIT {TOP_ALL}").fetchall()
    unique = int(top[0][2])
    values = [{"value": as_text(value), "count": count} for value, count, _ in top[: TOP_ALL if unique <= TOP_ALL else TOP]]
    return {"unique": unique, "top": values, "other": present - sum(entry["count"] for entry in values)}


def _range(db: duckdb.DuckDBPyConnection, table: str, column: str, kind: str) -> dict[str, Any]:
    if kind == "datetime":
        low, high, middle = _one(db, f"SELECT min({column}), max({column}), quantile_disc({column}, 0.5) FROM {table}")
        edge_low, edge_high = _one(db, f"SELECT epoch(min({column})), epoch(max({column})) FROM {table}")
        found: dict[str, Any] = {
            "min": as_text(low),
            "max": as_text(high),
            "median": as_text(middle),
            "mean": None,
            "std": None,
        }
        measured = f"epoch({column})"
    else:
        low, high, mean, std, middle = _one(
            db,
            f"SELECT min({column}), max({column}), avg({column}::DOUBLE), stddev_samp({column}::DOUBLE), quantile_cont({column}::DOUBLE, 0.5) FROM {table}",
        )
        found = {
            "min": low,
            "max": high,
            "mean": _finite(mean),
            "std": _finite(std),
            "median": middle,
        }
        edge_low, edge_high, measured = float(low), float(high), f"{column}::DOUBLE"
    return found | {"histogram": _histogram(db, table, measured, float(edge_low), float(edge_high), kind)}


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


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def as_text(value: object) -> str:
    """A typed value as it is shown and as a class is named: 1, 2.5, true, 2024-01-31, text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)


def column_type(kind: str, rows: int, facts: dict[str, Any]) -> str:
    """Category or free text, for a column of strings; any other kind as it is."""
    if kind != "category":
        return kind
    present = rows - facts["missing"]
    wordy = facts.get("worded", 0) > 0.5 and facts.get("mean_length", 0) >= 12
    long = facts.get("mean_length", 0) > 100
    return "text" if facts["unique"] > 20 and facts["unique"] > 0.2 * present and (wordy or long) else "category"


def duplicates(db: duckdb.DuckDBPyConnection, table: str, names: list[str], limit: int = 5) -> tuple[int, list[int]]:
    """(rows that repeat an earlier row, up to ``limit`` of their 1-based numbers). Equal hashes are taken as equal rows."""
    columns = ", ".join(map(quoted, names))
    hashed = f"SELECT hash({columns}) AS h, min(file_row_number) AS first, count(*) AS n FROM {table} GROUP BY 1 HAVING n > 1"
    (count,) = _one(db, f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM ({hashed})")
    if not count:
        return 0, []
    found = db.execute(
        f"SELECT file_row_number + 1 FROM {table} JOIN ({hashed}) d ON hash({columns}) = d.h AND file_row_number > d.first ORDER BY 1 LIMIT {limit}"
    ).fetchall()
    return int(count), [int(row[0]) for row in found]
