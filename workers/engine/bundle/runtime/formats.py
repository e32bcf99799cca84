"""How cells that no longer fit their column are written here: the hint that goes with a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workers.engine.bundle.runtime.casting import DATE_FORMATS, cast_array

SHOWN = {"%d": "DD", "%m": "MM", "%b": "Mon", "%B": "Month", "%Y": "YYYY", "%y": "YY", "%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss"}
NAMED = {
    "iso": "YYYY-MM-DD", "quarter": "YYYY Q1", "quarter_first": "Q1 YYYY", "quarter_number_first": "1QYYYY", "week": "YYYY-W01",
    "ctime": "Mon Jan DD hh:mm:ss YYYY", "excel": "45322", "epoch_s": "1700000000", "epoch_ms": "1700000000000",
    "epoch_us": "1700000000000000", "epoch_ns": "1700000000000000000",
}  # fmt: skip
MARKS = ((".", None), (",", None), (",", "."), (".", ","), (".", " "), (",", " "))


def looks_like(cells: Sequence[str], cast: Mapping[str, Any]) -> tuple[str, str]:
    """(how training wrote them, how all of ``cells`` are written): date formats or numbers; ("", "") when no way fits them all."""
    if cast["type"] == "datetime":
        fits = next((name for name in ("iso", *DATE_FORMATS) if _reads(cells, {**cast, "date_format": name})), None)
        return (_date(cast["date_format"]), _date(fits)) if fits else ("", "")
    if cast["type"] in ("number", "integer"):
        for decimal, thousands in MARKS:
            if _reads(cells, {**cast, "type": "number", "decimal": decimal, "thousands": thousands}):
                return _number(cast.get("decimal"), cast.get("thousands")), _number(decimal, thousands)
    return "", ""


def _reads(cells: Sequence[str], cast: Mapping[str, Any]) -> bool:
    import pyarrow as pa

    typed, _ = cast_array(pa.array(cells, pa.string()), cast)
    return bool(cells) and typed.null_count == 0


def _date(date_format: str) -> str:
    text = " / ".join(NAMED.get(form, form) for form in date_format.split("|"))
    for part, shown in SHOWN.items():
        text = text.replace(part, shown)
    return text.replace("%p", "AM")


def _number(decimal: str | None, thousands: str | None) -> str:
    return f"1{(thousands or '')[:1]}234{decimal or '.'}5"
