"""One column: a large plot with its table, the commonest values, cells as they stand in the file, and what was noticed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.datasets.columns_page import column_facts, column_row, column_summary
from automl_portal.datasets.models import Dataset
from automl_portal.ui.figure import Axis, Figure, Mark
from automl_portal.ui.figures import count, plain, second_date, share

VALUES = 20
CELLS = 12
Bars = list[list[float | None]]


def column_page(dataset: Dataset, column_id: str, ties: dict[str, dict[str, Any]], roles: dict[str, str]) -> dict[str, Any]:
    """The template context. Raises Http404 for a column that this version does not have."""
    ids = [column["id"] for column in dataset.columns]
    if column_id not in ids:
        raise Http404
    at = ids.index(column_id)
    entry = dataset.columns[at]
    findings = [finding for finding in dataset.findings.all() if finding.column == entry["name"]]
    row = column_row(column_facts(entry, dataset, ties, Counter({entry["name"]: len(findings)})), dataset, roles)
    return {
        "dataset": dataset,
        "column": row,
        "heading": heading(row, dataset.rows or 0),
        "figure": column_figure(entry),
        "all_alone": all_alone(entry),
        "findings": findings,
        "has_choices": any(finding.choices for finding in findings),
        "top": top_values(entry, dataset.rows or 0),
        "cells": cells(dataset, entry["name"]),
        "tokens": sorted((entry.get("missing_tokens") or {}).items(), key=lambda item: -item[1]),
        "before": dataset.columns[at - 1] if at else None,
        "after": dataset.columns[at + 1] if at + 1 < len(ids) else None,
    }


def heading(row: dict[str, Any], rows: int) -> str:
    """What the column holds, in one sentence."""
    name, unique = row["name"], row.get("unique") or 0
    if row["type"] == "empty":
        return _("%(name)s is empty in every row") % {"name": name}
    known = {"name": name, "share": share(row["missing_share"]), "n": count(unique)}
    if row["missing_share"]:
        return (
            ngettext(
                "%(name)s holds %(n)s value; %(share)s of its cells are missing",
                "%(name)s holds %(n)s different values; %(share)s of its cells are missing",
                unique,
            )
            % known
        )
    return ngettext("%(name)s holds %(n)s value in every row", "%(name)s holds %(n)s different values and no gap", unique) % known


def column_figure(column: dict[str, Any]) -> Figure | None:
    """The distribution as a figure with its table; None where there is nothing to draw."""
    lengths = column["type"] == "text"
    histogram = column.get("length_histogram" if lengths else "histogram") or {}
    if histogram.get("counts"):
        return histogram_figure(column, histogram, lengths)
    if column.get("top") and not all_alone(column):
        return values_figure(column)
    return None


def all_alone(column: dict[str, Any]) -> bool:
    """Whether no value occurs twice: then none is more frequent than another."""
    top = column.get("top") or []
    return len(top) > 1 and top[0]["count"] == 1


def histogram_figure(column: dict[str, Any], histogram: dict[str, Any], lengths: bool) -> Figure:
    """Bins of numbers, dates or text lengths."""
    dates = column["type"] == "datetime"
    shown = second_date if dates else plain
    edges, counts = histogram["edges"], histogram["counts"]
    total = sum(counts) or 1
    rows = [
        [_("%(low)s to %(high)s") % {"low": shown(low), "high": shown(high)}, count(n), share(n / total)]
        for (low, high), n in zip(pairwise(edges), counts, strict=True)
    ]
    unit = column.get("unit")
    name = f"{column['name']} ({unit})" if unit else column["name"]
    title = _("Characters in %(name)s") % {"name": name} if lengths else name
    # A single value has a bin without width, which nobody would see.
    bars: Bars = [[low, high if high > low else low + 1, n] for (low, high), n in zip(pairwise(edges), counts, strict=True)]
    return bars_figure(column, Axis(title=title, time=dates), Axis(title=_("Rows"), low=0), bars, [title, _("Rows"), _("Share")], rows)


def values_figure(column: dict[str, Any]) -> Figure:
    """The commonest values as bars, the rest in one."""
    top = column["top"][:VALUES]
    rest = (column.get("other") or 0) + sum(item["count"] for item in column["top"][VALUES:])
    counted = [(short(str(item["value"])), item["count"]) for item in top] + ([(_("all others"), rest)] if rest else [])
    total = sum(n for _name, n in counted) or 1
    rows = [[name, count(n), share(n / total)] for name, n in counted]
    bars: Bars = [[i, n] for i, (_name, n) in enumerate(counted)]
    axis = Axis(title=column["name"], names=[name for name, _n in counted])
    return bars_figure(column, Axis(title=_("Rows"), low=0), axis, bars, [_("Value"), _("Rows"), _("Share")], rows)


def bars_figure(column: dict[str, Any], x: Axis, y: Axis, bars: Bars, headers: list[str], rows: list[list[str]]) -> Figure:
    caption = column_summary(column)
    marks = [Mark(kind="bars", name=_("Rows"), data=bars)]
    return Figure(key="column", title=_("Distribution"), caption=caption, x=x, y=y, marks=marks, headers=headers, rows=rows)


def short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def top_values(column: dict[str, Any], rows: int) -> list[dict[str, Any]]:
    """The commonest values with their shares of all rows; none when every value is alone."""
    top = [] if all_alone(column) else column.get("top") or []
    return [
        {"value": typed_cell(str(item["value"]), column["type"]), "count": item["count"], "share": item["count"] / rows if rows else 0.0}
        for item in top[:VALUES]
    ]


def cells(dataset: Dataset, name: str) -> list[dict[str, Any]]:
    """The first cells of the column, as they stand in the file and as they were read."""
    preview = dataset.report.get("preview") or {}
    if name not in preview.get("names", []):
        return []
    at = preview["names"].index(name)
    pairs = zip(preview["as_read"], preview["typed"], strict=True)
    kind = (dataset.column(name) or {}).get("type", "")
    return [{"row": i, "raw": raw[at], "typed": typed_cell(typed[at], kind)} for i, (raw, typed) in enumerate(pairs, start=1)][:CELLS]


def typed_cell(cell: Any, kind: str) -> Any:
    """A cell as it was typed; a date without its T, and without midnight, as the file most likely had none."""
    if kind != "datetime" or not isinstance(cell, str):
        return cell
    return cell.replace("T", " ").removesuffix(" 00:00:00")
