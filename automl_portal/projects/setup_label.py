"""The settings that say how the label is read: its quantiles, its distribution, and whether classes count alike."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem
from domains.metrics import DISTRIBUTIONS, default_metric, selectable

LEVELS = (0.1, 0.5, 0.9)
MOST_LEVELS = 20
CLASS_WEIGHTS = ("none", "balanced")
CLASSES = ("binary", "multiclass")
SETTINGS = ("quantile_levels", "distribution", "class_weight")
METRIC_SHORT = {"rmse": "root_mean_squared_error", "mae": "mean_absolute_error", "auc": "roc_auc", "logloss": "log_loss"}


def label_settings(problem_type: str, given: dict[str, Any]) -> dict[str, Any]:
    """Those of `SETTINGS` that the problem type has. Raises Problem for a value that makes no sense."""
    settings: dict[str, Any] = {}
    if problem_type == "quantile":
        settings["quantile_levels"] = levels_of(given.get("quantile_levels"))
    if problem_type == "regression":
        settings["distribution"] = one_of(given.get("distribution") or "normal", DISTRIBUTIONS, "distribution_unknown")
    if problem_type in CLASSES:
        settings["class_weight"] = one_of(given.get("class_weight") or "none", CLASS_WEIGHTS, "class_weight_unknown")
    return settings


def distribution_noted(problem_type: str, column: dict[str, Any], rows: int, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the distribution that the label suggests into `settings` where nobody chose one; the note that says so."""
    from domains.distribution import propose_distribution

    if problem_type != "regression" or settings.get("distribution"):
        return []
    settings["distribution"], why = propose_distribution(column, rows)
    if settings["distribution"] == "normal":
        return []
    message = N_("Distribution: %(distribution)s. %(why)s The models learn by it and predict nothing below zero.")
    params = {"distribution": settings["distribution"], "why": why}
    return [{"code": "distribution_proposed", "message": message, "params": params}]


def label_problems(column: dict[str, Any] | None, roles: dict[str, list[str]], settings: dict[str, Any]) -> list[dict[str, Any]]:
    """What in these settings the label or the roles stand against; `column`: the label's entry in the data report."""
    from domains.distribution import check_distribution

    found = check_distribution(column, settings.get("distribution", "normal")) if column else []
    if roles.get("weight") and settings.get("class_weight") == "balanced":
        message = N_("%(column)s says how much a row counts, so classes cannot be balanced as well. Choose one of the two.")
        name = roles["weight"][0]
        found.append({"code": "weights_conflict", "level": "REJECT", "message": message, "column": name, "params": {"column": name}})
    return found


def levels_of(given: Any) -> list[float]:
    """Ascending quantiles between 0 and 1, from a list or a text of them. Raises Problem."""
    if given in (None, "", []):
        return list(LEVELS)
    texts = str(given).replace(";", ",").split(",") if isinstance(given, str) else given if isinstance(given, list) else [given]
    try:
        levels = sorted({round(float(text), 6) for text in texts})
    except (TypeError, ValueError):
        levels = []
    if not 1 <= len(levels) <= MOST_LEVELS or not all(0 < level < 1 for level in levels):
        message = N_("Quantiles are 1 to %(most)d numbers between 0 and 1, such as 0.1, 0.5, 0.9.")
        raise Problem("quantile_levels_invalid", message, params={"most": MOST_LEVELS})
    return levels


def metric_of(wanted: Any, usual: str | None, problem_type: str, distribution: str) -> str:
    """The eval_metric: the one wanted, the use case's, or the problem type's own. Raises Problem for an unknown one."""
    known = selectable(problem_type, distribution)
    metric = str(wanted or "") or (usual if usual in known else None) or default_metric(problem_type, distribution)
    return one_of(METRIC_SHORT.get(metric, metric), known, "eval_metric_unknown")


def one_of(value: Any, known: tuple[str, ...], code: str) -> str:
    if value not in known:
        raise Problem(code, N_("Choose one of: %(choices)s."), params={"choices": ", ".join(known)})
    return str(value)
