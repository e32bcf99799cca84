"""Plot-ready numbers for the evaluation page; every curve with its 95 % band."""

from __future__ import annotations

from typing import Any

import numpy as np

from workers.engine.evaluate.bootstrap import Bootstrapped, Interval, Resamples
from workers.engine.evaluate.metrics import Floats, RankedWeights

GRID = np.linspace(0, 1, 101)
BINS = 10
BAND_RESAMPLES = 250  # a band is read by eye; every number in a table has all of them
MAX_POINTS = 1000


def interval_dict(interval: Interval) -> dict[str, float]:
    return {"value": interval.value, "ci_low": interval.low, "ci_high": interval.high}


def binary_curves(y: Floats, p: Floats, draws: Resamples, boot: Bootstrapped) -> dict[str, Any]:
    """`y` (rows,) 0 or 1, `p` (rows,). ROC, precision-recall, calibration, confusion and gain."""
    return {
        "base_rate": float(y.mean()),
        "roc": _roc(y, p, draws) | {"auc": interval_dict(boot.interval("roc_auc"))},
        "pr": _precision_recall(y, p, draws) | {"ap": interval_dict(boot.interval("average_precision"))},
        "calibration": calibration(y, p) | {"brier": boot.point["brier"]},
        "confusion": _confusion(y, p),
        "threshold": 0.5,
        "gain": _gain(y, p),
    }


def _roc(y: Floats, p: Floats, draws: Resamples) -> dict[str, Any]:
    def at_grid(curve: RankedWeights) -> list[Floats]:
        return [
            np.interp(GRID, np.r_[0.0, fpr], np.r_[0.0, tpr])
            for fpr, tpr in zip(curve.fpr, curve.tpr, strict=True)
            if np.isfinite(fpr[-1]) and np.isfinite(tpr[-1])
        ]

    low, high = _band(at_grid, y, p, draws)
    line = at_grid(RankedWeights(y, p, np.ones((1, len(y)))))[0]
    return {"fpr": GRID, "tpr": line, "low": low, "high": high}


def _precision_recall(y: Floats, p: Floats, draws: Resamples) -> dict[str, Any]:
    def at_grid(curve: RankedWeights) -> list[Floats]:
        lines = []
        for recall, precision in zip(curve.tpr, curve.precision(), strict=True):
            if np.isfinite(recall[-1]):
                # Best precision at this recall or beyond: the usual monotone reading.
                envelope = np.maximum.accumulate(precision[::-1])[::-1]
                lines.append(envelope[np.searchsorted(recall, GRID - 1e-12).clip(max=len(recall) - 1)])
        return lines

    low, high = _band(at_grid, y, p, draws)
    line = at_grid(RankedWeights(y, p, np.ones((1, len(y)))))[0]
    return {"recall": GRID, "precision": line, "low": low, "high": high}


def _band(at_grid: Any, y: Floats, p: Floats, draws: Resamples) -> tuple[Floats, Floats]:
    """Pointwise 95 % limits of a curve over the resamples, (101,) each."""
    rows = draws.rows
    lines = [line for weights in draws.chunks(BAND_RESAMPLES) for line in at_grid(RankedWeights(y[rows], p[rows], weights))]
    if not lines:
        return np.full(len(GRID), np.nan), np.full(len(GRID), np.nan)
    middle = np.median(lines, axis=0)
    low, high = np.percentile(lines, [2.5, 97.5], axis=0)
    return np.clip(middle + (low - middle) * draws.scale, 0, 1), np.clip(middle + (high - middle) * draws.scale, 0, 1)


def calibration(y: Floats, p: Floats) -> dict[str, Any]:
    """Ten bins of equal size by predicted probability; observed share with its Wilson interval.

    `ece`: expected calibration error, the mean distance between the two, weighted by rows.
    """
    order = np.argsort(p, kind="stable")
    bins, distance = [], 0.0
    for rows in np.array_split(order, min(BINS, len(order))):
        observed, predicted = float(y[rows].mean()), float(p[rows].mean())
        low, high = wilson(observed, len(rows))
        bins.append({"predicted": predicted, "observed": observed, "low": low, "high": high, "n": len(rows)})
        distance += abs(observed - predicted) * len(rows) / len(order)
    return {"bins": bins, "ece": distance}


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share seen in `n` rows (Wilson 1927)."""
    z = 1.959964
    center = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float(max(0, center - half)), float(min(1, center + half))


def _confusion(y: Floats, p: Floats) -> dict[str, Any]:
    """Counts at 101 thresholds; a row counts as positive when p >= threshold."""
    positive, negative = np.sort(p[y == 1]), np.sort(p[y == 0])
    tp = len(positive) - np.searchsorted(positive, GRID, side="left")
    fp = len(negative) - np.searchsorted(negative, GRID, side="left")
    return {"thresholds": GRID, "tp": tp, "fp": fp, "fn": len(positive) - tp, "tn": len(negative) - fp}


def _gain(y: Floats, p: Floats) -> dict[str, Any]:
    """Share of the positives among the highest-scored share of rows."""
    captured = np.r_[0.0, y[np.argsort(-p, kind="stable")].cumsum() / max(1.0, y.sum())]
    return {"share": GRID, "captured": np.interp(GRID, np.linspace(0, 1, len(captured)), captured)}


def multiclass_curves(y: Floats, p: Floats, classes: list[str]) -> dict[str, Any]:
    """`y` (rows,) class positions, `p` (rows, classes). Confusion matrix: rows true, columns predicted."""
    truth, guess = y.astype(int), p.argmax(axis=1)
    matrix = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(matrix, (truth, guess), 1)
    per_class = []
    for position, name in enumerate(classes):
        hit, actual, predicted = matrix[position, position], matrix[position].sum(), matrix[:, position].sum()
        per_class.append(
            {
                "class": name,
                "precision": float(hit / predicted) if predicted else None,
                "recall": float(hit / actual) if actual else None,
                "f1": float(2 * hit / (actual + predicted)) if actual + predicted else None,
                "n": int(actual),
            }
        )
    sure = p[np.arange(len(guess)), guess]
    return {
        "classes": classes,
        "confusion_matrix": matrix,
        "per_class": per_class,
        "calibration": calibration((truth == guess).astype("float64"), sure),
    }


def regression_curves(y: Floats, p: Floats, seed: int) -> dict[str, Any]:
    """`y`, `p` (rows,). At most 1,000 points; all rows in the residuals and quantiles."""
    rows = np.random.default_rng(seed).permutation(len(y))[:MAX_POINTS]
    counts, edges = np.histogram(y - p, bins=30)
    error = np.abs(y - p)
    return {
        "points": [{"observed": y[row], "predicted": p[row]} for row in rows],
        "residuals": {"edges": edges, "counts": counts},
        "error_quantiles": {f"p{q}": float(np.percentile(error, q)) for q in (50, 80, 90, 95)},
    }
