"""Columns of workbooks and Parquet files, whose numbers and dates are no text: they are not written as the training file wrote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.casting import cast_array

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("parquet", "xlsx", "xls")
PLAIN: dict[str, dict[str, Any]] = {
    "number": {"decimal": ".", "thousands": None},
    "integer": {"decimal": ".", "thousands": None},
    "datetime": {"date_format": "iso"},
}


def as_written(columns: Sequence[Mapping[str, Any]], table: pa.Table) -> list[dict[str, Any]]:
    """The schema entries with the casts that read a file of one of ``KINDS``.

    ``table``: the first raw cells under the predictor's names. A column is read as a machine writes it, with a decimal point and
    ISO dates, when that fits every cell seen; otherwise it is text after all, and read as in training.
    """
    return [{**column, "cast": _cast(column["cast"], table[column["name"]].combine_chunks())} for column in columns]


def _cast(cast: Mapping[str, Any], cells: pa.Array) -> Mapping[str, Any]:
    plain = {**cast, **PLAIN.get(cast["type"], {})}
    if plain == cast:
        return cast
    _, wrong = cast_array(cells, plain)
    return cast if wrong.true_count else plain
