"""From what was seen in a column to the one way it is read, and to the questions only the analyst can answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from workers.engine.bundle.runtime.casting import cast_array
from workers.engine.events import gettext_noop
from workers.engine.intake.answered import apply_answers
from workers.engine.intake.chosen import chosen_type
from workers.engine.intake.decide_dates import counted_date, date, mixed_dates
from workers.engine.intake.decide_numbers import code, number
from workers.engine.intake.decide_words import boolean_words, formulas, missing_tokens
from workers.engine.intake.decision import Decision, as_text, with_missing
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import MAX_UNREADABLE, NEARLY, Cast, ColumnKind, Reading

MIN_FOR_NEARLY = 20  # cells; below, one odd cell in a hundred cannot be told from text
MOSTLY = 0.8
CODE = re.compile(r"[A-Za-z]\W?\d|\d\W?[A-Za-z]")
ZEROS = re.compile(r"[(+-]*(0\d+|\d{17,})[)-]*")
DIGITS = re.compile(r"[+-]?\d+([.,]\d+)?")


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
    Refused (answer_unknown, type_unknown) when an answer is none of the choices.
    """
    wanted = (types or {}).get(name)
    decision = chosen_type(name, kind, wanted, decimal_comma) if wanted else _guessed(name, kind, answers, decimal_comma)
    missing_tokens(decision, name, kind, answers)
    apply_answers(decision, name, kind, answers, salt)
    formulas(decision, name, kind)
    return decision


def _guessed(name: str, kind: ColumnKind, answers: Mapping[str, str], decimal_comma: bool) -> Decision:
    if not kind.present:
        return Decision(with_missing({"type": "empty"}, kind))
    words = boolean_words(name, kind, answers)
    if words:
        return words
    fits = kind.readings_that_fit()
    if fits:
        return _fitting(name, kind, fits, answers, decimal_comma)
    dates = mixed_dates(name, kind, answers)
    if dates:
        return dates
    near = [r for r in kind.readings_that_fit(NEARLY) if r.fits < kind.present and len(r.unreadable) <= MAX_UNREADABLE]
    if near and kind.present >= MIN_FOR_NEARLY and not kind.leading_zeros and not kind.long_digits:
        return _nearly(name, kind, near, answers, decimal_comma)
    return as_text(kind, _mostly_numbers(name, kind))


def _fitting(name: str, kind: ColumnKind, fits: list[Reading], answers: Mapping[str, str], decimal_comma: bool) -> Decision:
    first = fits[0].cast
    if first["type"] in ("integer", "number"):
        counted = counted_date(name, kind, first, answers)
        if counted:
            return counted
        kind.leading_zeros = kind.leading_zeros or _zeros_in_disguise(kind)
        if kind.leading_zeros or (kind.long_digits and first["type"] == "integer"):
            return code(name, kind, first, answers)
    return _read(name, kind, fits, answers, decimal_comma)


def _zeros_in_disguise(kind: ColumnKind) -> str | None:
    """A code with leading zeros in brackets or full-width digits, which a number would lose as well."""
    return next((word for word in kind.notations if ZEROS.fullmatch(unicodedata.normalize("NFKC", word))), None)


def _read(name: str, kind: ColumnKind, fits: list[Reading], answers: Mapping[str, str], decimal_comma: bool) -> Decision:
    """The readings that fit as many cells -> the one, with what has to be said about it."""
    casts = [reading.cast for reading in fits]
    if casts[0]["type"] == "datetime":
        return date(name, kind, casts, answers)
    if casts[0]["type"] == "boolean":
        return Decision(with_missing(casts[0], kind))
    return number(name, kind, casts, answers, decimal_comma)


def _nearly(name: str, kind: ColumnKind, near: list[Reading], answers: Mapping[str, str], decimal_comma: bool) -> Decision:
    """Nearly every cell is a number or a date: the odd ones are named, and the analyst says what they are."""
    best = max(near, key=lambda reading: reading.fits)
    odd = best.unreadable
    words = [word for word, _ in odd.most_common(5)]
    what = {
        "datetime": gettext_noop("Read as dates; the other cells become missing"),
        "boolean": gettext_noop("Read as true or false; the other cells become missing"),
    }.get(best.cast["type"], gettext_noop("Read as numbers; the other cells become missing"))
    finding = Finding(
        "mixed_types", "ASK", gettext_noop("Cells of %(column)s that do not fit the rest, such as %(examples)s: %(count)d."),
        {"count": sum(odd.values()), "examples": ", ".join(word[:40] for word in words)}, column=name,
        choices=[choice("missing", what), choice("text", gettext_noop("Keep the column as text"))],
        examples=[{"before": word[:80], "after": ""} for word in words],
    )  # fmt: skip
    if sum(CODE.search(word) is not None for word in odd) > 0.5 * len(odd):
        finding.level = "WARN"  # E909 among 250.8: the others are codes too, and nothing is lost as text
        finding.choices.reverse()
    finding.answer = finding.checked(answers)
    if (finding.answer or finding.choices[0]["value"]) == "text":
        return as_text(kind, [finding])
    decision = _read(name, kind, [reading for reading in near if reading.fits == best.fits], answers, decimal_comma)
    decision.findings.insert(0, finding)
    if decision.cast["type"] != "category":
        finding.params["count"] = 0  # counted again, with their rows, while the table is written
        decision.strict, decision.misfits = decision.cast, finding
        decision.cast = {**decision.cast, "missing": [*decision.cast["missing"], *_unread(decision.cast, near)]}
    return decision


def _unread(cast: Cast, near: list[Reading]) -> list[str]:
    """The words that ``cast``, which need not be the best of ``near``, does not read."""
    import pyarrow as pa

    words = list(dict.fromkeys(word for reading in near for word in reading.unreadable))
    _, wrong = cast_array(pa.array(words, pa.string()), cast)
    return [word for word, odd in zip(words, wrong.to_pylist(), strict=True) if odd]


def _mostly_numbers(name: str, kind: ColumnKind) -> list[Finding]:
    """Text among numbers, too much of it to be a slip: said, and the column stays text."""
    cells = kind.sample
    odd = [cell for cell in cells if not DIGITS.fullmatch(cell)]
    if len(cells) < MIN_FOR_NEARLY or kind.leading_zeros or len(odd) > (1 - MOSTLY) * len(cells) or not odd:
        return []
    message = gettext_noop(
        "Most cells of %(column)s are numbers, but not %(examples)s. It is kept as text; choose its type to change that."
    )
    examples = [{"before": cell[:80], "after": cell[:80]} for cell in odd[:5]]
    return [Finding("mixed_types", "WARN", message, {"examples": ", ".join(cell[:40] for cell in odd[:5])}, column=name, examples=examples)]
