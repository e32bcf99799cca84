"""Rows of an online request: JSON values become the same typed table a file would give, or an error per field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.casting import BadCell, cast_table
from workers.engine.bundle.runtime.cells import raw_cell
from workers.engine.bundle.runtime.columns import check_columns, needed, read_columns
from workers.engine.events import Refused, gettext_noop

if TYPE_CHECKING:
    import pandas as pd

ACCEPTED: dict[str, tuple[type, ...]] = {
    "integer": (int, float, str),
    "number": (int, float, str),
    "boolean": (bool, str),
    "datetime": (str,),
    "category": (str, int, float),
    "text": (str,),
}
MOST_ERRORS = 100


class RowsRefused(Exception):
    """Some fields cannot be used; `errors` has one {"row", "column", "code", "message", "params"} per field."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} fields")
        self.errors = errors[:MOST_ERRORS]


def typed_rows(rows: list[dict[str, Any]], schema: Mapping[str, Any]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Type the rows of a request; returns (frame with original names, RangeIndex; warnings).

    null is missing. A JSON number is a number whatever decimal mark the training file used; text is read as in a file; a
    date may be ISO 8601 or in the file's format. Raises Refused (`missing_columns`) and RowsRefused.
    """
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    warnings = check_columns(dict(schema), names)
    columns = read_columns(dict(schema), names)
    errors = [_error(i, c["name"], *_MISSING) for c in needed(dict(schema)) for i, row in enumerate(rows) if c["name"] not in row]
    raw: dict[str, list[str]] = {}
    for column in columns:
        raw[column["name"]] = []
        for i, row in enumerate(rows):
            value = row.get(column["name"])
            if value is not None and not _accepted(value, column["type"]):
                errors.append(_error(i, column["name"], *_WRONG_TYPE, type=column["type"], value=_short(value)))
                value = None
            raw[column["name"]].append("" if value is None else _raw(value, column["cast"]))
    frame, bad = cast_table(pa.table({name: pa.array(cells, pa.string()) for name, cells in raw.items()}), columns)
    errors += [_bad_cell(cell) for cell in bad]
    if errors:
        raise RowsRefused(sorted(errors, key=lambda error: error["row"]))
    return frame, warnings


def check_rows(rows: Any) -> list[dict[str, Any]]:
    """The rows when they are a list of objects; Refused (`rows_invalid`) otherwise."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Refused("rows_invalid", gettext_noop("Send rows as a list of objects, one per row."))
    return rows


def _accepted(value: Any, kind: str) -> bool:
    # bool is an int to Python, but true is not a number to the person who sends it.
    return isinstance(value, ACCEPTED[kind]) and not (isinstance(value, bool) and kind != "boolean")


def _raw(value: Any, cast: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        return raw_cell(float(value) if isinstance(value, float) else value, cast)
    if cast["type"] == "datetime" and cast["date_format"] != "iso":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return raw_cell(moment.astimezone(UTC) if moment.tzinfo else moment, cast)
    return value


_MISSING = ("missing_field", gettext_noop("Row %(row)d lacks the field %(column)s; send null when it is not known."))
_WRONG_TYPE = ("wrong_type", gettext_noop("%(column)s must be %(type)s, not %(value)s."))


def _error(index: int, column: str, code: str, message: str, **params: Any) -> dict[str, Any]:
    return {"row": index + 1, "column": column, "code": code, "message": message, "params": {"row": index + 1, "column": column, **params}}


def _bad_cell(cell: BadCell) -> dict[str, Any]:
    return _error(cell.row, cell.column, cell.code, cell.reason, value=_short(cell.value))


def _short(value: Any) -> str:
    return str(value)[:80]
