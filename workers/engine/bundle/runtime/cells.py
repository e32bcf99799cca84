"""Typed values as the raw cells of a file, written so that the column's own `cast` reads back the same value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import dates

if TYPE_CHECKING:
    import pandas as pd


def raw_cells(series: pd.Series[Any], cast: Mapping[str, Any]) -> list[str]:
    """A typed column as raw cells; missing values are empty."""
    return ["" if missing else raw_cell(value, cast) for value, missing in zip(series.tolist(), series.isna(), strict=True)]


def raw_cell(value: Any, cast: Mapping[str, Any]) -> str:
    """One value that is not missing. Numbers take the column's decimal mark, dates its format."""
    if cast["type"] == "datetime":
        return dates.write(value, cast["date_format"])
    if cast["type"] == "boolean":
        return "true" if value else "false"
    if isinstance(value, float) and not isinstance(value, bool):
        number = str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(float(value))
        return number.replace(".", cast.get("decimal") or ".") if cast["type"] in ("integer", "number") else number
    return str(value)
