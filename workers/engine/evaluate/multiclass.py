"""Metrics of several classes, up to hundreds of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from domains.metrics import AVERAGES
from workers.engine.evaluate.binary import PAC_SMALLEST, SMALLEST_PROBABILITY
from workers.engine.evaluate.metrics import Metrics, ratio
from workers.engine.evaluate.truth import Floats, Truth

MAX_PAIRED_CLASSES = 10  # an area per pair of classes and per resample; with more classes there is no interval for it
TOP = {3: 6, 5: 11}  # being among the first k says something from so many classes on


def multiclass_metrics(truth: Truth, p: Floats, weights: Floats) -> Metrics:
    """`truth.y` (rows,) class positions, `p` (rows, classes), `weights` (resamples, rows)."""
    actual, guess = truth.y.astype(int), p.argmax(axis=1)
    chosen = p[np.arange(len(actual)), actual]
    total = weights.sum(axis=1)
    counts = cache(lambda: _Counts(actual, guess, p.shape[1], weights))
    areas = cache(lambda: _Areas(actual, p, weights))

    def loss(least: float) -> Floats:
        result: Floats = weights @ -np.log(np.clip(chosen, least, 1)) / total
        return result

    def among_first(k: int) -> Callable[[], Floats]:
        return lambda: weights @ ((p > chosen[:, None]).sum(axis=1) < k).astype(float) / total

    return {
        "log_loss": lambda: loss(SMALLEST_PROBABILITY),
        "pac": lambda: counts().pac(loss(PAC_SMALLEST)),
        "accuracy": lambda: counts().tp.sum(axis=1) / total,
        "balanced_accuracy": lambda: counts().balanced_accuracy(),
        "mcc": lambda: counts().mcc(),
        "quadratic_kappa": lambda: _quadratic_kappa(actual, guess, weights),
        "roc_auc_ovo": lambda: areas().one_versus_one(),
        "roc_auc_ovo_weighted": lambda: areas().one_versus_one(weighted=True),
        "roc_auc_ovr": lambda: areas().one_versus_rest(),
        "roc_auc_ovr_weighted": lambda: areas().one_versus_rest(weighted=True),
        "roc_auc_ovr_micro": lambda: areas().micro(),
        **{f"{name}_{kind}": _average(counts, name, kind) for name in ("precision", "recall", "f1") for kind in AVERAGES},
        **{f"top_{k}_accuracy": among_first(k) for k, least in TOP.items() if p.shape[1] >= least},
    }


def _average(counts: Callable[[], _Counts], name: str, kind: str) -> Callable[[], Floats]:
    return lambda: counts().average(name, kind)


class _Counts:
    """Weight of every class (resamples, classes): found (`tp`), `actual` and `predicted`."""

    def __init__(self, actual: npt.NDArray[np.int_], guess: npt.NDArray[np.int_], classes: int, weights: Floats) -> None:
        one_hot = np.eye(classes)
        self.actual, self.predicted = weights @ one_hot[actual], weights @ one_hot[guess]
        self.tp = (weights * (actual == guess)) @ one_hot[actual]
        self.total = weights.sum(axis=1)

    def balanced_accuracy(self) -> Floats:
        result: Floats = np.nanmean(np.where(self.actual > 0, self.tp / self.actual, np.nan), axis=1)
        return result

    def mcc(self) -> Floats:
        """Gorodkin 2004: the correlation between the true and the predicted class."""
        total = self.total
        both = self.tp.sum(axis=1) * total - (self.predicted * self.actual).sum(axis=1)
        spread = (total**2 - (self.predicted**2).sum(axis=1)) * (total**2 - (self.actual**2).sum(axis=1))
        return ratio(both, np.sqrt(np.maximum(spread, 0)))

    def average(self, name: str, kind: str) -> Floats:
        """Precision, recall or F1, averaged over the classes that occur (macro), or by their weight; micro counts rows."""
        if kind == "micro":
            result: Floats = self.tp.sum(axis=1) / self.total
            return result
        actual, predicted = self.actual, self.predicted
        values = {
            "precision": lambda: ratio(self.tp, predicted),
            "recall": lambda: ratio(self.tp, actual),
            "f1": lambda: ratio(2 * self.tp, actual + predicted),
        }[name]()
        if kind == "weighted":
            result = (values * actual).sum(axis=1) / self.total
            return result
        result = np.nanmean(np.where(actual + predicted > 0, values, np.nan), axis=1)
        return result

    def pac(self, loss: Floats) -> Floats:
        """AutoGluon's probabilistic accuracy: 0 for always saying the shares, 1 for a sure and right answer."""
        share = np.clip(self.actual / self.total[:, None], SMALLEST_PROBABILITY, 1)
        prior = np.exp((share * np.log(share)).sum(axis=1))
        result: Floats = (np.exp(-loss) - prior) / (1 - prior)
        return result


def _quadratic_kappa(actual: npt.NDArray[np.int_], guess: npt.NDArray[np.int_], weights: Floats) -> Floats:
    """1 - observed / expected squared distance of the class positions; the expectation from the margins' moments."""
    total = weights.sum(axis=1)

    def mean(values: npt.NDArray[np.int_]) -> Floats:
        result: Floats = weights @ values / total
        return result

    expected = mean(actual**2) + mean(guess**2) - 2 * mean(actual) * mean(guess)
    result: Floats = 1 - mean((actual - guess) ** 2) / expected
    return result


class _Areas:
    """The area under the curve for every class against every other and against the rest."""

    def __init__(self, actual: npt.NDArray[np.int_], p: Floats, weights: Floats) -> None:
        classes = p.shape[1]
        self.actual, self.p, self.weights = actual, p, weights
        self.defined = classes <= MAX_PAIRED_CLASSES or len(weights) == 1
        if not self.defined:
            return
        one_hot = np.eye(classes)[actual]
        self.count = weights @ one_hot  # (resamples, classes)
        sums = np.stack([(self._below(first) * weights) @ one_hot for first in range(classes)], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.pairs = sums / self.count[:, None, :]  # [:, a, b]: class a above class b by the probability of a
            rest = self.count.sum(axis=1, keepdims=True) - self.count
            self.rest = (sums.sum(axis=2) - np.diagonal(sums, axis1=1, axis2=2)) / rest
        self.pairs[:, np.arange(classes), np.arange(classes)] = np.nan

    def _below(self, first: int) -> Floats:
        """(resamples, rows): the share of the weight of class `first` that has a higher score than the row, ties by half."""
        score = self.p[:, first]
        members = np.flatnonzero(self.actual == first)
        members = members[np.argsort(score[members], kind="stable")]
        reached = np.zeros((len(self.weights), len(members) + 1))
        np.cumsum(self.weights[:, members], axis=1, out=reached[:, 1:])
        left, right = (np.searchsorted(score[members], score, side=side) for side in ("left", "right"))
        with np.errstate(divide="ignore", invalid="ignore"):
            result: Floats = 1 - (reached[:, left] + reached[:, right]) / 2 / reached[:, -1:]
        return result

    def one_versus_one(self, *, weighted: bool = False) -> Floats:
        """Hand & Till 2001: the mean over the pairs of classes that occur, or by how often they do."""
        if not self.defined:
            return self._undefined()
        importance = self.count[:, :, None] + self.count[:, None, :] if weighted else np.ones_like(self.pairs)
        return _mean(self.pairs, importance, (1, 2))

    def one_versus_rest(self, *, weighted: bool = False) -> Floats:
        if not self.defined:
            return self._undefined()
        return _mean(self.rest, self.count if weighted else np.ones_like(self.count), 1)

    def micro(self) -> Floats:
        """One area over all (row, class) pairs."""
        from workers.engine.evaluate.binary import RankedWeights

        if not self.defined:
            return self._undefined()
        classes = self.p.shape[1]
        flat = np.eye(classes)[self.actual].ravel()
        return RankedWeights(flat, self.p.ravel(), np.repeat(self.weights, classes, axis=1)).roc_auc()

    def _undefined(self) -> Floats:
        return np.full(len(self.weights), np.nan)


def _mean(values: Floats, importance: Floats, axis: int | tuple[int, ...]) -> Floats:
    """Of the defined values."""
    known = np.isfinite(values)
    result: Floats = np.where(known, values * importance, 0).sum(axis=axis) / (known * importance).sum(axis=axis)
    return result
