"""Plot-ready numbers of a predicted number: how large the errors are, and whether levels and intervals hold what they promise."""

from __future__ import annotations

from typing import Any

import numpy as np

from domains.metrics import DEVIANCE
from workers.engine.evaluate.curves import BINS, row_weights, wilson
from workers.engine.evaluate.numbers import POWERS, deviance, pinball
from workers.engine.evaluate.truth import Floats, Truth

MAX_POINTS = 1000


def regression_curves(truth: Truth, p: Floats, seed: int) -> dict[str, Any]:
    """`p` (rows,). At most 1,000 points; all rows in the residuals and quantiles. Counts and amounts also have `levels`."""
    y = truth.y
    rows = np.random.default_rng(seed).permutation(len(y))[:MAX_POINTS]
    counts, edges = np.histogram(y - p, bins=30)
    error = np.abs(y - p)
    curves: dict[str, Any] = {
        "points": [{"observed": y[row], "predicted": p[row]} for row in rows],
        "residuals": {"edges": edges, "counts": counts},
        "error_quantiles": {f"p{q}": float(np.percentile(error, q)) for q in (50, 80, 90, 95)},
    }
    if truth.distribution in DEVIANCE:
        curves["levels"] = levels(truth, p)
    return curves


def levels(truth: Truth, p: Floats) -> dict[str, Any]:
    """Ten bands of equal numbers of rows by prediction: mean predicted and observed, their mean deviance, rows.

    `total`: (predicted, observed) sums over all rows by weight; a model that is right on the whole has them equal.
    """
    weight = row_weights(truth)
    loss = deviance(truth.y, p, POWERS[truth.distribution])
    bands = []
    for rows in np.array_split(np.argsort(p, kind="stable"), min(BINS, len(p))):
        part = weight[rows]
        if part.sum():
            means = [float(np.average(values[rows], weights=part)) for values in (p, truth.y, loss)]
            bands.append({"predicted": means[0], "observed": means[1], "deviance": means[2], "n": len(rows)})
    return {
        "distribution": truth.distribution,
        "bands": bands,
        "total": {"predicted": float(weight @ p), "observed": float(weight @ truth.y)},
    }


def quantile_curves(truth: Truth, p: Floats, seed: int) -> dict[str, Any]:
    """`p` (rows, quantiles), ascending. Per level: the share of labels at or below it, with its Wilson interval, and its pinball loss."""
    y, weight = truth.y, row_weights(truth)
    worth = weight.sum() ** 2 / (weight**2).sum()
    loss = pinball(y, p, truth.levels)
    entries = []
    for i, level in enumerate(truth.levels):
        below = float(np.average(y <= p[:, i], weights=weight))
        low, high = wilson(below, worth)
        entries.append(
            {"level": level, "observed": below, "low": low, "high": high, "pinball_loss": float(np.average(loss[:, i], weights=weight))}
        )
    rows = np.random.default_rng(seed).permutation(len(y))[:MAX_POINTS]
    return {
        "quantiles": entries,
        "interval": _interval(truth, p),
        "points": [{"observed": y[row], "predicted": p[row, truth.middle], "low": p[row, 0], "high": p[row, -1]} for row in rows],
    }


def _interval(truth: Truth, p: Floats) -> dict[str, Any]:
    """How often the outer quantiles hold the label, against what they promise, and how wide they are."""
    y, weight, width = truth.y, row_weights(truth), p[:, -1] - p[:, 0]
    inside = (p[:, 0] <= y) & (y <= p[:, -1])
    observed = float(np.average(inside, weights=weight))
    low, high = wilson(observed, weight.sum() ** 2 / (weight**2).sum())
    return {
        "low_level": truth.levels[0],
        "high_level": truth.levels[-1],
        "promised": truth.levels[-1] - truth.levels[0],
        "observed": observed,
        "low": low,
        "high": high,
        "mean_width": float(np.average(width, weights=weight)),
        "median_width": float(np.median(width)),
    }
