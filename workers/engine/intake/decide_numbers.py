"""Columns of digits: amounts however they are written, and codes that only look like numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workers.engine.events import gettext_noop
from workers.engine.intake.decision import Decision, as_text, unreadable, with_missing
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import Cast, ColumnKind
from workers.engine.intake.signs import is_unit

INT64 = 2**63
MANGLED = re.compile(r"[1-9](\.\d+)?[eE]\+?(1[1-9]|[2-9]\d)")  # how a spreadsheet shows 12 digits and more
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
NUMBERS = choice("numbers", gettext_noop("Read as numbers"))
TEXT = choice("text", gettext_noop("Keep as text"))


def code(name: str, kind: ColumnKind, number_cast: Cast, answers: Mapping[str, str]) -> Decision:
    """Codes that would lose something as numbers; the analyst can have them as numbers where none is too large."""
    huge = next((cell for cell in kind.sample if re.fullmatch(r"[+-]?\d+", cell) and abs(int(cell)) >= INT64), None)
    if kind.leading_zeros:
        text = gettext_noop("%(column)s holds codes with leading zeros, such as %(example)s; they are kept as text.")
        finding = Finding("leading_zeros", "FIX", text, {"example": kind.leading_zeros}, column=name)
    elif huge:
        text = gettext_noop("%(column)s holds whole numbers too large to calculate with, such as %(example)s; they are kept as text.")
        return as_text(kind, [Finding("huge_integers", "WARN", text, {"example": huge[:40]}, column=name)])
    else:
        text = gettext_noop(
            "%(column)s holds numbers of 17 digits or more, such as %(example)s; they are kept as text so that no digit is lost."
        )
        finding = Finding("long_digits", "FIX", text, {"example": str(kind.long_digits)}, column=name)
    finding.choices = [TEXT, NUMBERS]
    finding.answer = finding.checked(answers)
    if finding.answer == "numbers" and not huge:
        return Decision(with_missing(number_cast, kind), [finding])
    return as_text(kind, [finding])


def number(name: str, kind: ColumnKind, casts: list[Cast], answers: Mapping[str, str], decimal_comma: bool) -> Decision:
    """``casts``: the readings of numbers that fit every cell, the plainest first."""
    asked = _two_ways(name, kind, casts, answers, decimal_comma)
    decision = asked or Decision(with_missing(casts[0], kind))
    if kind.readings is not None:  # a sign or brackets may hide that a number is too large
        decision.misfits = unreadable(name)
    if _numbers_of_people(decision.cast, kind):
        return as_text(kind)
    marks = _marks(decision.cast, kind)
    if marks and kind.readings is not None and not (asked and len(marks) == 1):
        finding = _written(name, decision.cast, marks)
        finding.answer = finding.checked(answers)
        if finding.answer == "text":
            return as_text(kind, [finding])
        decision.findings.append(finding)
    if kind.infinite:
        message = gettext_noop("Infinite values in %(column)s, read as missing: %(count)d.")
        decision.findings.append(Finding("infinite_values", "FIX", message, {"count": kind.infinite}, column=name))
    if casts[0]["type"] == "number" and len(kind.sample) > 1 and all(map(MANGLED.fullmatch, kind.sample)):
        message = gettext_noop(
            "Every cell of %(column)s is shortened like %(example)s: a spreadsheet has cut digits off. Export them as text."
        )
        decision.findings.append(Finding("digits_lost", "WARN", message, {"example": kind.sample[0]}, column=name))
    return decision


def _two_ways(name: str, kind: ColumnKind, casts: list[Cast], answers: Mapping[str, str], decimal_comma: bool) -> Decision | None:
    """ "1,234" alone is one number or another, and only the analyst knows which; so is 1.234 where commas mark decimals."""
    comma = next((cast for cast in casts if cast["decimal"] == "," and not cast["thousands"]), None)
    grouped = next((cast for cast in casts if cast["thousands"] == "," and cast["decimal"] == "."), None)
    labels = {
        "decimal_comma": gettext_noop("The comma marks decimals: 1,234 is a little more than one"),
        "thousands": gettext_noop("The comma marks thousands: 1,234 is one thousand two hundred and thirty-four"),
    }
    if casts[0] == comma and grouped:
        options = {"decimal_comma": comma, "thousands": grouped}
        order = ["decimal_comma", "thousands"] if decimal_comma else ["thousands", "decimal_comma"]
    elif decimal_comma and casts[0]["type"] == "number" and len(kind.sample) > 1 and all(map(GROUPED.fullmatch, kind.sample)):
        options = {"dot_thousands": {**casts[0], "decimal": ",", "thousands": "."}, "decimal_point": casts[0]}
        order = ["dot_thousands", "decimal_point"]
        labels = {
            "dot_thousands": gettext_noop("The point marks thousands: 1.234 is one thousand two hundred and thirty-four"),
            "decimal_point": gettext_noop("The point marks decimals: 1.234 is a little more than one"),
        }
    else:
        return None
    finding = Finding(
        "number_format", "ASK", gettext_noop("Numbers in %(column)s can be read in two ways."),
        column=name, choices=[choice(value, labels[value]) for value in order],
        examples=[{"before": cell, "after": ""} for cell in kind.sample[:5]],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    return Decision(with_missing(options[finding.answer or order[0]], kind), [finding], misfits=unreadable(name))


def _numbers_of_people(cast: Cast, kind: ColumnKind) -> bool:
    """Telephone numbers in groups of three: all as long, with several groups. Amounts differ in length."""
    gaps = set(cast.get("thousands") or "") - {","}
    if not gaps or len(kind.sample) < 5:
        return False
    groups = {tuple(map(len, re.split(f"[{''.join(map(re.escape, gaps))}]", cell))) for cell in kind.sample}
    return len(groups) == 1 and len(next(iter(groups))) >= 3


def _marks(cast: Cast, kind: ColumnKind) -> list[str]:
    """What a person sees in the cells that is no plain number."""
    written = "1.234,5" if cast["decimal"] == "," else "1,234.5" if cast["thousands"] == "," else "1 234.5" if cast["thousands"] else ""
    special = kind.sample[0] if cast.get("scaled") else next(iter(kind.notations), "")
    return [mark for mark in (written, cast["strip"], special) if mark]


def _written(name: str, cast: Cast, marks: list[str]) -> Finding:
    if cast["strip"] and is_unit(cast["strip"]):
        message = gettext_noop("Cells of %(column)s carry the unit %(unit)s; they are read as numbers in it.")
        return Finding("unit_in_cells", "WARN", message, {"unit": cast["strip"]}, column=name, choices=[NUMBERS, TEXT])
    message = gettext_noop("%(column)s is written with %(marks)s; it is read as plain numbers.")
    return Finding("number_marks", "FIX", message, {"marks": ", ".join(marks)}, column=name, choices=[NUMBERS, TEXT])
