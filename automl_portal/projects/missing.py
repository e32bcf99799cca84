"""Families that a run promised and of which it trained nothing: a warning, not a line at the end of a list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.errors import sentence
from automl_portal.projects.models import Run
from automl_portal.ui.estimates import listed
from automl_portal.ui.words import word

# What the table or the operator rules out; it was never promised.
NOT_PROMISED = ("not_applicable", "not_installed", "licence")

# Reasons why a model was never promised: the table or the installation rules it out, not the run.
RULED_OUT = ("not_applicable", "not_installed", "licence", "rows", "columns", "classes")


def missing_families(run: Run, rows: list[dict[str, Any]]) -> list[str]:
    """One sentence per family whose every promised model was skipped; `rows` are the run's models."""
    trained = {row["family"] for row in rows}
    missing: dict[str, list[str]] = {}
    for entry in run.skipped_models:
        family = entry.get("family")
        if family and family not in trained and entry.get("code") not in NOT_PROMISED:
            missing.setdefault(family, []).append(str(entry["model"]))
    return [
        _("No model of the family %(family)s was trained; it was promised. Missing: %(models)s.")
        % {"family": word(family, "family").lower(), "models": listed(sorted(set(models)))}
        for family, models in missing.items()
    ]


def skipped_out(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of `skipped_models` in the reader's language: {model, family, code, reason, remedy, params}."""
    params = entry.get("params") or {}
    return {
        "model": entry.get("model"),
        "family": entry.get("family"),
        "code": entry.get("code"),
        "reason": sentence(entry.get("reason") or "", params),
        "remedy": sentence(entry.get("remedy") or "", params),
        "params": params,
    }


def skips_grouped(skipped: list[dict[str, Any]]) -> list[dict[str, str]]:
    """{models, family, reason, remedy}: those that are missing for the same reason in one entry, in the order they were skipped."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for entry in map(skipped_out, skipped):
        groups.setdefault((entry["family"], entry["reason"], entry["remedy"]), []).append(str(entry["model"]))
    return [
        {"models": listed(models), "family": family or "", "reason": reason, "remedy": remedy}
        for (family, reason, remedy), models in groups.items()
    ]
