"""The settings of a run, checked, with their defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem
from automl_portal.projects.setting_values import number_between, split_setting
from automl_portal.projects.setup_label import SETTINGS, label_settings, metric_of

if TYPE_CHECKING:
    from domains.schema import UseCase

BUDGET_MIN_S, BUDGET_MAX_S = 30, 24 * 3600


def setup_settings(use_case: UseCase, problem_type: str, given: dict[str, Any]) -> dict[str, Any]:
    """Every setting of a run with its default. Raises Problem for one that is unknown or out of range."""
    known = {"time_limit", "presets", "eval_metric", "holdout_fraction", "seed", "decision", "split"}
    known |= {"allow_noncommercial", "warm_start", "repeatable", "text_encoder", *SETTINGS}
    for name in given:
        if name not in known:
            raise Problem(
                "setting_unknown",
                N_("There is no setting %(name)s. Known: %(known)s."),
                params={"name": name, "known": ", ".join(sorted(known))},
            )
    label = label_settings(problem_type, given)
    return {
        "time_limit": time_limit_of(use_case, given),
        "eval_metric": metric_of(given.get("eval_metric"), use_case.eval_metric, problem_type, label.get("distribution", "normal")),
        **label,
        "holdout_fraction": number_between(given, "holdout_fraction", 0.2, 0.05, 0.5),
        "seed": int(number_between(given, "seed", 0, 0, 2**31 - 1)),
        "decision": decision_settings(use_case, given.get("decision") or {}),
        "split": split_setting(given.get("split")),
        "allow_noncommercial": bool(given.get("allow_noncommercial", False)),
        "warm_start": bool(given.get("warm_start", True)),
        "repeatable": bool(given.get("repeatable", False)),
        "text_encoder": text_encoder_of(given.get("text_encoder")),
    }


def text_encoder_of(name: Any) -> str:
    """The name of a folder that the operator has laid out; "" for the one that is set. Raises Problem for what is no name."""
    if name in (None, ""):
        return ""
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]{0,99}", name):
        raise Problem("text_encoder_name", N_("A text encoder is chosen by the name of its folder: letters, digits, dots and dashes."))
    return name


def time_limit_of(use_case: UseCase, given: dict[str, Any]) -> int:
    """Seconds, from a number or from the name of a budget (`presets`)."""
    preset = given.get("presets")
    if given.get("time_limit") is None and preset:
        if preset not in ("quick", "standard", "thorough"):
            raise Problem("presets_unknown", N_("Choose one of: %(choices)s."), params={"choices": "quick, standard, thorough"})
        return use_case.budgets.seconds(preset)
    return int(number_between(given, "time_limit", use_case.budgets.standard, BUDGET_MIN_S, BUDGET_MAX_S))


def decision_settings(use_case: UseCase, given: dict[str, Any]) -> dict[str, float]:
    """The decision's numbers, defaults filled in."""
    values = use_case.decision_defaults()
    limits = {setting.name: setting for setting in use_case.decision}
    for name in given:
        if name not in limits:
            raise Problem(
                "setting_unknown", N_("There is no setting %(name)s. Known: %(known)s."), params={"name": name, "known": ", ".join(limits)}
            )
        most = limits[name].maximum
        values[name] = number_between(given, name, values[name], limits[name].minimum, float("inf") if most is None else most)
    return values
