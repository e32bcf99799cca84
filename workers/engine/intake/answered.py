"""Answers to what was noticed in the finished table, applied to how a column is read the next time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from domains import names
from workers.engine.events import Refused, gettext_noop
from workers.engine.intake.decision import Decision, with_missing
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import ColumnKind

NUMERIC = ("integer", "number", "datetime")


def apply_answers(decision: Decision, name: str, kind: ColumnKind, answers: Mapping[str, str], salt: str | None) -> None:
    """Change how the column is read as was answered, and list it again with its choices, so that it can be taken back.

    Only what changes the reading is applied and listed here; what was answered "keep" is noticed again as it is.
    """
    _sentinel(decision, name, kind, answers.get(f"sentinel_value:{name}", ""))
    _variants(decision, name, kind, answers.get(f"value_variants:{name}", ""))
    _personal(decision, name, kind, answers.get(f"personal_data:{name}", ""), salt)


def _sentinel(decision: Decision, name: str, kind: ColumnKind, answer: str) -> None:
    if not answer.startswith("missing:"):
        return
    value = answer.removeprefix("missing:")
    decision.cast = {**decision.cast, "missing": [*decision.cast["missing"], value]}
    if decision.strict:
        decision.strict = {**decision.strict, "missing": [*decision.strict["missing"], value]}
    message = gettext_noop("%(value)s in %(column)s is read as missing, as answered.")
    decision.findings.append(
        Finding(
            "sentinel_value", "ASK", message, {"value": value}, column=name, answer=answer,
            choices=[
                choice(answer, gettext_noop("Read it as missing")),
                choice("keep", gettext_noop("Keep it as a value")),
            ],
        )
    )  # fmt: skip


def _variants(decision: Decision, name: str, kind: ColumnKind, answer: str) -> None:
    if answer != "merge" or decision.cast["type"] not in ("category", "text"):
        return
    same = names.spellings(kind.words if kind.words_complete else Counter(kind.sample))
    decision.cast = {**decision.cast, "same": same}
    message = gettext_noop("Spellings in %(column)s that differ only in case or spaces were merged: %(count)d.")
    decision.findings.append(
        Finding(
            "value_variants", "WARN", message, {"count": len(same)}, column=name, answer=answer,
            choices=[
                choice("keep", gettext_noop("Keep them apart")),
                choice("merge", gettext_noop("Merge them into the most frequent spelling")),
            ],
            examples=[{"before": before, "after": after} for before, after in list(same.items())[:20]],
        )
    )  # fmt: skip


def _personal(decision: Decision, name: str, kind: ColumnKind, answer: str, salt: str | None) -> None:
    if answer not in ("drop", "pseudonymise"):
        return
    if answer == "drop":
        decision.dropped = True
        message = gettext_noop("%(column)s holds personal data and was left out, as answered.")
    else:
        if not salt:
            raise Refused("salt_missing", gettext_noop("Values of %(column)s cannot be replaced: the workspace has no key."), column=name)
        decision.cast = {**with_missing({"type": "category"}, kind), "pseudonym": salt}
        decision.strict = decision.misfits = None
        decision.findings = []
        message = gettext_noop("Values of %(column)s were replaced by codes that only this workspace can make, as answered.")
    keep = choice("keep", gettext_noop("Keep it, and say why"), needs_reason=True)
    choices = [
        choice("drop", gettext_noop("Leave the column out")),
        choice("pseudonymise", gettext_noop("Replace its values with codes")),
        keep,
    ]
    decision.findings.append(Finding("personal_data", "ASK", message, column=name, answer=answer, choices=choices))
