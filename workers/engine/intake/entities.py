"""Who and when: ids, entities that occur in several rows, and the column that says when each row was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains import names
from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding
from workers.engine.intake.profile import quoted

if TYPE_CHECKING:
    import duckdb

SAME = 0.95  # of the groups in which a column must be constant to belong to the entity
BELONGING = 2  # columns that must belong to it before an entity is proposed by its values alone
CANDIDATES, OTHERS = 4, 20
LOOKED_AT = 250_000  # rows, from the start of the table
DATED = (r"(^|[ _.-])(date|time|datetime|timestamp|day|week|month|period|when)([ _.-]|$)|日期|时间|月份",)
BORN = (r"birth|(^|[ _.-])(dob|born)([ _.-]|$)|出生|生日",)
PLACE = (
    r"zip|post(al)?|city|town|county|state|country|region|province|district|street|lat|lon|邮|省|市|区|县|国",
    r"date|time|year|month|day|日|年|月",
)


def role_guess(column: dict[str, Any], rows: int) -> str | None:
    """id, time, text, sensitive or group, from the name and the values of one report entry; None for a plain feature."""
    name, unique, present = column["name"], column["unique"], rows - column["missing"]
    if present and unique == present and present >= 0.95 * rows and rows >= 20:
        named = names.matches(name, names.ID)
        if column["type"] == "category" or (column["type"] == "integer" and (_numbered(column) or named)):
            return "id"
    if column["type"] == "datetime":
        return "time"
    if column["type"] == "text":
        return "text"
    if names.matches(name, names.SENSITIVE):
        return "sensitive"
    repeats = 1 < unique <= 0.95 * present
    return "group" if repeats and (column["type"] == "category" or _whole(column)) and names.matches(name, names.GROUP) else None


def _whole(column: dict[str, Any]) -> bool:
    """Whole numbers, also those that were exported as 13090.0 because some are missing."""
    edges = [column.get("min"), column.get("max"), *(entry["value"] for entry in column["top"])]
    return column["type"] == "integer" or (column["type"] == "number" and all(float(edge).is_integer() for edge in edges))


def _numbered(column: dict[str, Any]) -> bool:
    return bool(column["type"] == "integer" and column["max"] - column["min"] + 1 == column["unique"])


def of_column(column: dict[str, Any], rows: int) -> list[Finding]:
    """Ids, entities by their name, and sensitive columns."""
    name, guess = column["name"], column["role_guess"]
    if guess == "id" and _numbered(column):
        message = gettext_noop(
            "%(column)s only numbers the rows. It is proposed as an id and not modelled: row order can give the answer away."
        )
        return [Finding("row_number", "WARN", message, column=name)]
    if guess == "id":
        message = gettext_noop("%(column)s differs in every row. It is proposed as an id: carried to the output, not modelled.")
        return [Finding("id_column", "WARN", message, column=name)]
    if guess == "group":
        return [_entity(column, rows)]
    if names.matches(name, names.SENSITIVE):
        message = gettext_noop("%(column)s looks sensitive. With the role sensitive it is tested for fairness and not modelled.")
        return [Finding("sensitive_column", "WARN", message, column=name)]
    return []


def _entity(column: dict[str, Any], rows: int) -> Finding:
    message = gettext_noop(
        "%(column)s names %(unique)d entities in %(rows)d rows. If one entity must not stand on both sides of the test, give it the role group."
    )
    return Finding("repeated_entity", "WARN", message, {"unique": column["unique"], "rows": rows}, column=column["name"])


def of_values(db: duckdb.DuckDBPyConnection, table: str, columns: list[dict[str, Any]], rows: int) -> list[Finding]:
    """An entity shown by its values: a column that repeats while others never change within it, as sex and birth year do within a
    patient. Only where no column says so by its name."""
    if any(column["role_guess"] == "group" for column in columns):
        return []
    candidates = [column for column in columns if _may_be_entity(column, rows)][:CANDIDATES]
    found = []
    for column in candidates:
        others = [other for other in columns if other is not column and _may_belong(other, rows)][:OTHERS]
        belonging = _constant_within(db, table, column, others) if len(others) >= BELONGING else []
        if len(belonging) >= BELONGING:
            finding = _entity(column, rows)
            finding.message = gettext_noop(
                "%(column)s names %(unique)d entities in %(rows)d rows: %(others)s never change within one. If one entity must not stand on both sides of the test, give it the role group."
            )
            finding.params["others"] = ", ".join(belonging[:5])
            found.append(finding)
    return found[:1]


def _may_be_entity(column: dict[str, Any], rows: int) -> bool:
    present = rows - column["missing"]
    often = max(20, 0.02 * rows) <= column["unique"] <= present / 1.5
    return column["type"] in ("integer", "category") and often and present >= 0.9 * rows and not names.matches(column["name"], PLACE)


def _may_belong(column: dict[str, Any], rows: int) -> bool:
    """A column that would not be the same in two rows by chance alone."""
    present = rows - column["missing"]
    if column["type"] not in ("integer", "number", "category", "datetime") or column["unique"] < 3 or present < 0.5 * rows:
        return False
    return float(sum((entry["count"] / present) ** 2 for entry in column["top"])) < 0.6


def _constant_within(db: duckdb.DuckDBPyConnection, table: str, column: dict[str, Any], others: list[dict[str, Any]]) -> list[str]:
    """The others that hold one value within (nearly) every repeated value of the column."""
    name, wanted = quoted(column["name"]), [quoted(other["name"]) for other in others]
    same = ", ".join(f"avg((low{i} IS NOT DISTINCT FROM high{i})::INTEGER)" for i in range(len(others)))
    ends = ", ".join(f"min({other}) AS low{i}, max({other}) AS high{i}" for i, other in enumerate(wanted))
    rows = f"SELECT {name}, {', '.join(wanted)} FROM {table} LIMIT {LOOKED_AT}"
    grouped = f"SELECT {ends} FROM ({rows}) WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) > 1"
    row = db.execute(f"SELECT count(*), {same} FROM ({grouped})").fetchone()
    if row is None or row[0] < 10:
        return []
    return [other["name"] for other, share in zip(others, row[1:], strict=True) if share is not None and share >= SAME]


def of_time(data: Path, columns: list[dict[str, Any]], rows: int) -> list[Finding]:
    """The column that says when each row was, with its span, and whether the rows are in its order."""
    dated = [
        column
        for column in columns
        if column["type"] == "datetime"
        and column["missing"] < 0.2 * rows
        and column["unique"] > 2
        and not names.matches(column["name"], BORN)
    ]
    if not dated:
        return []
    column = next((each for each in dated if names.matches(each["name"], DATED)), dated[0])
    params = {
        "low": column["min"],
        "high": column["max"],
        "times": column["unique"],
        "each": f"{(rows - column['missing']) / column['unique']:.3g}",
    }
    message = gettext_noop(
        "%(column)s says when each row was, from %(low)s to %(high)s (different times: %(times)d, rows per time: %(each)s). With the role time the test is made on the latest rows, as the predictor will be used."
    )
    if _in_order(data, column["name"]):
        params["sorted"] = True
        message = gettext_noop(
            "%(column)s says when each row was, from %(low)s to %(high)s (different times: %(times)d, rows per time: %(each)s), and the rows are in that order. With the role time the test is made on the latest rows; drawn at random, neighbours in time would stand on both sides."
        )
    return [Finding("time_column", "WARN", message, params, column=column["name"])]


def _in_order(data: Path, name: str) -> bool:
    """Whether the times never go back, row after row."""
    import pyarrow.compute as pc
    from pyarrow import parquet

    last = None
    for batch in parquet.ParquetFile(data).iter_batches(columns=[name]):
        values = pc.drop_null(batch.column(0)).cast("int64").to_numpy()
        if len(values) and ((last is not None and values[0] < last) or bool((values[1:] < values[:-1]).any())):
            return False
        last = values[-1] if len(values) else last
    return last is not None
