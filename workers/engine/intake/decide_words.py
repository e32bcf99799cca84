"""Columns of words: yes and no in several spellings, words that stand for nothing, and cells a spreadsheet would run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from domains import names
from workers.engine.events import gettext_noop
from workers.engine.intake.decision import FORMULA, Decision, as_text, with_missing
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import ColumnKind

TRUE = ("true", "yes", "y", "t", "on", "ja", "j", "oui", "o", "si", "sí", "s", "sim", "是", "1", "1.0")
FALSE = ("false", "no", "n", "f", "off", "nein", "non", "não", "nao", "否", "0", "0.0")
MOST_SPELLINGS = 16
COUNTRY = (r"country|nation|(^|[ _.-])(iso|continent|region|land|pays|state)([ _.-]|$)|国家|地区",)


def boolean_words(name: str, kind: ColumnKind, answers: Mapping[str, str]) -> Decision | None:
    """True, yes and 1 in one column: true or false, with the analyst's consent. Two spellings alone are a category's two names."""
    if not kind.words_complete or not 3 <= len(kind.words) <= MOST_SPELLINGS:
        return None
    spellings = {word.lower() for word in kind.words}
    yes, no = sorted(spellings & set(TRUE)), sorted(spellings & set(FALSE))
    if len(yes) + len(no) < len(spellings) or not (yes and no) or len(spellings) < 3:
        return None
    finding = Finding(
        "boolean_words", "ASK", gettext_noop("%(column)s says yes and no in several ways: %(words)s."),
        {"words": ", ".join(f"{word} ({count})" for word, count in kind.words.most_common())}, column=name,
        choices=[
            choice("boolean", gettext_noop("Read all of them as true or false")),
            choice("text", gettext_noop("Keep each spelling as it is")),
        ],
        examples=[{"before": word, "after": str(word.lower() in TRUE).lower()} for word in kind.words],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    if finding.answer == "text":
        return as_text(kind, [finding])
    return Decision(with_missing({"type": "boolean", "true": yes, "false": no}, kind), [finding])


def missing_tokens(decision: Decision, name: str, kind: ColumnKind, answers: Mapping[str, str]) -> None:
    """Words read as missing: listed with counts, and kept as values where the analyst says so, because NA can be Namibia."""
    words = decision.cast["type"] in ("category", "text")
    found = Counter({token: count for token, count in kind.missing_tokens.items() if token}) + Counter(
        kind.placeholders if not words else ()
    )
    if not found:
        return
    missing = choice("missing", gettext_noop("Read them as missing"))
    keep = choice("keep", gettext_noop("Keep them as values"))
    kept_first = words and list(found) == ["NA"] and _codes(name, kind)
    message = gettext_noop("Read as missing in %(column)s: %(words)s.")
    if kept_first:
        message = gettext_noop("%(words)s in %(column)s stands among two-letter codes, so it is kept as a value.")
    listed = ", ".join(f"{token} ({count})" for token, count in found.most_common())
    finding = Finding(
        "missing_tokens", "FIX", message, {"words": listed}, column=name, choices=[keep, missing] if kept_first else [missing, keep]
    )
    finding.answer = finding.checked(answers)
    decision.findings.append(finding)
    if (finding.answer or finding.choices[0]["value"]) == "keep" and not (decision.chosen and not words):
        kind_of_words = decision.cast["type"] if words else "category"
        decision.cast = {**(decision.cast if words else {}), "type": kind_of_words, "missing": [""]}
        decision.strict = decision.misfits = None
        decision.findings = decision.findings if words else [finding]


def _codes(name: str, kind: ColumnKind) -> bool:
    """Two-letter codes, of countries as a rule."""
    share = sum(re.fullmatch("[A-Z]{2}", word) is not None for word in kind.words) / max(1, len(kind.words))
    return len(kind.words) >= 3 and (share == 1 or (share >= 0.8 and names.matches(name, COUNTRY)))


def formulas(decision: Decision, name: str, kind: ColumnKind) -> None:
    """Cells such as =1+1 stay text and are never run; said, because a spreadsheet that opens an export would."""
    if decision.cast["type"] not in ("category", "text") or not (kind.formula or any(re.match(FORMULA, cell) for cell in kind.sample)):
        return
    message = gettext_noop("Cells of %(column)s that a spreadsheet would take for formulas, kept as text and never run: %(count)d.")
    decision.formulas = Finding("formula_cells", "WARN", message, {"count": 0}, column=name)
