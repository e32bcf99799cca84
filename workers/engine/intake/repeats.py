"""Rows that repeat, and rows that agree in everything but the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding
from workers.engine.intake.profile import quoted

if TYPE_CHECKING:
    import duckdb

PAIRS = 5  # shown


def repeated_rows(db: duckdb.DuckDBPyConnection, table: str, names: list[str], rows: int) -> list[Finding]:
    """Copies of an earlier row, with up to five pairs. Equal hashes are taken as equal rows."""
    columns = ", ".join(map(quoted, names))
    hashed = f"SELECT hash({columns}) AS h, min(file_row_number) AS first, count(*) AS n FROM {table} GROUP BY 1 HAVING n > 1"
    counted = db.execute(f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM ({hashed})").fetchone()
    if counted is None or not counted[0]:
        return []
    pairs = db.execute(
        f"SELECT d.first + 1, file_row_number + 1 FROM {table} JOIN ({hashed}) d ON hash({columns}) = d.h AND file_row_number > d.first ORDER BY 2 LIMIT {PAIRS}"
    ).fetchall()
    message = gettext_noop(
        "Rows that repeat an earlier row: %(count)d (%(percent)s %% of all), such as %(pairs)s. A copy on both sides of the test makes results look better than they are."
    )
    return [Finding("duplicate_rows", "WARN", message, _params(counted[0], rows, pairs), rows=[int(pair[1]) for pair in pairs])]


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
