"""Findings as the data page shows them: grouped by what they need, the open questions first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.datasets.models import Dataset, Finding, Level

SHOWN = 8  # findings of a group before the rest is folded
AT_ONCE = 60  # of a group in one page; the columns name the others
ALIKE = 4  # findings with one code from which on they are told once


def findings_page(groups: dict[str, list[Finding]], dataset: Dataset) -> dict[str, Any]:
    """The context of the findings: the groups that are not empty, how many wait, and what was decided that no finding shows."""
    shown = {finding.key for finding in dataset.findings.all() if finding.choices}
    waiting = [finding for finding in groups["ASK"] if finding.is_open]
    return {
        "groups": [folded(group) for group in finding_groups(groups) if group["findings"]],
        "waiting": len(waiting),
        "has_choices": any(finding.choices for found in groups.values() for finding in found),
        "decided": [
            {"key": key, "choice": answer["choice"], "reason": answer["reason"]}
            for key, answer in dataset.answers.items()
            if key not in shown
        ],
    }


def finding_groups(groups: dict[str, list[Finding]]) -> list[dict[str, Any]]:
    """Stop, answer, answered, fixed, noted: each with its title, a line of help and its findings."""
    asked = [finding for finding in groups["ASK"] if finding.is_open]
    answered = [finding for finding in groups["ASK"] if not finding.is_open]
    described = [
        (Level.REJECT, "stop", _("Stop"), _("The file has to change, or be read otherwise, before it can be used."), groups["REJECT"]),
        (Level.ASK, "attention", _("Answer"), _("Only you know; nothing is changed until you choose."), asked),
        ("answered", "done", _("Answered"), _("As somebody of your team decided; each can be taken back."), answered),
        (Level.FIX, "done", _("Fixed"), _("Done while reading; every change is listed."), groups["FIX"]),
        (Level.WARN, "waiting", _("Noted"), _("Nothing was changed; keep it in mind."), groups["WARN"]),
    ]
    return [{"level": level, "dot": dot, "title": title, "help": text, "findings": found} for level, dot, title, text, found in described]


def told_once(found: list[Finding]) -> list[Finding]:
    """The findings with those that say the same of many columns as one, which carries the others as `alike`."""
    by_code: dict[str, list[Finding]] = {}
    for finding in found:
        by_code.setdefault(finding.code, []).append(finding)
    kept = []
    for finding in found:
        same = by_code[finding.code]
        plain = finding.column is not None and not any(each.choices for each in same)
        if not plain or len(same) < ALIKE or finding is same[0]:
            finding.alike = same[1:] if plain and len(same) >= ALIKE else []
            kept.append(finding)
    return kept


def folded(group: dict[str, Any]) -> dict[str, Any]:
    """A group with its first findings to show and the rest to open; open questions are never folded away."""
    found = told_once(group["findings"])
    least = len(found) if group["level"] in (Level.REJECT, Level.ASK) else SHOWN
    shown, rest = found[: min(least, AT_ONCE)], found[min(least, AT_ONCE) :]
    return {**group, "shown": shown, "rest": rest[:AT_ONCE], "beyond": len(rest[AT_ONCE:])}
