"""How the training file had to be read, for the files that its predictor will score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Questions about a file as a whole. What an analyst answered once is not asked of every file like it.
CODES = (
    "blank_column_name",
    "confusable_columns",
    "delimiter",
    "duplicate_columns",
    "encoding",
    "footer",
    "header_missing",
    "header_shorter_than_rows",
    "invalid_encoding",
    "preamble",
    "saved_index",
    "sheet",
    "units_row",
)


def reading_of(report: Mapping[str, Any], label: str) -> dict[str, Any]:
    """{"answers": {code: answer}, "width", "label_last"} out of report.json; the last two only matter without a header."""
    findings = [item for item in report.get("findings") or [] if item.get("answer") and item.get("key") in CODES]
    form = report.get("format") or {}
    encoding = {"encoding": form["encoding"]} if form.get("encoding", "utf-8") != "utf-8" else {}
    header = {} if form.get("header", True) else {"header_missing": "data"}
    width = len(report["columns"]) + len(report.get("dropped_columns") or [])
    answers = encoding | header | {item["key"]: item["answer"] for item in findings}
    return {"answers": answers, "width": width, "label_last": label == f"column_{width}"}
