"""Metrics for many resamples at once: every function takes row weights (resamples, rows).

Weights are how often a resample drew a row; a single row of ones gives the plain metric. All
agree with scikit-learn on the repeated rows (tests). Undefined values are NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Results = dict[str, Floats]

HIGHER_IS_BETTER = {
    "log_loss": False,
    "roc_auc": True,
    "average_precision": True,
    "brier": False,
    "accuracy": True,
    "balanced_accuracy": True,
    "f1": True,
    "mcc": True,
    "ks": True,
    "f1_macro": True,
    "roc_auc_ovo": True,
    "root_mean_squared_error": False,
    "mean_absolute_error": False,
    "r2": True,
    "median_absolute_error": False,
}
# The metrics AutoGluon can search by; the rest are only reported.
SMALLEST_PROBABILITY = 1e-15
MAX_PAIRED_CLASSES = 10


def compute(problem_type: str, y: Floats, p: Floats, weights: Floats, only: Collection[str] | None = None) -> Results:
    """The metrics of the problem type, each (resamples,); `only` some of them, None for all."""
    functions = {"binary": binary_metrics, "multiclass": multiclass_metrics, "regression": regression_metrics}
    return functions[problem_type](y, p, weights, only)


def _chosen(metrics: dict[str, Callable[[], Floats]], only: Collection[str] | None) -> Results:
    """Call what is asked for; a division by zero is a metric that is not defined: NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return {name: metrics[name]() for name in metrics if only is None or name in only}


def binary_metrics(y: Floats, p: Floats, weights: Floats, only: Collection[str] | None = None) -> Results:
    """`y` (rows,) 0 or 1, `p` (rows,) probability of 1, `weights` (resamples, rows)."""
    total = weights.sum(axis=1)
    clipped = np.clip(p, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    loss = -(y * np.log(clipped) + (1 - y) * np.log1p(-clipped))
    curve = cache(lambda: RankedWeights(y, p, weights))
    guess = (p >= 0.5).astype(float)
    tp, fp = weights @ (guess * y), weights @ (guess * (1 - y))
    fn, tn = weights @ ((1 - guess) * y), weights @ ((1 - guess) * (1 - y))
    return _chosen(
        {
            "log_loss": lambda: weights @ loss / total,
            "roc_auc": lambda: curve().roc_auc(),
            "average_precision": lambda: curve().average_precision(),
            "brier": lambda: weights @ (p - y) ** 2 / total,
            "accuracy": lambda: (tp + tn) / total,
            "balanced_accuracy": lambda: (tp / (tp + fn) + tn / (tn + fp)) / 2,
            "f1": lambda: _or_zero(2 * tp, 2 * tp + fp + fn),
            "mcc": lambda: _or_zero(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
            "ks": lambda: curve().ks(),
        },
        only,
    )


class RankedWeights:
    """Weight of positives and negatives per distinct score, highest score first."""

    def __init__(self, y: Floats, score: Floats, weights: Floats) -> None:
        order = np.argsort(-score, kind="stable")
        ranked = score[order]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        sorted_weights = weights[:, order]
        self.positive = np.add.reduceat(sorted_weights * y[order], starts, axis=1)
        self.negative = np.add.reduceat(sorted_weights * (1 - y[order]), starts, axis=1)
        self.tp = self.positive.cumsum(axis=1)
        self.fp = self.negative.cumsum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.tpr = self.tp / self.tp[:, -1:]
            self.fpr = self.fp / self.fp[:, -1:]

    def roc_auc(self) -> Floats:
        before = self.fp - self.negative / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            above = (self.positive * before).sum(axis=1)
            result: Floats = 1 - above / (self.tp[:, -1] * self.fp[:, -1])
        return result

    def precision(self) -> Floats:
        return _or_zero(self.tp, self.tp + self.fp)

    def average_precision(self) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            result: Floats = (self.positive * self.precision()).sum(axis=1) / self.tp[:, -1]
        return result

    def ks(self) -> Floats:
        """Largest distance between the two classes' score distributions."""
        result: Floats = np.abs(self.tpr - self.fpr).max(axis=1)
        return result


def multiclass_metrics(y: Floats, p: Floats, weights: Floats, only: Collection[str] | None = None) -> Results:
    """`y` (rows,) class positions, `p` (rows, classes), `weights` (resamples, rows)."""
    truth, guess = y.astype(int), p.argmax(axis=1)
    total = weights.sum(axis=1)
    loss = -np.log(np.clip(p[np.arange(len(truth)), truth], SMALLEST_PROBABILITY, 1))
    one_hot = np.eye(p.shape[1])
    tp = weights @ (one_hot[truth] * one_hot[guess])
    actual, predicted = weights @ one_hot[truth], weights @ one_hot[guess]
    return _chosen(
        {
            "log_loss": lambda: weights @ loss / total,
            "accuracy": lambda: tp.sum(axis=1) / total,
            "balanced_accuracy": lambda: np.nanmean(np.where(actual > 0, tp / actual, np.nan), axis=1),
            "f1_macro": lambda: np.nanmean(np.where(actual + predicted > 0, 2 * tp / (actual + predicted), np.nan), axis=1),
            "roc_auc_ovo": lambda: _roc_auc_ovo(truth, p, weights),
        },
        only,
    )


def _roc_auc_ovo(truth: npt.NDArray[np.int_], p: Floats, weights: Floats) -> Floats:
    """Mean area over all ordered pairs of classes (Hand & Till 2001). Costs classes squared, so
    many resamples of many classes are answered with NaN.
    """
    classes = p.shape[1]
    if classes > MAX_PAIRED_CLASSES and len(weights) > 1:
        return np.full(len(weights), np.nan)
    areas = []
    for first in range(classes):
        for second in range(classes):
            rows = np.flatnonzero((truth == first) | (truth == second))
            if first == second or not len(rows):
                continue
            is_first = (truth[rows] == first).astype(float)
            areas.append(RankedWeights(is_first, p[rows, first], weights[:, rows]).roc_auc())
    if not areas:
        return np.full(len(weights), np.nan)
    result: Floats = np.mean(areas, axis=0)
    return result


def regression_metrics(y: Floats, p: Floats, weights: Floats, only: Collection[str] | None = None) -> Results:
    """`y` and `p` (rows,), `weights` (resamples, rows)."""
    total = weights.sum(axis=1)
    error = p - y
    squared = weights @ error**2
    mean = weights @ y / total
    spread = weights @ (y - y.mean()) ** 2 - total * (mean - y.mean()) ** 2
    return _chosen(
        {
            "root_mean_squared_error": lambda: np.sqrt(squared / total),
            "mean_absolute_error": lambda: weights @ np.abs(error) / total,
            "r2": lambda: np.where(spread > 0, 1 - squared / spread, np.nan),
            "median_absolute_error": lambda: weighted_median(np.abs(error), weights),
        },
        only,
    )


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Median of `values` (rows,) with whole-number `weights` (resamples, rows)."""
    order = np.argsort(values, kind="stable")
    reached = weights[:, order].cumsum(axis=1)
    total = reached[:, -1:]
    low = (reached > (total - 1) // 2).argmax(axis=1)
    high = (reached > total // 2).argmax(axis=1)
    result: Floats = (values[order][low] + values[order][high]) / 2
    return result


def _or_zero(numerator: Floats, denominator: Floats) -> Floats:
    """Quotient, 0 where the denominator is (scikit-learn's convention)."""
    result: Floats = np.zeros_like(numerator, dtype=float)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
