"""Where the line between two classes is drawn: by validation, never by the holdout."""

from __future__ import annotations

from typing import Any

import numpy as np

from workers.engine.evaluate.binary import binary_metrics
from workers.engine.evaluate.truth import Floats, Truth
from workers.engine.events import gettext_noop

# The others of a line's metrics are best with everything on one side of it.
BALANCING = ("accuracy", "balanced_accuracy", "f1", "f1_macro", "f1_weighted", "mcc", "quadratic_kappa")
RARE = 0.1
STEPS = 200


def threshold_learn(y: Floats, p: Floats, weight: Floats, *, eval_metric: str, positive: str) -> dict[str, Any]:
    """{"value", "metric", "validation", "at_half", "message", "params"}: from `value` on a row is called positive, and why.

    `y` (rows,) 0 or 1, `p` (rows,) probability of the positive class, `weight` (rows,).
    """
    share = float(np.average(y, weights=weight))
    metric = eval_metric if eval_metric in BALANCING else "f1" if share < RARE else None
    if metric is None or share in (0.0, 1.0):
        message = gettext_noop("A row is called %(positive)s from a probability of 0.5 on: where it is as likely as not.")
        return {"value": 0.5, "metric": None, "validation": None, "at_half": None, "message": message, "params": {"positive": positive}}
    lines = np.unique(np.r_[0.5, np.quantile(p, np.linspace(0, 1, STEPS)), np.linspace(0.01, 0.99, 99)])
    values = np.array([_value(y, p, weight, line, metric) for line in lines])
    half = float(values[lines == 0.5][0])
    best = lines[values >= values.max() - 1e-12]
    value = float(best[np.abs(best - 0.5).argmin()]) if values.max() > half else 0.5
    params = {"positive": positive, "value": value, "metric": metric, "best": float(values.max()), "half": half, "percent": 100 * share}
    if metric == eval_metric:
        message = gettext_noop(
            "A row is called %(positive)s from a probability of %(value).3g on: there %(metric)s is highest in validation, %(best).3f "
            "against %(half).3f at 0.5."
        )
    else:
        message = gettext_noop(
            "Only %(percent).3g percent of the rows are %(positive)s, so a row is called that from a probability of %(value).3g on: there "
            "%(metric)s, the balance of precision and recall, is highest in validation, %(best).3f against %(half).3f at 0.5."
        )
    return {"value": value, "metric": metric, "validation": params["best"], "at_half": half, "message": message, "params": params}


def _value(y: Floats, p: Floats, weight: Floats, line: float, metric: str) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(binary_metrics(Truth("binary", y, threshold=line), p, weight[None])[metric]()[0])
    return value if np.isfinite(value) else -np.inf
