"""What the data page shows of a dataset, worded and grouped for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.datasets.answers import is_unread
from automl_portal.datasets.column_page import typed_cell
from automl_portal.datasets.columns_page import Query, columns_page
from automl_portal.datasets.findings_page import findings_page
from automl_portal.datasets.models import Dataset, DatasetStatus, Finding
from automl_portal.datasets.selectors import findings_by_level
from automl_portal.datasets.versions_page import versions_page
from automl_portal.jobs.models import JobState
from automl_portal.jobs.selectors import jobs_ahead
from automl_portal.ui.figures import count

PREVIEW_ROWS = 10
PREVIEW_COLUMNS = 100


def data_page(
    dataset: Dataset, query: Query, ties: dict[str, dict[str, Any]] | None = None, roles: dict[str, str] | None = None
) -> dict[str, Any]:
    """The template context: heading, facts, finding groups, columns, first rows, versions.

    On a project's page `ties` maps a column name to {measure, value} with the label, and `roles` to its role.
    """
    groups = findings_by_level(dataset)
    job = dataset.job
    return {
        "dataset": dataset,
        "job": job,
        "ahead": jobs_ahead(job) if job and job.state == "queued" else 0,
        "heading": heading(dataset, groups),
        "may_reread": is_unread(dataset),
        "findings": findings_page(groups, dataset),
        "grid": columns_page(dataset, query, ties or {}, roles or {}),
        "preview": preview(dataset),
        "facts": facts(dataset),
        "history": versions_page(dataset),
    }


def facts(dataset: Dataset) -> dict[str, Any]:
    """How the file was read: its format in words, and every source with its rows."""
    report = dataset.report
    read_as = report.get("format", {})
    sources = [
        {**kept, **found, "delimiter": delimiter_name(found.get("format", {}).get("delimiter", ""))}
        for kept, found in zip(dataset.sources, report.get("sources", []), strict=False)
    ]
    return {
        "format": read_as,
        "delimiter": delimiter_name(read_as.get("delimiter", "")),
        "is_text": read_as.get("kind", "csv") == "csv",
        "sources": sources,
        "set_aside": sorted(report.get("set_aside_reasons", {}).items(), key=lambda item: -item[1]),
    }


def delimiter_name(delimiter: str) -> str:
    """A delimiter in words: the characters themselves are hard to see."""
    return {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}.get(delimiter, delimiter or "–")


def heading(dataset: Dataset, groups: dict[str, list[Finding]]) -> str:
    """The page's answer in one sentence."""
    status, name = dataset.status, dataset.name
    if status == DatasetStatus.IMPORTING:
        return _("%(name)s is being read") % {"name": name}
    if dataset.job and dataset.job.state == JobState.CANCELED:
        return _("The import of %(name)s was canceled") % {"name": name}
    if status == DatasetStatus.REJECTED:
        return _("%(name)s cannot be used as it is") % {"name": name}
    if status == DatasetStatus.NEEDS_ANSWERS:
        n = sum(finding.is_open for finding in groups["ASK"])
        return ngettext(
            "%(name)s raises one question that only you can answer", "%(name)s raises %(n)s questions that only you can answer", n
        ) % {"name": name, "n": n}
    return _("%(name)s is ready: %(rows)s rows, %(columns)s columns") % {
        "name": name,
        "rows": count(dataset.rows),
        "columns": count(len(dataset.columns)),
    }


def preview(dataset: Dataset) -> dict[str, Any] | None:
    """The first rows, each cell as it was typed and, where that differs, as it stands in the file."""
    shown = dataset.report.get("preview")
    if not shown:
        return None
    types = {column["name"]: column["type"] for column in dataset.columns}
    names = shown["names"][:PREVIEW_COLUMNS]
    rows = zip(shown["as_read"][:PREVIEW_ROWS], shown["typed"][:PREVIEW_ROWS], strict=True)
    return {
        "columns": [{"name": name, "type": types.get(name, "")} for name in names],
        "rows": [
            [paired(raw, typed, types.get(name, "")) for name, raw, typed in zip(names, raws, cells, strict=False)] for raws, cells in rows
        ],
        "left_out": len(shown["names"]) - len(names),
    }


def paired(raw: Any, typed: Any, kind: str) -> dict[str, Any]:
    """One cell of the first rows; `differs` when reading changed how it looks."""
    raw, typed = "" if raw is None else str(raw), typed_cell(typed, kind)
    shown = "" if typed is None else cell_text(typed)
    return {"raw": raw, "typed": typed, "differs": typed_cell(raw, kind) != shown and not same_number(raw, typed)}


def same_number(raw: str, typed: Any) -> bool:
    """Whether a number only lost its padding: 0.50 and 0.5."""
    try:
        return isinstance(typed, int | float) and not isinstance(typed, bool) and float(raw) == typed
    except ValueError:
        return False


def cell_text(typed: Any) -> str:
    """A typed cell as a person would have written it."""
    if isinstance(typed, bool):
        return "true" if typed else "false"
    if isinstance(typed, float) and typed.is_integer():
        return str(int(typed))
    return str(typed)
