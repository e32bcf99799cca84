"""The set-up of a project: what the analyst chose, what the use case fills in, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from django.utils.translation import gettext_noop as N_

from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.errors import Problem
from automl_portal.projects.settings import setup_settings
from automl_portal.projects.setup_label import distribution_noted, label_problems, one_of
from domains.metrics import SELECTABLE

if TYPE_CHECKING:
    from automl_portal.projects.models import Project
    from domains.schema import UseCase

PROPOSED = {
    "group": N_("Role Group: %(columns)s. It names entities that are in several rows; no entity is on both sides of the test."),
    "time": N_("Role Time: %(columns)s. It says when each row was; the test is made on the latest rows."),
}


@dataclass(frozen=True)
class Setup:
    """One use case on one dataset's columns. `notes` lists what was chosen for the analyst, as {code, message, params}."""

    use_case: UseCase
    columns: list[dict[str, Any]]  # column entries of the data report
    rows: int
    label: str
    positive_class: str | None
    problem_type: str
    roles: dict[str, list[str]]
    settings: dict[str, Any]
    notes: list[dict[str, Any]] = field(default_factory=list)
    noticed: tuple[dict[str, Any], ...] = ()  # findings of the import: {code, column, params}

    def problems(self) -> list[dict[str, Any]]:
        """Everything that stands in the way of a run, each with code, message, params and column."""
        from domains.split import check_split, dependence
        from domains.validation import check_setup

        found = check_setup(self.use_case, self.columns, self.rows, self.label, self.positive_class, self.roles, self.problem_type)
        if not found:
            found = check_split(self.use_case, self.roles, self.settings["split"], dependence(self.columns, self.noticed, self.label))
        return [dict(problem) for problem in found] + label_problems(column_of(self.columns, self.label), self.roles, self.settings)

    def check(self) -> None:
        """Raises Problem with the first problem's code, and all of them in `errors`."""
        refuse(self.problems())

    def as_fields(self) -> dict[str, Any]:
        """The fields of a Project."""
        return {
            "use_case_key": self.use_case.key,
            "use_case_version": self.use_case.version,
            "label": self.label,
            "positive_class": self.positive_class,
            "problem_type": self.problem_type,
            "roles": self.roles,
            "settings": self.settings,
            "notes": self.notes,
        }


def refuse(problems: list[dict[str, Any]]) -> None:
    """Raise the first of the problems, with all of them in `errors`; nothing when there are none."""
    if problems:
        first = problems[0]
        raise Problem(first["code"], first["message"], params=first.get("params"), column=first.get("column"), errors=problems)


def run_split_check(project: Project, split: dict[str, Any]) -> None:
    """Raise Problem when the project's data stands against this split: {kind, reason, gap_days}."""
    from domains.split import check_split, dependence

    dataset = project.dataset
    refuse(check_split(project.use_case, project.roles, split, dependence(dataset.columns, noticed(dataset), project.label)))


def setup_fill(
    *,
    use_case_key: str,
    columns: list[dict[str, Any]],
    rows: int,
    label: str,
    positive_class: str | None = None,
    roles: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    noticed: Iterable[dict[str, Any]] = (),
) -> Setup:
    """A set-up with the use case's guesses where the analyst said nothing. Raises Problem for an unknown use case, role or setting."""
    from domains.split import dependence, roles_proposed
    from domains.validation import guess_positive_class, guess_roles

    use_case = use_case_found(use_case_key)
    label = as_imported(label, columns)
    column = column_of(columns, label)
    if column is None:
        label_unknown(use_case, columns, rows, label)
    assert column is not None
    chosen = dict(settings or {})
    problem_type, notes = problem_type_of(use_case, column, chosen.pop("problem_type", None))
    notes += distribution_noted(problem_type, column, rows, chosen)
    if problem_type == "binary" and positive_class in (None, ""):
        positive_class, why = guess_positive_class(use_case, column)
        if positive_class is not None:
            note = N_("Positive class: %(value)s. %(why)s")
            notes.append({"code": "positive_class_guessed", "message": note, "params": {"value": positive_class, "why": why}})
    given = {role: [as_imported(name, columns) for name in names] for role, names in roles_listed(roles or {}).items()}
    noticed = tuple(noticed)
    feature_columns = [entry for entry in columns if entry["name"] != label]
    taken = {name for names in given.values() for name in names}
    for role, names in guess_roles(use_case, feature_columns).items():
        free = [name for name in names if name not in taken]
        if role not in given and free:
            given[role] = free
            note = N_("Role %(role)s: %(columns)s.")
            notes.append({"code": "role_guessed", "message": note, "params": {"role": role, "columns": ", ".join(free)}})
    for role, names in roles_proposed(dependence(columns, noticed, label), given).items():
        given[role] = names
        notes.append({"code": f"{role}_proposed", "message": PROPOSED[role], "params": {"columns": ", ".join(names)}})
    return Setup(
        use_case=use_case,
        columns=columns,
        rows=rows,
        label=label,
        positive_class=str(positive_class) if problem_type == "binary" and positive_class is not None else None,
        problem_type=problem_type,
        roles={role: names for role, names in given.items() if names},
        settings=setup_settings(use_case, problem_type, chosen),
        notes=notes,
        noticed=noticed,
    )


def column_of(columns: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    return next((entry for entry in columns if entry["name"] == name), None)


def as_imported(name: str, columns: list[dict[str, Any]]) -> str:
    """A column's name as the import left it: it takes spaces off the ends of names (finding `column_names_trimmed`)."""
    names = {column["name"] for column in columns}
    return name if name in names or name.strip() not in names else name.strip()


def use_case_found(key: str) -> UseCase:
    """The use case, or Problem `use_case_unknown`."""
    from domains.registry import UnknownUseCase, use_case, use_cases

    try:
        return use_case(key)
    except UnknownUseCase:
        known = ", ".join(use_cases())
        raise Problem(
            "use_case_unknown", N_("There is no use case %(key)s. Known: %(known)s."), params={"key": key, "known": known}
        ) from None


def label_unknown(use_case: UseCase, columns: list[dict[str, Any]], rows: int, label: str) -> None:
    """Raise the problem that the domain's check names for a label that is not there, with near misses."""
    Setup(use_case, columns, rows, label, None, "binary", {}, {}).check()
    raise Problem("label_unknown", N_("There is no column %(label)s in this dataset."), params={"label": label}, column=label)


def problem_type_of(use_case: UseCase, column: dict[str, Any], wanted: str | None) -> tuple[str, list[dict[str, Any]]]:
    """The problem type, and a note when the label decided it."""
    from domains.validation import infer_problem_type

    if wanted:
        return one_of(wanted, tuple(SELECTABLE), "problem_type_unknown"), []
    if use_case.problem_type != "auto":
        return use_case.problem_type, []
    inferred, why = infer_problem_type(column)
    note = {"code": "problem_type_inferred", "message": N_("Problem type: %(type)s. %(why)s"), "params": {"type": inferred, "why": why}}
    return inferred, [note]


def roles_listed(roles: dict[str, Any]) -> dict[str, list[str]]:
    """Roles with every value as a list of column names. Raises Problem for a role nobody knows."""
    from domains.schema import Role

    listed: dict[str, list[str]] = {}
    for role, names in roles.items():
        if role not in get_args(Role):
            raise Problem(
                "unknown_role",
                N_("There is no role %(role)s. Known: %(known)s."),
                params={"role": role, "known": ", ".join(get_args(Role))},
            )
        listed[role] = [str(name) for name in names] if isinstance(names, list) else [str(names)] if names else []
    return listed


def dataset_setup(dataset: Dataset, use_case_key: str, label: str, **chosen: Any) -> Setup:
    """`setup_fill` on a dataset. Raises Problem 409 while it is not ready."""
    if dataset.status != DatasetStatus.READY:
        raise Problem("dataset_not_ready", N_("The dataset is not ready: answer its findings, or upload it again."), status=409)
    found = noticed(dataset)
    return setup_fill(use_case_key=use_case_key, columns=dataset.columns, rows=dataset.rows or 0, label=label, noticed=found, **chosen)


def noticed(dataset: Dataset) -> list[dict[str, Any]]:
    """What the import found about entities and times, as `setup_fill` takes it."""
    found = dataset.findings.filter(code__in=("repeated_entity", "time_column"))
    return [{"code": each.code, "column": each.column, "params": each.params} for each in found]
