"""How the rows of a table depend on each other, and which split that calls for. No pandas, no data.

Two things in a data report stand against drawing rows at random: an entity that is in several rows (a patient, a customer),
and a time at which each row was. Where one is sure, its column takes the role by itself, with a note; drawing at random
all the same needs the analyst's reason, which goes into the model document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domains import names
from domains.schema import Role, UseCase, gettext_noop

Column = Mapping[str, Any]
Noticed = Mapping[str, Any]  # a finding of the import: code, column, params
Problem = dict[str, Any]
Roles = Mapping[str, Sequence[str]]
KINDS = ("auto", "random", "time", "group", "group_time", "site")
NEEDS: dict[str, tuple[Role, ...]] = {"time": ("time",), "group": ("group",), "group_time": ("group", "time"), "site": ("site",)}
FEWEST_ENTITIES = 10  # with fewer, whole entities cannot be held out so that the test says anything
SHORTEST_REASON = 10  # characters
MOMENT = (r"^(date|datetime|date[ _.-]?time|timestamp|time|day|week|month|period|日期|时间|月份)$",)


@dataclass(frozen=True)
class Dependence:
    """Columns that name an entity in several rows, and the column that says when each row was: the rows are in its order, or
    it is called nothing but date or time."""

    entities: tuple[str, ...] = ()
    time: str | None = None


def dependence(columns: Sequence[Column], noticed: Sequence[Noticed], label: str) -> Dependence:
    """What the data report is sure of."""
    known = {str(column["name"]): column for column in columns if column["name"] != label}
    found = [str(each["column"]) for each in noticed if each["code"] == "repeated_entity" and each["column"] in known]
    entities = [name for name in known if known[name].get("role_guess") == "group"]
    entities += [name for name in found if name not in entities and names.matches(name, (*names.ID, *names.GROUP))]
    moment = next((each for each in noticed if each["code"] == "time_column" and each["column"] in known), None)
    time = None if moment is None else str(moment["column"])
    sure = moment is not None and (bool(moment["params"].get("sorted")) or names.matches(str(time), MOMENT))
    return Dependence(tuple(name for name in entities if known[name]["unique"] >= FEWEST_ENTITIES), time if sure else None)


def roles_proposed(found: Dependence, given: Roles) -> dict[str, list[str]]:
    """Roles that nobody spoke of and the data is sure of, with their columns."""
    taken = {name for members in given.values() for name in members}
    proposed: dict[str, list[str]] = {}
    if "group" not in given and (free := [name for name in found.entities if name not in taken]):
        proposed["group"] = free[:1]
    if "time" not in given and found.time is not None and found.time not in taken:
        proposed["time"] = [found.time]
    return proposed


def kind_by_roles(kind: str, roles: Roles) -> str:
    """The kind itself; for `auto` the strictest that the roles allow."""
    if kind != "auto":
        return kind
    return next((each for each in ("group_time", "time", "site", "group") if all(roles.get(role) for role in NEEDS[each])), "random")


def check_split(use_case: UseCase, roles: Roles, split: Mapping[str, Any], found: Dependence) -> list[Problem]:
    """What stands against this split, as [{code, level, message, params, column, choices}]; empty when it can be made.

    `split`: {kind, reason, gap_days}.
    """
    kind = kind_by_roles(split["kind"], roles)
    for role in NEEDS.get(kind, ()):
        if not roles.get(role):
            message = gettext_noop("A split by %(kind)s needs a column with the role %(role)s.")
            return [_problem("split_needs_role", message, None, [_give(role)], kind=kind, role=role)]
    reason = (split.get("reason") or "").strip()
    if reason and len(reason) < SHORTEST_REASON:
        message = gettext_noop("The reason for the split is too short to tell an auditor anything.")
        return [_problem("split_needs_reason", message, None, [_reason()])]
    if reason:
        return []
    if use_case.split in ("time", "group_time") and "time" not in kind:
        message = gettext_noop(
            "This template is tested on the latest rows, and no column has the role time. Name the column that says when each row was, or say why rows may be drawn at random."
        )
        return [_problem("split_needs_time", message, None, [_give("time"), _reason()])]
    return _against(kind, found)


def _against(kind: str, found: Dependence) -> list[Problem]:
    """What the data itself has against a random draw that nobody gave a reason for."""
    if kind != "random":
        return []
    if found.entities:
        message = gettext_noop(
            "%(column)s names entities that are in several rows each; drawn at random, one entity would stand on both sides of the test and the result would be too good. Give it the role group, or say why rows may be drawn at random."
        )
        return [_problem("split_needs_reason", message, found.entities[0], [_give("group"), _reason()])]
    if found.time is not None:
        message = gettext_noop(
            "%(column)s says when each row was; drawn at random, the test would know the future. Give it the role time, or say why rows may be drawn at random."
        )
        return [_problem("split_needs_reason", message, found.time, [_give("time"), _reason()])]
    return []


def _give(role: str) -> dict[str, Any]:
    label = {
        "time": gettext_noop("Give a column the role time"),
        "group": gettext_noop("Give a column the role group"),
        "site": gettext_noop("Give a column the role site"),
    }[role]
    return {"value": f"role:{role}", "label": label}


def _reason() -> dict[str, Any]:
    return {"value": "random", "label": gettext_noop("Draw rows at random, for a reason"), "needs_reason": True}


def _problem(code: str, message: str, column: str | None, choices: list[dict[str, Any]], **params: Any) -> Problem:
    named = {"column": column, **params} if column is not None else params
    return {"code": code, "level": "REJECT", "message": message, "params": named, "column": column, "choices": choices}
