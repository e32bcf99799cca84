"""The grid of columns: what each row says, and how thousands of columns are searched, filtered and paged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.datasets.answers import TYPES
from automl_portal.datasets.models import Dataset
from automl_portal.ui.figures import count, iso_date, plain
from automl_portal.ui.words import word

PER_PAGE = 100
MANY_MISSING = 0.3
MEASURES = {"auc": "AUC", "r2": "R²", "eta2": "η²", "cramers_v": "Cramér's V"}
Column = dict[str, Any]
ORDERS: dict[str, Callable[[Column], Any]] = {
    "file": lambda column: 0,
    "name": lambda column: column["name"].casefold(),
    "missing": lambda column: -(column.get("missing") or 0),
    "unique": lambda column: -(column.get("unique") or 0),
    "tie": lambda column: -(tie_shown(column["tie"])["strength"] if column["tie"] else -1.0),
}


@dataclass(frozen=True)
class Query:
    """Which columns are shown, as the page's address says."""

    text: str = ""
    type: str = ""
    show: str = ""  # missing, findings, changed or everything
    order: str = "file"
    page: str = "1"

    @classmethod
    def of(cls, given: QueryDict) -> Query:
        order = given.get("sort", "file")
        return cls(
            text=given.get("column", "").strip(),
            type=given.get("type", ""),
            show=given.get("show", ""),
            order=order if order in ORDERS else "file",
            page=given.get("page", "1"),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.type or self.show)

    @property
    def as_parameters(self) -> str:
        """The query without its page, for links to other pages."""
        given = {"column": self.text, "type": self.type, "show": self.show, "sort": "" if self.order == "file" else self.order}
        return urlencode({name: value for name, value in given.items() if value})

    def matches(self, column: Column) -> bool:
        if self.text and self.text.casefold() not in column["name"].casefold():
            return False
        if self.type and column["type"] != self.type:
            return False
        wanted = {"missing": bool(column.get("missing")), "findings": bool(column["findings"]), "changed": bool(column["chosen_type"])}
        return wanted.get(self.show, True)


def columns_page(dataset: Dataset, query: Query, ties: dict[str, dict[str, Any]], roles: dict[str, str]) -> dict[str, Any]:
    """The context of the grid. `ties` holds what each column tells of the label, `roles` the project's roles; both may be empty."""
    noticed = Counter(finding.column for finding in dataset.findings.all() if finding.column is not None)
    rows = [column_facts(column, dataset, ties, noticed) for column in dataset.columns]
    found = sorted((row for row in rows if query.matches(row)), key=ORDERS[query.order])
    page = Paginator(found, PER_PAGE).get_page(query.page)
    kinds = Counter(column["type"] for column in dataset.columns)
    return {
        "page": page,
        "rows": [column_row(column, dataset, roles) for column in page],
        "query": query,
        "found": len(found),
        "all": len(rows),
        "types": [(kind, word(kind, "type"), n) for kind, n in kinds.most_common()],
        "type_choices": [(kind, word(kind, "type")) for kind in TYPES],
        "title": grid_title(len(found), len(rows)),
        "has_ties": bool(ties),
        "dropped": dataset.report.get("dropped_columns", []),
    }


def grid_title(found: int, everything: int) -> str:
    if found == everything:
        return ngettext("%(n)s column", "%(n)s columns", everything) % {"n": count(everything)}
    return _("%(n)s of %(all)s columns") % {"n": count(found), "all": count(everything)}


def column_facts(column: Column, dataset: Dataset, ties: dict[str, dict[str, Any]], noticed: Counter[str]) -> Column:
    """A column entry with what it is searched and ordered by; cheap, for there may be thousands."""
    name = column["name"]
    return {**column, "tie": ties.get(name), "findings": noticed[name], "chosen_type": dataset.types.get(name, "")}


def column_row(column: Column, dataset: Dataset, roles: dict[str, str]) -> Column:
    """What `column_facts` gave, with what its row of the grid says in words."""
    missing, rows = column.get("missing") or 0, dataset.rows or 0
    missing_share = missing / rows if rows else 0.0
    return {
        **column,
        "missing_share": missing_share,
        "missing_text": ngettext("%(n)s cell is missing", "%(n)s cells are missing", missing) % {"n": count(missing)},
        "missing_kind": "attention" if missing_share > MANY_MISSING else "",
        "summary": column_summary(column),
        "association": column["tie"] and tie_shown(column["tie"]),
        "role": roles.get(column["name"], "feature") if roles else "",
    }


def tie_shown(tie: dict[str, Any]) -> dict[str, Any]:
    """How much a column alone tells of the label. `strength` runs from 0 to 1; an AUC of one half is none."""
    measure, value = tie["measure"], tie["value"]
    strength = 2 * abs(value - 0.5) if measure == "auc" else value
    return {**tie, "text": MEASURES.get(measure, measure), "strength": strength}


def column_summary(column: Column) -> str:
    """The range of a number or date with its middle; the lengths of text; the most frequent values otherwise."""
    low, high = column.get("min"), column.get("max")
    if low is not None and high is not None and column["type"] in ("integer", "number"):
        return _("%(low)s to %(high)s, median %(median)s") % {
            "low": plain(low),
            "high": plain(high),
            "median": plain(column.get("median")),
        }
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": iso_date(low), "high": iso_date(high)}
    lengths = (column.get("length_histogram") or {}).get("edges")
    if column["type"] == "text" and lengths:
        return _("%(low)s to %(high)s characters long") % {"low": plain(lengths[0]), "high": plain(lengths[-1])}
    return ", ".join(str(item["value"]) for item in (column.get("top") or [])[:3])
