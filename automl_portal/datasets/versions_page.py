"""The versions of a dataset, and what differs between two of them, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.datasets.diff import ColumnDiff, VersionDiff
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.selectors import dataset_versions
from automl_portal.ui.estimates import listed
from automl_portal.ui.figures import count, share, significant

NAMED = 3
MOST_COLUMNS = 500


def versions_page(dataset: Dataset) -> dict[str, Any]:
    """Every version with what made it and who uses it; `newer` holds those after this one."""
    versions = list(dataset_versions(dataset).prefetch_related("projects", "runs__project"))
    return {
        "versions": [version_row(version, dataset) for version in versions],
        "newer": [version for version in versions if version.version > dataset.version],
        "newest": versions[0],
    }


def version_row(version: Dataset, shown: Dataset) -> dict[str, Any]:
    return {
        "dataset": version,
        "is_shown": version.pk == shown.pk,
        "change": change_sentence(version),
        "projects": list(version.projects.all()),
        "runs": list(version.runs.all()),
    }


def change_sentence(version: Dataset) -> str:
    """What makes this version another one."""
    change = version.change
    names = {"files": ", ".join(change.get("files", [])), "columns": named(change.get("columns", [])), "of": change.get("of")}
    match change.get("what"):
        case "append":
            return _("Rows of %(files)s added to version %(of)s") % names
        case "replace":
            return _("%(files)s in place of version %(of)s") % names
        case "types":
            return _("Other types than version %(of)s: %(columns)s") % names
        case "answers":
            keys = named([key.partition(":")[2] or key for key in change.get("findings", [])])
            return _("Other answers than version %(of)s: %(columns)s") % {**names, "columns": keys}
        case "restore":
            return _("Version %(of)s again") % names
    return _("First upload, %(file)s") % {"file": version.filename}


def named(names: list[str]) -> str:
    """The first names, and how many more."""
    if len(names) <= NAMED:
        return listed(names)
    return _("%(names)s and %(n)s more") % {"names": ", ".join(names[:NAMED]), "n": len(names) - NAMED}


def diff_page(diff: VersionDiff) -> dict[str, Any]:
    """The context of the comparison: its answer in the heading, the facts, the columns by shift."""
    return {
        "diff": diff,
        "heading": diff_heading(diff),
        "facts": diff_facts(diff),
        "columns": [column_shown(column) for column in diff.columns[:MOST_COLUMNS]],
        "beyond": max(0, len(diff.columns) - MOST_COLUMNS),
    }


def diff_heading(diff: VersionDiff) -> str:
    """The differences that matter, in one sentence."""
    versions = {"old": diff.old.version, "new": diff.new.version}
    parts = []
    if n := len(diff.added):
        parts.append(ngettext("%(n)s column is new", "%(n)s columns are new", n) % {"n": n})
    if n := len(diff.removed):
        parts.append(ngettext("%(n)s column is gone", "%(n)s columns are gone", n) % {"n": n})
    if n := len(diff.retyped):
        parts.append(ngettext("%(n)s column has another type", "%(n)s columns have another type", n) % {"n": n})
    if n := len(diff.shifted):
        parts.append(ngettext("%(columns)s moved", "%(columns)s moved", n) % {"columns": named([column.name for column in diff.shifted])})
    if not parts:
        return _("Version %(new)s looks like version %(old)s: no column moved noticeably") % versions
    return _("From version %(old)s to %(new)s: %(parts)s") % {**versions, "parts": ", ".join(parts)}


def diff_facts(diff: VersionDiff) -> list[tuple[str, str, str]]:
    """(what, in the old version, in the new one)."""
    old, new = diff.old, diff.new
    return [
        (_("Rows"), count(old.rows), count(new.rows)),
        (_("Rows set aside"), count(old.rows_set_aside), count(new.rows_set_aside)),
        (_("Columns"), count(len(old.columns)), count(len(new.columns))),
    ]


def column_shown(column: ColumnDiff) -> dict[str, Any]:
    sizes = {"none": _("none"), "small": _("little"), "moderate": _("some"), "large": _("much")}
    return {
        "diff": column,
        "size": sizes.get(column.size, _("not comparable")),
        "kind": {"moderate": "attention", "large": "stop"}.get(column.size, ""),
        "index": significant(column.shift, 2) if column.shift is not None and column.size != "none" else "< 0.005" if column.size else "",
        "missing": (share(column.old_missing), share(column.new_missing)),
        "label": _("Shares in the old and the new version, %(name)s") % {"name": column.name},
    }
