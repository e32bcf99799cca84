"""What the data page shows of a dataset, worded and grouped for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.datasets.models import Dataset, DatasetStatus, Finding
from automl_portal.datasets.selectors import findings_by_level
from automl_portal.jobs.models import JobState
from automl_portal.jobs.selectors import jobs_ahead
from automl_portal.ui.figures import count, plain

PREVIEW_ROWS = 10
SHOWN = 8  # findings of a group before the rest is folded
MANY_MISSING = 0.3
MEASURES = {"auc": "AUC", "r2": "R²", "eta2": "η²", "cramers_v": "Cramér's V"}


def data_page(dataset: Dataset, associations: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    """The template context: heading, facts, finding groups, columns, first rows.

    `associations` maps a column name to {measure, value} with the project's label, when it is known.
    """
    groups = findings_by_level(dataset)
    job = dataset.job
    return {
        "dataset": dataset,
        "job": job,
        "ahead": jobs_ahead(job) if job and job.state == "queued" else 0,
        "heading": heading(dataset, groups),
        "groups": [folded(group) for group in finding_groups(groups) if group["findings"]],
        "has_choices": any(finding.choices for found in groups.values() for finding in found),
        "columns": [column_row(column, dataset.rows or 0, (associations or {}).get(column["name"])) for column in dataset.columns],
        "has_associations": bool(associations),
        "preview": preview(dataset),
        "format": dataset.report.get("format", {}),
        "delimiter": delimiter_name(dataset.report.get("format", {}).get("delimiter", "")),
    }


def delimiter_name(delimiter: str) -> str:
    """A delimiter in words: the characters themselves are hard to see."""
    return {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}.get(delimiter, delimiter or "–")


def column_row(column: dict[str, Any], rows: int, association: dict[str, Any] | None) -> dict[str, Any]:
    """A column entry with what its row of the grid says in words."""
    missing = column.get("missing") or 0
    missing_share = missing / rows if rows else 0.0
    return {
        **column,
        "missing_share": missing_share,
        "missing_text": ngettext("%(n)s cell is missing", "%(n)s cells are missing", missing) % {"n": count(missing)},
        "missing_kind": "attention" if missing_share > MANY_MISSING else "",
        "summary": column_summary(column),
        "association": association and association_shown(association),
    }


def association_shown(association: dict[str, Any]) -> dict[str, Any]:
    """How much a column alone tells of the label. `strength` runs from 0 to 1; an AUC of one half is none."""
    measure, value = association["measure"], association["value"]
    strength = 2 * abs(value - 0.5) if measure == "auc" else value
    return {**association, "text": MEASURES.get(measure, measure), "strength": strength}


def column_summary(column: dict[str, Any]) -> str:
    """The range of a number or date with its middle; the most frequent values otherwise."""
    low, high = column.get("min"), column.get("max")
    if low is not None and high is not None and column["type"] in ("integer", "number"):
        return _("%(low)s to %(high)s, median %(median)s") % {
            "low": plain(low),
            "high": plain(high),
            "median": plain(column.get("median")),
        }
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    return ", ".join(str(item["value"]) for item in (column.get("top") or [])[:3])


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


def finding_groups(groups: dict[str, list[Finding]]) -> list[dict[str, Any]]:
    """Stop, answer, fixed, noted: each with its title, a line of help and its findings."""
    return [
        {
            "level": "REJECT",
            "dot": "stop",
            "title": _("Stop"),
            "help": _("The file has to change before it can be used."),
            "findings": groups["REJECT"],
        },
        {
            "level": "ASK",
            "dot": "attention",
            "title": _("Answer"),
            "help": _("Only you know; nothing is changed until you choose."),
            "findings": groups["ASK"],
        },
        {
            "level": "FIX",
            "dot": "done",
            "title": _("Fixed"),
            "help": _("Done while reading; every change is listed."),
            "findings": groups["FIX"],
        },
        {
            "level": "WARN",
            "dot": "waiting",
            "title": _("Noted"),
            "help": _("Nothing was changed; keep it in mind."),
            "findings": groups["WARN"],
        },
    ]


def folded(group: dict[str, Any]) -> dict[str, Any]:
    """A group with its first findings to show and the rest to open; questions are never folded away."""
    shown = len(group["findings"]) if group["level"] in ("REJECT", "ASK") else SHOWN
    return {**group, "shown": group["findings"][:shown], "rest": group["findings"][shown:]}


def preview(dataset: Dataset) -> dict[str, Any] | None:
    """The first rows twice: as typed and as they stood in the file."""
    shown = dataset.report.get("preview")
    if not shown:
        return None
    return {
        "names": shown["names"],
        "as_read": shown["as_read"][:PREVIEW_ROWS],
        "typed": [[typed_cell(cell) for cell in row] for row in shown["typed"][:PREVIEW_ROWS]],
    }


def typed_cell(cell: Any) -> Any:
    """A cell as it was typed; midnight is left off a date, as the file most likely had none."""
    return cell.removesuffix("T00:00:00") if isinstance(cell, str) else cell
