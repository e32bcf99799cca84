"""Metrics of two classes, and the ranking behind the curves."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from domains.metrics import AVERAGES
from workers.engine.evaluate.metrics import Metrics, ratio
from workers.engine.evaluate.truth import Floats, Truth

SMALLEST_PROBABILITY = 1e-15
PAC_SMALLEST = 3e-8  # as AutoGluon's `pac`


def binary_metrics(truth: Truth, p: Floats, weights: Floats) -> Metrics:
    """`p` (rows,) probability of the positive class, `weights` (resamples, rows)."""
    y, total = truth.y, weights.sum(axis=1)
    guess = (p >= truth.threshold).astype(float)
    tp, fp = weights @ (guess * y), weights @ (guess * (1 - y))
    fn, tn = weights @ ((1 - guess) * y), weights @ ((1 - guess) * (1 - y))
    curve = cache(lambda: RankedWeights(y, p, weights))

    def agreement() -> Floats:
        """Quadratic kappa of two classes is Cohen's kappa: (observed - expected) / (1 - expected) agreement."""
        expected = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / total**2
        result: Floats = ((tp + tn) / total - expected) / (1 - expected)
        return result

    return {
        "log_loss": lambda: weights @ row_loss(y, p, SMALLEST_PROBABILITY) / total,
        "pac": lambda: _pac(weights @ row_loss(y, p, PAC_SMALLEST) / total, (tp + fn) / total),
        "roc_auc": lambda: curve().roc_auc(),
        "average_precision": lambda: curve().average_precision(),
        "ks": lambda: curve().ks(),
        "brier": lambda: weights @ (p - y) ** 2 / total,
        "accuracy": lambda: (tp + tn) / total,
        "balanced_accuracy": lambda: (tp / (tp + fn) + tn / (tn + fp)) / 2,
        "mcc": lambda: ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
        "quadratic_kappa": agreement,
        **_at_the_line(tp, fp, fn, tn),
    }


def _at_the_line(tp: Floats, fp: Floats, fn: Floats, tn: Floats) -> Metrics:
    """Precision, recall and F1 of the positive class, and both classes' average."""
    total, actual = tp + fp + fn + tn, (tn + fp, tp + fn)
    both = {
        "precision": (ratio(tn, tn + fn), ratio(tp, tp + fp)),
        "recall": (ratio(tn, tn + fp), ratio(tp, tp + fn)),
        "f1": (ratio(2 * tn, 2 * tn + fn + fp), ratio(2 * tp, 2 * tp + fp + fn)),
    }
    metrics: dict[str, Callable[[], Floats]] = {}
    for name, (of_negative, of_positive) in both.items():
        averages = ((of_negative + of_positive) / 2, (tp + tn) / total, (of_negative * actual[0] + of_positive * actual[1]) / total)
        for kind, value in (("", of_positive), *zip(AVERAGES, averages, strict=True)):
            metrics[f"{name}_{kind}" if kind else name] = partial(_known, value)
    return metrics


def _known(value: Floats) -> Floats:
    return value


def row_loss(y: Floats, p: Floats, least: float) -> Floats:
    """(rows,) minus the logarithm of the probability given to what was the case, no probability below `least`."""
    clipped = np.clip(p, least, 1 - least)
    result: Floats = -(y * np.log(clipped) + (1 - y) * np.log1p(-clipped))
    return result


def _pac(loss: Floats, share: Floats) -> Floats:
    """AutoGluon's probabilistic accuracy: 0 for always saying the share, 1 for a sure and right answer."""
    share = np.clip(share, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    prior = np.exp(share * np.log(share) + (1 - share) * np.log1p(-share))
    result: Floats = (np.exp(-loss) - prior) / (1 - prior)
    return result


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
        return ratio(self.tp, self.tp + self.fp)

    def average_precision(self) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            result: Floats = (self.positive * self.precision()).sum(axis=1) / self.tp[:, -1]
        return result

    def ks(self) -> Floats:
        """Largest distance between the two classes' score distributions."""
        result: Floats = np.abs(self.tpr - self.fpr).max(axis=1)
        return result
