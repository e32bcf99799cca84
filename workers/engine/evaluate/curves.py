"""Plot-ready numbers of two classes, every curve with its 95 % band, and calibration of any probability."""

from __future__ import annotations

from typing import Any

import numpy as np

from workers.engine.evaluate.binary import RankedWeights
from workers.engine.evaluate.bootstrap import Bootstrapped, Interval, Resamples
from workers.engine.evaluate.truth import Floats, Truth

GRID = np.linspace(0, 1, 101)
BINS = 10
BAND_RESAMPLES = 250  # a band is read by eye; every number in a table has all of them


def interval_dict(interval: Interval) -> dict[str, float]:
    return {"value": interval.value, "ci_low": interval.low, "ci_high": interval.high}


def binary_curves(truth: Truth, p: Floats, draws: Resamples, boot: Bootstrapped) -> dict[str, Any]:
    """`p` (rows,). ROC, precision-recall, calibration and gain by the rows' weights; the confusion counts rows."""
    y, weight = truth.y, row_weights(truth)
    return {
        "base_rate": float(np.average(y, weights=weight)),
        "roc": _roc(truth, p, draws) | {"auc": interval_dict(boot.interval("roc_auc"))},
        "pr": _precision_recall(truth, p, draws) | {"ap": interval_dict(boot.interval("average_precision"))},
        "calibration": calibration(y, p, weight) | {"brier": boot.point["brier"]},
        "confusion": _confusion(y, p),
        "threshold": truth.threshold,
        "gain": _gain(y, p, weight),
    }


def row_weights(truth: Truth) -> Floats:
    """(rows,) ones where every row counts alike."""
    return np.ones(len(truth.y)) if truth.weight is None else truth.weight


def _roc(truth: Truth, p: Floats, draws: Resamples) -> dict[str, Any]:
    def at_grid(curve: RankedWeights) -> list[Floats]:
        return [
            np.interp(GRID, np.r_[0.0, fpr], np.r_[0.0, tpr])
            for fpr, tpr in zip(curve.fpr, curve.tpr, strict=True)
            if np.isfinite(fpr[-1]) and np.isfinite(tpr[-1])
        ]

    low, high = _band(at_grid, truth, p, draws)
    line = at_grid(RankedWeights(truth.y, p, row_weights(truth)[None]))[0]
    return {"fpr": GRID, "tpr": line, "low": low, "high": high}


def _precision_recall(truth: Truth, p: Floats, draws: Resamples) -> dict[str, Any]:
    def at_grid(curve: RankedWeights) -> list[Floats]:
        lines = []
        for recall, precision in zip(curve.tpr, curve.precision(), strict=True):
            if np.isfinite(recall[-1]):
                # Best precision at this recall or beyond: the usual monotone reading.
                envelope = np.maximum.accumulate(precision[::-1])[::-1]
                lines.append(envelope[np.searchsorted(recall, GRID - 1e-12).clip(max=len(recall) - 1)])
        return lines

    low, high = _band(at_grid, truth, p, draws)
    line = at_grid(RankedWeights(truth.y, p, row_weights(truth)[None]))[0]
    return {"recall": GRID, "precision": line, "low": low, "high": high}


def _band(at_grid: Any, truth: Truth, p: Floats, draws: Resamples) -> tuple[Floats, Floats]:
    """Pointwise 95 % limits of a curve over the resamples, (101,) each."""
    part, kept = truth.take(draws.rows), p[draws.rows]
    weight = row_weights(part)
    lines = [line for counts in draws.chunks(BAND_RESAMPLES) for line in at_grid(RankedWeights(part.y, kept, counts * weight))]
    if not lines:
        return np.full(len(GRID), np.nan), np.full(len(GRID), np.nan)
    middle = np.median(lines, axis=0)
    low, high = np.percentile(lines, [2.5, 97.5], axis=0)
    return np.clip(middle + (low - middle) * draws.scale, 0, 1), np.clip(middle + (high - middle) * draws.scale, 0, 1)


def calibration(y: Floats, p: Floats, weight: Floats) -> dict[str, Any]:
    """Ten bins of equal numbers of rows by predicted probability; observed share with its Wilson interval.

    `ece`: expected calibration error, the mean distance between the two, by the rows' weights.
    """
    order = np.argsort(p, kind="stable")
    bins, distance = [], 0.0
    for rows in np.array_split(order, min(BINS, len(order))):
        part = weight[rows]
        if not part.sum():
            continue
        observed, predicted = float(np.average(y[rows], weights=part)), float(np.average(p[rows], weights=part))
        low, high = wilson(observed, part.sum() ** 2 / (part**2).sum())  # as many rows as the weights are worth (Kish 1965)
        bins.append({"predicted": predicted, "observed": observed, "low": low, "high": high, "n": len(rows)})
        distance += abs(observed - predicted) * float(part.sum() / weight.sum())
    return {"bins": bins, "ece": distance}


def wilson(share: float, n: float) -> tuple[float, float]:
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


def _gain(y: Floats, p: Floats, weight: Floats) -> dict[str, Any]:
    """Share of the positives among the highest-scored share of rows."""
    order = np.argsort(-p, kind="stable")
    found, taken = (y * weight)[order].cumsum(), weight[order].cumsum()
    captured, share = np.r_[0.0, found / (found[-1] or 1.0)], np.r_[0.0, taken / taken[-1]]
    return {"share": GRID, "captured": np.interp(GRID, share, captured)}
