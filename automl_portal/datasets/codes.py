"""The table of codes as a page and as a document."""

from __future__ import annotations

from typing import Any, get_args

from django.utils.translation import gettext as _

from domains import codes


def codes_page() -> dict[str, Any]:
    """The template context: the codes in their groups."""
    return {"groups": groups(), "levels": get_args(codes.Level), "total": len(codes.CODES)}


def groups() -> list[dict[str, Any]]:
    described = [
        ("file", _("The file as a whole"), codes.FILE),
        ("names", _("Names of columns"), codes.NAMES),
        ("values", _("Cells and values"), codes.VALUES),
        ("label", _("The label and the set-up"), codes.LABEL),
        ("split", _("How the test is set apart"), codes.SPLIT),
        ("series", _("Time and series"), codes.SERIES),
        ("scoring", _("Files to score"), codes.SCORING),
    ]
    return [{"key": key, "title": title, "codes": found} for key, title, found in described if found]


def codes_document() -> str:
    """docs/codes.md: the same table for people who read files."""
    parts = [
        "# Codes",
        "",
        "Every answer to a file or its data carries one of these codes: on the pages, in the API (`GET /api/v1/codes`) and here.",
        "A code never changes its meaning. REJECT stops, ASK waits for the analyst, FIX was done and is listed, WARN informs.",
        "",
        "Made by `python manage.py codes_document` from `domains/codes/`; do not edit by hand.",
    ]
    for group in groups():
        parts += ["", f"## {group['title']}", "", "| Code | Level | What it means | The way out |", "|---|---|---|---|"]
        parts += [f"| `{code.code}` | {', '.join(code.levels)} | {cell(code.meaning)} | {cell(code.way_out)} |" for code in group["codes"]]
    return "\n".join(parts) + "\n"


def cell(text: str) -> str:
    """A text inside a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
