"""What the set-up page shows around its form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.datasets.columns_page import column_summary
from automl_portal.datasets.models import Dataset
from automl_portal.errors import sentence
from automl_portal.projects.models import Project
from automl_portal.projects.plan_page import plan_columns
from automl_portal.projects.planning import table_facts
from automl_portal.projects.settings import BUDGET_MAX_S, BUDGET_MIN_S
from automl_portal.projects.setup import Setup
from automl_portal.projects.setup_form import BUDGETS, CUSTOM, MAX_CLASSES_SHOWN, ROLE_CHOICES, SetupForm
from automl_portal.projects.setup_label import CLASSES
from automl_portal.projects.split_page import split_choices
from automl_portal.ui.figures import count, duration, share
from automl_portal.ui.words import word
from domains.split import kind_by_roles


def setup_page(form: SetupForm, dataset: Dataset, project: Project | None, *, show_errors: bool) -> dict[str, Any]:
    """The template context."""
    filled = form.filled
    column = dataset.column(filled.label) or {}
    positive = str(form["positive_class"].value() or "")
    classes = class_choices(column, positive) if filled.problem_type in CLASSES else []
    shares = {each["value"]: each["share"] for each in classes}
    check = project.check_job if project else None
    return {
        "form": form,
        "heading": heading(form),
        "read_shown": read_as(filled),
        "role_choices": ROLE_CHOICES,
        "label_summary": column_summary(column) if column else "",
        "show_errors": show_errors,
        "case": form.use_case,
        "dataset": dataset,
        "project": project,
        "filled": filled,
        "label_column": column,
        "classes": classes,
        "positive": positive,
        "positive_meaning": positive_sentence(filled.label, positive, shares.get(positive)) if positive else "",
        "budgets": budget_choices(form),
        "plans": budget_plans(form, dataset),
        "roles": role_rows(form, dataset),
        "checks": checks(form, dataset),
        "splits": split_choices(filled, str(form["split_kind"].value() or "auto"), held_share(form)),
        "check": check,
        "check_findings": label_findings(project),
        "notes": [note_sentence(note) for note in filled.notes],
        "problems": filled.problems(),
        "warnings": warnings(form, dataset, positive),
        "decision_fields": [form[f"decision-{setting.name}"] for setting in form.use_case.decision],
    }


def read_as(filled: Setup) -> str:
    """How the label is read, in one word for the form: when it changes, what depends on it is proposed anew."""
    return f"{filled.problem_type} {filled.settings.get('distribution', '')}".strip()


def heading(form: SetupForm) -> str:
    """The page's answer: what the run will predict, from what, within which time."""
    filled = form.filled
    time = duration(filled.settings["time_limit"])
    positive = form["positive_class"].value() or filled.positive_class
    if filled.problem_type == "binary" and positive:
        said = _("Predict whether %(label)s is %(positive)s, within %(time)s")
        return said % {"label": filled.label, "positive": positive, "time": time}
    return _("Predict %(label)s, within %(time)s") % {"label": filled.label, "time": time}


def class_choices(column: dict[str, Any], positive: str) -> list[dict[str, Any]]:
    """The classes of the label with their shares, the commonest first."""
    top = column.get("top") or []
    total = max(sum(item["count"] for item in top) + (column.get("other") or 0), 1)
    shown = [{"value": str(item["value"]), "count": item["count"], "share": item["count"] / total} for item in top[:MAX_CLASSES_SHOWN]]
    return [{**item, "checked": item["value"] == positive} for item in shown]


def budget_choices(form: SetupForm) -> list[dict[str, Any]]:
    """Three budgets with what each buys, and a value of one's own."""
    what = {
        "quick": _("A first answer. Every model family once, with its default settings."),
        "standard": _("The usual choice. More models, and ensembles of several copies of each."),
        "thorough": _("For the final predictor. Deeper ensembles; gains over the usual choice are small but real."),
    }
    titles = {"quick": _("Quick"), "standard": _("Standard"), "thorough": _("Thorough")}
    chosen = form["budget"].value()
    named = [
        {
            "value": name,
            "title": titles[name],
            "time": duration(form.use_case.budgets.seconds(name)),
            "text": what[name],
            "checked": chosen == name,
        }
        for name in BUDGETS
    ]
    own = _("Your own ceiling in seconds.")
    return [*named, {"value": CUSTOM, "title": _("Custom"), "time": "", "text": own, "checked": chosen == CUSTOM}]


def budget_plans(form: SetupForm, dataset: Dataset) -> dict[str, Any]:
    """What the three budgets and the one of one's own buy on this table."""
    filled = form.filled
    facts = table_facts(dataset.columns, dataset.rows or 0, filled.label, filled.roles, filled.problem_type, held_share(form))
    budgets: list[tuple[str, float]] = [
        (choice["title"], form.use_case.budgets.seconds(choice["value"])) for choice in budget_choices(form)[:-1]
    ]
    own = str(form["seconds"].value() or "")
    if form["budget"].value() == CUSTOM and own.isdigit() and BUDGET_MIN_S <= int(own) <= BUDGET_MAX_S:
        budgets.append((_("Custom"), int(own)))
    return plan_columns(facts, budgets)


def role_rows(form: SetupForm, dataset: Dataset) -> list[dict[str, Any]]:
    """Every column but the label, with its role field and why it was proposed."""
    fields = [(column, form[f"role-{column['id']}"]) for column in dataset.columns if column["name"] != form.filled.label]
    return [{"column": column, "field": field, "role": field.value() or "feature"} for column, field in fields]


def held_share(form: SetupForm) -> float:
    """The share of the rows for the test, as the form has it now."""
    try:
        return min(max(float(form["holdout"].value() or 0), 0.0), 100.0) / 100
    except ValueError:
        return float(form.filled.settings["holdout_fraction"])


def checks(form: SetupForm, dataset: Dataset) -> list[str]:
    """What will be checked, in sentences with this dataset's own numbers."""
    case = form.use_case
    held = held_share(form)
    sensitive = form.filled.roles.get("sensitive", [])
    aside = {"held": count(round((dataset.rows or 0) * held)), "share": share(held)}
    said = [
        _("%(held)s rows (%(share)s) are set aside before anything is learned, and used once at the end.") % aside,
        _("Every model is compared with a baseline that ignores the columns; differences come with a 95 percent interval."),
        _("Columns that give the label away are looked for: exact copies, near copies and names that are only known afterwards."),
    ]
    if form.filled.problem_type in CLASSES:
        said.append(
            _("The rarest class needs %(refuse)s rows; below %(warn)s the intervals get wide.")
            % {"refuse": count(case.min_class.refuse), "warn": count(case.min_class.warn)}
        )
    if sensitive:
        said.append(_("Results are tested on groups of %(columns)s; the models do not see them.") % {"columns": ", ".join(sensitive)})
    if kind_by_roles(str(form["split_kind"].value() or "auto"), form.filled.roles) == "random":
        said.append(_("The held-out rows are drawn at random: the result is not out of time."))
    return said


def note_sentence(note: dict[str, Any]) -> str:
    """A choice made for the analyst, with roles and problem types in the page's words."""
    params = dict(note.get("params") or {})
    if "role" in params:
        params["role"] = word(params["role"], "role")
    if "distribution" in params:
        params["distribution"] = word(params["distribution"], "distribution")
    if "type" in params:
        params["type"] = word(params["type"], "problem_type")
    return sentence(note["message"], params)


def warnings(form: SetupForm, dataset: Dataset, positive: str) -> list[dict[str, Any]]:
    """What the domain would have the analyst know before the run; columns that are left out already are skipped."""
    from domains.validation import setup_warnings

    found = setup_warnings(form.use_case, dataset.columns, dataset.rows or 0, form.filled.label, positive or None)
    modelled = {column["name"] for column in dataset.columns} - set(form.filled.roles.get("exclude", []))
    ids = {column["name"]: column["id"] for column in dataset.columns}
    return [
        {**each, "column_id": ids.get(each.get("column"))} for each in found if each.get("column") is None or each["column"] in modelled
    ]


def label_findings(project: Project | None) -> list[dict[str, Any]]:
    """What the check of the label noticed, worded, with the id of the column it is about."""
    if project is None:
        return []
    found = project.label_report.get("findings", [])
    columns = {column["name"]: column["id"] for column in project.dataset.columns}
    excluded = set(project.roles.get("exclude", []))
    return [
        {
            **finding,
            "sentence": sentence(finding.get("message", ""), finding.get("params")),
            "leave_out": finding["code"] == "leakage_suspect",
            "column_id": columns.get(finding.get("column") or ""),
            "excluded": finding.get("column") in excluded,
        }
        for finding in found
    ]


def positive_sentence(label: str, positive: str, share_of_rows: float | None) -> str:
    """What the predictor's probability will mean."""
    return _("The predictor reports the probability that %(label)s is %(value)s (%(share)s of the rows).") % {
        "label": label,
        "value": positive,
        "share": share(share_of_rows),
    }
