"""Guesses and checks of a project's set-up, from the column profiles of the data report alone: no pandas, no data.

A column is an entry of report.json: {"name", "type", "missing", "unique", "top": [{"value", "count"}], …}.
Sentences are English templates; the portal translates them and fills in ``params``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from domains import names
from domains.label_checks import label_warnings
from domains.schema import Role, UseCase, gettext_noop

Column = Mapping[str, Any]
Problem = dict[str, Any]
FEW_WHOLE_NUMBERS = 10  # an integer label with no more distinct values is taken for classes
MANY_CLASSES = 500
NOT_MODELLED = ("id", "sensitive", "group", "site", "weight", "exclude")


def infer_problem_type(column: Column) -> tuple[str, str]:
    """(binary, multiclass or regression; why), from the label's type and distinct values."""
    kind, unique = column["type"], column["unique"]
    if unique == 2:
        return "binary", gettext_noop("The label has two values.")
    if kind in ("category", "text", "boolean", "empty"):
        return "multiclass", gettext_noop("The label holds more than two names.")
    if kind == "integer" and unique <= FEW_WHOLE_NUMBERS:
        return "multiclass", gettext_noop(
            "The label holds a few whole numbers, taken for classes. Choose regression if their size matters."
        )
    return "regression", gettext_noop("The label holds numbers.")


def guess_label(use_case: UseCase, columns: Sequence[Column]) -> str | None:
    """The column the use case's hints name, the first hint first; None when none does."""
    for pattern in use_case.label.names:
        for column in columns:
            if names.matches(column["name"], (pattern,)) and column["unique"] > 1:
                return str(column["name"])
    return None


def guess_positive_class(use_case: UseCase, column: Column) -> tuple[str | None, str]:
    """(class value, why). By what the values say, then by what the label's name says of 1, then the rarer class."""
    values = [(str(entry["value"]), int(entry["count"])) for entry in column.get("top", [])]
    if len(values) != 2:
        return None, gettext_noop("The label does not have two classes.")
    rule = use_case.positive_class
    rare = min(values, key=lambda item: (item[1], item[0]))[0]
    if rule is None:
        return rare, gettext_noop("It is the rarer class.")
    named = [value for value, _ in values if names.is_value(value, rule.values)]
    against = [value for value, _ in values if names.is_value(value, rule.opposite_values)]
    if len(named) == 1:
        return named[0], gettext_noop("Its name says it is the event.")
    if len(against) == 1 and not named:
        return next(value for value, _ in values if value != against[0]), gettext_noop("The other class is, by its name, not the event.")
    true = next((value for value, _ in values if value.lower() in ("1", "1.0", "true", "yes", "y", "t", "是")), None)
    if true is not None and names.matches(column["name"], rule.opposite_names) and not names.matches(column["name"], rule.names):
        return rare, gettext_noop("The label's name can mean either side, so the rarer class is taken. Please confirm.")
    if true is not None and names.matches(column["name"], rule.names):
        return true, gettext_noop("By the label's name it is the event.")
    return rare, gettext_noop("Nothing names the event, so the rarer class is taken. Please confirm.")


def guess_roles(use_case: UseCase, columns: Sequence[Column]) -> dict[str, list[str]]:
    """Role -> column names: what the use case's hints name, and identifiers that differ in every row.

    An id that repeats is the group where the use case knows groups, and a plain feature where it does not.
    """
    known: dict[str, tuple[str, ...]] = {rule.role: rule.names for rule in use_case.columns}
    roles: dict[str, list[str]] = {}
    for column in columns:
        role = _role(column, known)
        if role:
            roles.setdefault(role, []).append(str(column["name"]))
    return roles


def _role(column: Column, known: Mapping[str, tuple[str, ...]]) -> str | None:
    name, guess = column["name"], column.get("role_guess")
    if guess == "id" or (guess == "group" and "group" not in known):
        return "id" if guess == "id" else None
    for role, patterns in known.items():
        if role == "id":
            continue  # a name alone does not make an identifier: the import has looked at the values
        fits_type = role not in ("time", "value") or column["type"] in ("datetime", "integer", "number")
        if role == "time":
            fits_type = column["type"] == "datetime"
        if fits_type and names.matches(name, patterns):
            return role
    return "text" if column["type"] == "text" else None


def check_setup(
    use_case: UseCase,
    columns: Sequence[Column],
    rows: int,
    label: str,
    positive_class: str | None,
    roles: Mapping[str, Sequence[str]],
    problem_type: str | None = None,
) -> list[Problem]:
    """Everything that stops a run, as [{code, level, message, params, column}]; empty when it can start.

    ``problem_type`` is what the analyst chose; without it the use case's, or the one the label suggests.
    """
    by_name = {str(column["name"]): column for column in columns}
    problems = _check_roles(roles, by_name, label)
    if label not in by_name:
        return [_unknown(label, list(by_name), gettext_noop("There is no column %(name)s to predict."), "label_unknown"), *problems]
    column = by_name[label]
    chosen = problem_type or (infer_problem_type(column)[0] if use_case.problem_type == "auto" else use_case.problem_type)
    problems += _check_target(column, rows, chosen) + _check_weight(roles, by_name)
    if not any(problem["code"].startswith("target_") for problem in problems):
        problems += _check_classes(use_case, column, chosen, positive_class)
    if rows < use_case.min_rows.refuse:
        message = gettext_noop("The dataset has %(rows)d rows; this template needs at least %(needed)d.")
        problems.append(_problem("too_few_rows", message, rows=rows, needed=use_case.min_rows.refuse))
    used = {name for role in NOT_MODELLED for name in roles.get(role, ())} | {label}
    if not any(name not in used and entry["unique"] + bool(entry["missing"]) > 1 for name, entry in by_name.items()):
        problems.append(
            _problem(
                "no_features",
                gettext_noop("No column is left to predict from. Give fewer columns the roles id, group, sensitive or exclude."),
            )
        )
    return problems


def setup_warnings(
    use_case: UseCase, columns: Sequence[Column], rows: int, label: str, positive_class: str | None, problem_type: str | None = None
) -> list[Problem]:
    """What does not stop a run but should be known before it: few rows, few events, what the label itself shows, columns the use
    case forbids. A question has ``choices``; it can stay open."""
    found: list[Problem] = []
    if use_case.min_rows.refuse <= rows < use_case.min_rows.warn:
        message = gettext_noop("The dataset has %(rows)d rows; below %(wanted)d results vary a lot from split to split.")
        found.append(_problem("few_rows", message, level="WARN", rows=rows, wanted=use_case.min_rows.warn))
    column = next((entry for entry in columns if entry["name"] == label), None)
    counts = {str(entry["value"]): entry["count"] for entry in column.get("top", [])} if column else {}
    count = counts.get(str(positive_class))
    if count is not None and use_case.min_class.refuse <= count < use_case.min_class.warn:
        message = gettext_noop("Only %(count)d rows have the positive class; from %(wanted)d on the figures become steady.")
        found.append(_problem("few_positives", message, level="WARN", count=count, wanted=use_case.min_class.warn))
    if column is not None:
        inferred = infer_problem_type(column)
        given = problem_type or (inferred[0] if use_case.problem_type == "auto" else use_case.problem_type)
        found += label_warnings(column, rows, given, inferred)
    for entry in columns:
        rule = next((rule for rule in use_case.leakage if entry["name"] != label and names.matches(entry["name"], rule.names)), None)
        if rule:
            message = gettext_noop("%(column)s should probably be left out. %(why)s")
            found.append(_problem("leakage_suspect", message, str(entry["name"]), level="WARN", why=rule.why))
    return found


def _check_roles(roles: Mapping[str, Sequence[str]], by_name: Mapping[str, Column], label: str) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for role, members in roles.items():
        if role not in get_args(Role):
            problems.append(
                _problem(
                    "unknown_role", gettext_noop("There is no role %(role)s. Roles: %(known)s."), role=role, known=", ".join(get_args(Role))
                )
            )
            continue
        for name in members:
            if name not in by_name:
                problems.append(
                    _unknown(name, list(by_name), gettext_noop("There is no column %(name)s to give a role to."), "unknown_column")
                )
            elif name == label:
                problems.append(
                    _problem(
                        "label_has_role", gettext_noop("%(column)s is the label, so it cannot have the role %(role)s."), name, role=role
                    )
                )
            elif name in first:
                message = gettext_noop("%(column)s has two roles, %(first)s and %(second)s. Choose one.")
                problems.append(_problem("role_conflict", message, name, first=first[name], second=role))
            else:
                first[name] = role
    return problems


def _check_weight(roles: Mapping[str, Sequence[str]], by_name: Mapping[str, Column]) -> list[Problem]:
    """A column that says how much a row counts is a number in every row, and never negative."""
    problems = []
    for column in (by_name[name] for name in roles.get("weight", ()) if name in by_name):
        name = str(column["name"])
        if len(roles["weight"]) > 1:
            problems.append(_problem("weights_conflict", gettext_noop("Only one column can say how much a row counts."), name))
        elif column["type"] not in ("integer", "number") or column["missing"] or (column.get("min") or 0) < 0:
            message = gettext_noop(
                "%(column)s is to say how much a row counts, so it needs a number in every row, and none below zero. %(missing)d are missing."
            )
            problems.append(_problem("weight_invalid", message, name, missing=column["missing"]))
    return problems


def _check_target(column: Column, rows: int, problem_type: str) -> list[Problem]:
    name, kind, unique, present = str(column["name"]), column["type"], column["unique"], rows - column["missing"]
    if present <= 0 or kind == "empty":
        return [_problem("target_all_missing", gettext_noop("%(column)s is missing in every row, so there is nothing to learn."), name)]
    if unique == 1:
        value = column["top"][0]["value"] if column.get("top") else column.get("min")
        return [
            _problem(
                "target_constant", gettext_noop("%(column)s is %(value)s in every row, so there is nothing to predict."), name, value=value
            )
        ]
    if problem_type in ("binary", "multiclass"):
        if unique > MANY_CLASSES or (unique > 20 and unique > present / 2):
            message = gettext_noop(
                "%(column)s has %(unique)d different values in %(rows)d rows: too many to be classes. Is it an identifier or free text?"
            )
            return [_problem("target_high_cardinality", message, name, unique=unique, rows=present)]
        if problem_type == "binary" and unique != 2:
            message = gettext_noop("%(column)s has %(unique)d different values; this template needs two classes.")
            return [_problem("target_not_binary", message, name, unique=unique)]
    elif problem_type in ("regression", "quantile") and kind not in ("integer", "number"):
        return [_problem("target_not_numeric", gettext_noop("%(column)s does not hold numbers, so a number cannot be predicted."), name)]
    return []


def _check_classes(use_case: UseCase, column: Column, problem_type: str, positive_class: str | None) -> list[Problem]:
    if problem_type != "binary" or positive_class is None:
        return []
    name, needed = str(column["name"]), use_case.min_class.refuse
    counts = {str(entry["value"]): int(entry["count"]) for entry in column.get("top", [])}
    if str(positive_class) not in counts:
        message = gettext_noop("%(value)s is not a class of %(column)s. Classes: %(known)s.")
        return [_problem("positive_class_unknown", message, name, value=str(positive_class), known=", ".join(counts))]
    events = counts[str(positive_class)]
    if events < needed:
        message = gettext_noop(
            "Only %(count)d rows of %(column)s have the positive class %(value)s; this template needs at least %(needed)d."
        )
        return [_problem("too_few_positives", message, name, count=events, value=str(positive_class), needed=needed)]
    if sum(counts.values()) - events < needed:
        message = gettext_noop("Only %(count)d rows of %(column)s have the other class; this template needs at least %(needed)d.")
        return [_problem("too_few_negatives", message, name, count=sum(counts.values()) - events, needed=needed)]
    return []


def _unknown(name: str, known: list[str], message: str, code: str) -> Problem:
    close = names.near(name, known)
    problem = _problem(code, message, name, name=name, suggestions=close)
    if close:
        problem["params"]["closest"] = close[0]
        problem["message"] = {
            "label_unknown": gettext_noop("There is no column %(name)s to predict. Did you mean %(closest)s?"),
            "unknown_column": gettext_noop("There is no column %(name)s to give a role to. Did you mean %(closest)s?"),
        }[code]
    return problem


def _problem(code: str, message: str, column: str | None = None, *, level: str = "REJECT", **params: Any) -> Problem:
    named = {"column": column, **params} if column is not None else params
    return {"code": code, "level": level, "message": message, "params": named, "column": column}
