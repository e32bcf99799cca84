"""Rows that repeat, and rows that agree in everything but the label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding
from workers.engine.intake.profile import quoted

if TYPE_CHECKING:
    import duckdb

PAIRS = 5  # shown
HELD = 10_000_000  # hashes of rows held at once
HELD_ALONE = 32_000_000  # the same, where nothing else is held


def repeated_rows(db: duckdb.DuckDBPyConnection, table: str, names: list[str], rows: int, telling: Sequence[str] = ()) -> list[Finding]:
    """Copies of an earlier row, with up to five pairs. Equal hashes are taken as equal rows; of a very long table only a share of
    the hashes is held, and the count is an estimate.

    ``telling``: some of ``names`` that are quick to read and in which few rows agree: if none agree in them, none repeat.
    """
    import numpy as np

    hashed, share = f"hash({', '.join(map(quoted, names))})", rows // HELD + 1
    if telling and rows <= HELD_ALONE and not len(_again(db, table, f"hash({', '.join(map(quoted, telling))})", 1)):
        return []
    again = _again(db, table, hashed, share)
    if not len(again):
        return []
    few = ", ".join(str(value) for value in np.unique(again)[: 20 * PAIRS])
    found = db.execute(f"SELECT {hashed}, file_row_number + 1 FROM {table} WHERE {hashed} IN ({few}) ORDER BY 2").fetchall()
    first: dict[int, int] = {}
    pairs = [(first[value], row) for value, row in found if first.setdefault(value, row) != row][:PAIRS]
    message = gettext_noop(
        "Rows that repeat an earlier row: %(count)d (%(percent)s %% of all), such as %(pairs)s. A copy on both sides of the test makes results look better than they are."
    )
    return [Finding("duplicate_rows", "WARN", message, _params(share * len(again), rows, pairs), rows=[row for _, row in pairs])]


def _again(db: duckdb.DuckDBPyConnection, table: str, hashed: str, share: int) -> Any:
    """The hashes of rows whose hash an earlier row has, sorted; of one hash in ``share`` only."""
    held = db.execute(f"SELECT {hashed} AS h FROM {table}" + (f" WHERE {hashed} % {share} = 0" if share > 1 else "")).fetchnumpy()["h"]
    held.sort()
    return held[1:][held[1:] == held[:-1]]


def conflicting_rows(db: duckdb.DuckDBPyConnection, table: str, names: list[str], label: str, rows: int) -> list[Finding]:
    """Rows with the same columns and another label: the ceiling no model can pass."""
    columns, answer = ", ".join(map(quoted, names)), quoted(label)
    grouped = f"""SELECT count(*) AS n, min_by(file_row_number, {answer}) AS one, max_by(file_row_number, {answer}) AS other
        FROM {table} WHERE {answer} IS NOT NULL GROUP BY hash({columns}) HAVING count(DISTINCT {answer}) > 1"""
    counted = db.execute(f"SELECT coalesce(sum(n), 0)::BIGINT FROM ({grouped})").fetchone()
    if counted is None or not counted[0]:
        return []
    pairs = db.execute(f"SELECT one + 1, other + 1 FROM ({grouped}) ORDER BY 1 LIMIT {PAIRS}").fetchall()
    message = gettext_noop(
        "Rows with the same columns as another row and a different label: %(count)d (%(percent)s %% of all), such as %(pairs)s. No model can tell them apart."
    )
    return [
        Finding("conflicting_labels", "WARN", message, _params(counted[0], rows, pairs), rows=[int(row) for pair in pairs for row in pair])
    ]


def _params(count: int, rows: int, pairs: list[tuple[int, int]]) -> dict[str, object]:
    return {"count": int(count), "percent": f"{100 * count / rows:.2g}", "pairs": ", ".join(f"{one} = {other}" for one, other in pairs)}
