"""Personal data: found from the cells and the name of a column, and never shown in full."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domains import names
from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.given_names import GIVEN, HAN_DOUBLE, HAN_FAMILY
from workers.engine.intake.personal_rules import EMAIL, NAME_SHAPE, NAMED_PERSON, NOT_A_PERSON, PERHAPS_PERSON, PHONE_INSIDE, RULES, Rule

LEAST = 5  # distinct cells; fewer are a code, not the data of people
SHORTEST = 10**8  # a smaller whole number identifies nobody by itself
IDENTIFIER = 200  # characters; a longer cell is no number, name or address
LONGEST = 2000  # characters of a cell looked at
GLANCE = 40  # cells looked at before the whole sample is
HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
IN_TEXT = (
    ("email", re.compile(rf"(?<![\w.])({EMAIL.shape.pattern if EMAIL.shape else ''})")),
    ("phone", re.compile(rf"(?<![\w.,+-])(?:{PHONE_INSIDE})(?![\w,.-]*\d)")),
    ("card", re.compile(r"(?<![\w.-])\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])")),
)
PROVEN = [rule for rule in RULES if rule.asks and rule.anywhere and rule.some is None]
CARD = next(rule for rule in RULES if rule.kind == "card")


@dataclass(frozen=True)
class Personal:
    """What was found: the kind, the same in words, up to three cells that show it, whether it is worth a question."""

    kind: str
    what: str
    examples: tuple[str, ...]
    asks: bool
    count: int = 0  # cells with it inside, for free text


PERSON_NAMES = Rule("person_name", gettext_noop("names of people"))


def detect(name: str, cells: Sequence[str], *, text: bool = False, measured: bool = False) -> Personal | None:
    """The kind of personal data in a sample of distinct cells of column ``name``; None when there is none. ``text``: free text.
    ``measured``: amounts, among which only a telling name makes one look."""
    if len(cells) < LEAST:
        return None
    if measured and not any(rule.names and _says(name, rule.names) for rule in RULES):
        return None
    cells = [cell[:LONGEST] for cell in cells]
    if text and (found := _of_people(name, cells)) is None and (found := _in_cells(name, cells)) is None:
        return _in_text(cells)
    return found if text else _in_cells(name, cells) or _of_people(name, cells)


def _in_cells(name: str, cells: Sequence[str]) -> Personal | None:
    """By rule. What the cells prove goes first; then what the name says and the cells allow."""
    cells = [cell if len(cell) <= IDENTIFIER else "" for cell in cells]
    glance = cells[:: max(1, len(cells) // GLANCE)]
    for rule in RULES:
        if rule.shape is not None and len(cells) >= 2 * LEAST and ((rule.anywhere and rule.asks) or not _elsewhere(name)):
            fitting = _fitting(cells, rule.shape, rule, glance)
            if fitting and _plausible(rule, fitting):
                return Personal(rule.kind, rule.what, tuple(fitting[:3]), rule.asks)
    mixed = _mixed(cells, glance) if len(cells) >= 2 * LEAST and not _elsewhere(name) else None
    if mixed:
        return mixed
    for rule in RULES:
        if rule.names is not None and rule.named is not None and _says(name, rule.names) and not _elsewhere(name):
            fitting = _fitting(cells, rule.named, None, glance)
            if fitting:
                return Personal(rule.kind, rule.what, tuple(fitting[:3]), rule.asks)
    return None


def _mixed(cells: Sequence[str], glance: Sequence[str]) -> Personal | None:
    """Several kinds in one column, such as e-mail addresses and telephones of contacts: called by the most frequent."""

    def proven(cell: str) -> Rule | None:
        return next((rule for rule in PROVEN if rule.shape and rule.shape.fullmatch(cell) and (not rule.valid or rule.valid(cell))), None)

    if sum(proven(cell) is not None for cell in glance) < 0.5 * len(glance):
        return None
    found = [(rule, cell) for cell in cells if (rule := proven(cell))]
    if len(found) < 0.7 * len(cells):
        return None
    rule = Counter(rule for rule, _ in found).most_common(1)[0][0]
    fitting = [cell for other, cell in found if other is rule]
    return Personal(rule.kind, rule.what, tuple(fitting[:3]), True) if _plausible(rule, fitting) else None


def _fitting(cells: Sequence[str], shape: re.Pattern[str], rule: Rule | None, glance: Sequence[str]) -> list[str]:
    """The cells that fit, when enough do; none otherwise."""
    share = rule.share if rule else 0.8
    if sum(shape.fullmatch(cell) is not None for cell in glance) < 0.5 * share * len(glance):
        return []
    fitting = [cell for cell in cells if shape.fullmatch(cell) and (rule is None or rule.valid is None or rule.valid(cell))]
    return fitting if len(fitting) >= share * len(cells) else []


def _plausible(rule: Rule, fitting: list[str]) -> bool:
    """Whether the cells together look given out to people rather than counted up."""
    if rule.some is not None and sum(rule.some.search(cell) is not None for cell in fitting) < 0.2 * len(fitting):
        return False
    bare = [cell for cell in fitting if cell.isalnum()]
    return len(bare) < 0.5 * len(fitting) or len({cell[:3] for cell in bare}) >= min(rule.diverse, len(fitting) // 5)


def _says(name: str, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(written) for written in (name, names.plain(name)))


def _elsewhere(name: str) -> bool:
    """Whether the name speaks of a shop, a sensor or a product instead of a person."""
    return _says(name, NOT_A_PERSON)


def _of_people(name: str, cells: Sequence[str]) -> Personal | None:
    """Names of people: a clear column name and the shape of names, or so many given names that the column name does not matter."""
    if _elsewhere(name):
        return None
    shaped = [cell for cell in cells if len(cell) <= IDENTIFIER and NAME_SHAPE.fullmatch(cell)]
    if len(shaped) < 0.8 * len(cells):
        return None
    known = [cell for cell in shaped if _known(cell)]
    named, perhaps = _says(name, NAMED_PERSON), _says(name, PERHAPS_PERSON)
    share = len(known) / len(shaped)
    several = sum(" " in cell or "," in cell or HAN_NAME.fullmatch(cell) is not None for cell in known) >= 0.8 * len(known)
    if named or (perhaps and share >= 0.25) or (share >= 0.5 and several and len(known) >= 20):
        return Personal("person_name", PERSON_NAMES.what, tuple((known or shaped)[:3]), named or perhaps)
    return None


def _known(cell: str) -> bool:
    if HAN_NAME.fullmatch(cell):
        return (cell[0] in HAN_FAMILY and len(cell) <= 3) or cell.startswith(HAN_DOUBLE)
    return any(word in GIVEN for word in re.findall(r"[^\W\d_]+", cell.lower()))


def _in_text(cells: Sequence[str]) -> Personal | None:
    """E-mail addresses, telephones and cards inside sentences, in more than a few cells."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        for kind, pattern in IN_TEXT:
            match = pattern.search(cell)
            if match and (kind != "card" or (CARD.valid is not None and CARD.valid(match[0]))):
                found.setdefault(kind, []).append(match[0])
    kind, hits = max(found.items(), key=lambda item: len(item[1]), default=("", []))
    if len(hits) < 3:
        return None
    what = next(rule.what for rule in RULES if rule.kind == kind)
    return Personal(kind, what, tuple(hits[:3]), asks=False, count=len(hits))


def masked(cell: str) -> str:
    """The first character and the punctuation of a cell: enough to recognise the kind, too little to recognise the person."""
    return cell[:1] + re.sub(r"\w", "•", cell[1:40])


def of_column(column: dict[str, Any], cells: Sequence[str], rows: int) -> Finding | None:
    """The finding on one column of the report, with its choices, the safe one first."""
    if column["type"] in ("boolean", "empty") or column["unique"] < LEAST:
        return None
    measured = column["type"] == "number" or (column["type"] == "integer" and max(abs(column["min"]), abs(column["max"])) < SHORTEST)
    found = detect(column["name"], cells, text=column["type"] == "text", measured=measured)
    if found is None:
        return None
    params: dict[str, Any] = {"kind": found.kind, "reason": found.what, "example": masked(found.examples[0])}
    keep = choice("keep", gettext_noop("Keep the column as it is, and say why"), needs_reason=True)
    drop = choice("drop", gettext_noop("Leave the column out"))
    alias = choice("pseudonymise", gettext_noop("Replace each value with a code that stays the same for the same value"))
    if found.count:
        params |= {"count": found.count, "cells": len(cells)}
        message = gettext_noop("%(column)s holds personal data inside its text, %(reason)s: in %(count)d of %(cells)d texts looked at.")
        choices = [drop, keep]
    else:
        repeats = column["unique"] <= 0.95 * (rows - column["missing"])
        choices = [alias, drop, keep] if repeats and found.kind not in ("birth_date", "location", "postcode") else [drop, alias, keep]
        message = (
            gettext_noop("%(column)s holds personal data: %(reason)s, such as %(example)s. Leave it out unless you need it and may use it.")
            if found.asks
            else gettext_noop("%(column)s may be personal data: %(reason)s. Leave it out unless you need it and may use it.")
        )
    examples = [{"before": masked(cell), "after": masked(cell)} for cell in found.examples]
    return Finding("personal_data", "ASK" if found.asks else "WARN", message, params, column["name"], choices=choices, examples=examples)
