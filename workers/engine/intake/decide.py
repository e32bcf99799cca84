"""From what was seen in a column to the one way it is read, and to the questions only the analyst can answer."""

from __future__ import annotations

from collections.abc import Mapping

from domains import names
from workers.engine.bundle.runtime import casting
from workers.engine.events import gettext_noop
from workers.engine.intake.decision import Decision
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import (
    COMPACT,
    MAX_UNREADABLE,
    NEARLY,
    Cast,
    ColumnKind,
    Reading,
    day_first,
)

DATED = (r"(^|[ _.-])(date|day|dt|time|timestamp|yyyymmdd)([ _.-]|$)|日期|时间",)
MIN_FOR_NEARLY = 20  # cells; below, one odd cell in a hundred cannot be told from text


def decide(
    name: str,
    kind: ColumnKind,
    answers: Mapping[str, str],
    *,
    decimal_comma: bool = False,
    types: Mapping[str, str] | None = None,
    salt: str | None = None,
) -> Decision:
    """How column ``name`` is read.

    ``answers``: what the analyst answered, by finding key. ``decimal_comma``: the file is one of those where 1,5 is a number
    (semicolons). ``types``: the types the analyst chose, by column; they beat every guess. ``salt``: hex key of pseudonyms.
    """
    if not kind.present:
        return Decision(_with_missing({"type": "empty"}, kind))
    fits = kind.readings_that_fit()
    if fits:
        return _fitting(name, kind, fits, answers, decimal_comma)
    near = [r for r in kind.readings_that_fit(NEARLY) if r.fits < kind.present and len(r.unreadable) <= MAX_UNREADABLE]
    if near and kind.present >= MIN_FOR_NEARLY and not kind.leading_zeros and not kind.long_digits:
        return _nearly(name, kind, max(near, key=lambda reading: reading.fits), answers)
    return _text(kind)


def _fitting(
    name: str,
    kind: ColumnKind,
    fits: list[Reading],
    answers: Mapping[str, str],
    decimal_comma: bool,
) -> Decision:
    first = fits[0].cast
    if first["type"] in ("integer", "number") and (kind.leading_zeros or kind.long_digits):
        return _code(name, kind)
    if first["type"] == "integer" and kind.readings is None and kind.compact_dates and names.matches(name, DATED):
        return _compact(name, kind, first, answers)
    if first["type"] == "number":
        return _number(name, kind, [reading.cast for reading in fits], answers, decimal_comma)
    if first["type"] == "datetime":
        return _date(name, kind, [reading.cast for reading in fits], answers)
    return Decision(_with_missing(first, kind))


def _compact(name: str, kind: ColumnKind, number: Cast, answers: Mapping[str, str]) -> Decision:
    """20240131 under a name such as date: read as days, and the analyst can have the numbers back."""
    finding = Finding(
        "compact_date", "FIX", gettext_noop("%(column)s holds days written as 20240131; they are read as dates."), column=name,
        choices=[choice("dates", gettext_noop("Read as dates")), choice("numbers", gettext_noop("Keep as numbers"))],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    return Decision(_with_missing(number if finding.answer == "numbers" else COMPACT, kind), [finding])


def _code(name: str, kind: ColumnKind) -> Decision:
    decision = _text(kind)
    if kind.leading_zeros:
        message, code = (
            gettext_noop("%(column)s holds codes with leading zeros, such as %(example)s; they are kept as text."),
            "leading_zeros",
        )
        example = kind.leading_zeros
    else:
        message, code = (
            gettext_noop(
                "%(column)s holds numbers of 17 digits or more, such as %(example)s; they are kept as text so that no digit is lost."
            ),
            "long_digits",
        )
        example = str(kind.long_digits)
    decision.findings.append(Finding(code, "FIX", message, {"example": example}, column=name))
    return decision


def _number(name: str, kind: ColumnKind, casts: list[Cast], answers: Mapping[str, str], decimal_comma: bool) -> Decision:
    """Plain decimals win; "1,234" alone is one number or another, and only the analyst knows which."""
    first = casts[0]
    findings: list[Finding] = []
    if first["decimal"] == "," and any(cast["thousands"] == "," for cast in casts):
        comma, thousands = first, next(cast for cast in casts if cast["thousands"] == ",")
        options = {"decimal_comma": comma, "thousands": thousands}
        order = ["decimal_comma", "thousands"] if decimal_comma else ["thousands", "decimal_comma"]
        labels = {
            "decimal_comma": gettext_noop("The comma marks decimals: 1,234 is a little more than one"),
            "thousands": gettext_noop("The comma marks thousands: 1,234 is one thousand two hundred and thirty-four"),
        }
        finding = Finding(
            "number_format", "ASK", gettext_noop("Numbers in %(column)s can be read in two ways."),
            column=name, choices=[choice(value, labels[value]) for value in order],
        )  # fmt: skip
        finding.answer = finding.checked(answers)
        return Decision(_with_missing(options[finding.answer or order[0]], kind), [finding])
    if kind.readings is not None and (first["decimal"] != "." or first["thousands"] or first["strip"]):
        message = gettext_noop("%(column)s is written with %(marks)s; it is read as plain numbers.")
        marks = ", ".join(
            filter(
                None,
                [
                    "1.234,5" if first["decimal"] == "," else "1,234.5" if first["thousands"] else "",
                    first["strip"] or "",
                ],
            )
        )
        findings.append(Finding("number_format", "FIX", message, {"marks": marks}, column=name))
    if kind.infinite:
        message = gettext_noop("%(column)s holds %(count)d infinite values; they are read as missing.")
        findings.append(Finding("infinite_values", "FIX", message, {"count": kind.infinite}, column=name))
    return Decision(_with_missing(first, kind), findings)


def _date(name: str, kind: ColumnKind, casts: list[Cast], answers: Mapping[str, str]) -> Decision:
    day, month = ([cast for cast in casts if day_first(cast) is first] for first in (True, False))
    if not (day and month):
        return Decision(_with_missing(casts[0], kind))
    if len(kind.parts["first"]) == 1 != len(kind.parts["second"]):  # the part that never varies is the day of a monthly table
        return Decision(_with_missing(day[0], kind))
    if len(kind.parts["second"]) == 1 != len(kind.parts["first"]):
        return Decision(_with_missing(month[0], kind))
    finding = Finding(
        "date_order", "ASK", gettext_noop("Dates in %(column)s can be read day first or month first."), column=name,
        choices=[
            choice("day_first", gettext_noop("Day first: 02/01/2024 is 2 January")),
            choice("month_first", gettext_noop("Month first: 02/01/2024 is 1 February")),
        ],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    return Decision(_with_missing((month if finding.answer == "month_first" else day)[0], kind), [finding])


def _nearly(name: str, kind: ColumnKind, reading: Reading, answers: Mapping[str, str]) -> Decision:
    """Nearly every cell is a number or a date: the odd ones are named, and the analyst says what they are."""
    count = sum(reading.unreadable.values())
    words = [word for word, _ in reading.unreadable.most_common(5)]
    what = {"datetime": gettext_noop("Read as dates; the other cells become missing")}.get(
        reading.cast["type"],
        gettext_noop("Read as numbers; the other cells become missing"),
    )
    if reading.cast["type"] == "boolean":
        what = gettext_noop("Read as true or false; the other cells become missing")
    finding = Finding(
        "mixed_types", "ASK", gettext_noop("%(count)d cells of %(column)s do not fit the rest, such as %(examples)s."),
        {"count": count, "examples": ", ".join(word[:40] for word in words)}, column=name,
        choices=[choice("missing", what), choice("text", gettext_noop("Keep the column as text"))],
        examples=[{"before": word[:80], "after": ""} for word in words],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    if finding.answer == "text":
        return Decision(_text(kind).cast, [finding])
    cast = _with_missing(reading.cast, kind)
    cast["missing"] = [*cast["missing"], *reading.unreadable]
    return Decision(cast, [finding])


def _text(kind: ColumnKind) -> Decision:
    return Decision(_with_missing({"type": "category"}, kind))


def _with_missing(cast: Cast, kind: ColumnKind) -> Cast:
    return {**cast, "missing": list(casting.MISSING)}
