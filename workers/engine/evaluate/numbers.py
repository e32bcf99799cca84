"""Metrics of a predicted number, and of the quantiles of one."""

from __future__ import annotations

from functools import cache

import numpy as np

from domains.metrics import TWEEDIE_POWER
from workers.engine.evaluate.metrics import Metrics
from workers.engine.evaluate.truth import Floats, Truth

POWERS = {"poisson": 1.0, "tweedie": TWEEDIE_POWER}
SMALLEST_MEAN = 1e-6  # a deviance is infinite at zero; a prediction below counts as this
TINY = 1e-12


def regression_metrics(truth: Truth, p: Floats, weights: Floats) -> Metrics:
    """`p` (rows,), `weights` (resamples, rows)."""
    y, total = truth.y, weights.sum(axis=1)
    error, size = p - y, np.abs(p - y)
    squared = cache(lambda: weights @ error**2)
    center = y.mean()  # the spread is the same around any point, and exact around one near the mean

    def spread() -> Floats:
        mean = weights @ y / total - center
        result: Floats = weights @ (y - center) ** 2 - total * mean**2
        return result

    return {
        "root_mean_squared_error": lambda: np.sqrt(squared() / total),
        "mean_squared_error": lambda: squared() / total,
        "mean_absolute_error": lambda: weights @ size / total,
        "r2": lambda: np.where(spread() > 0, 1 - squared() / spread(), np.nan),
        "median_absolute_error": lambda: weighted_median(size, weights),
        "mean_absolute_percentage_error": lambda: weights @ (size / np.maximum(np.abs(y), np.finfo(float).eps)) / total,
        "symmetric_mean_absolute_percentage_error": lambda: (
            weights @ (size / np.maximum(np.abs(y) + np.abs(p), np.finfo(float).eps)) / total
        ),
        "pearsonr": lambda: correlation(y, p, weights),
        "spearmanr": lambda: correlation(weighted_ranks(y, weights), weighted_ranks(p, weights), weights),
        "mean_poisson_deviance": lambda: weights @ deviance(y, p, POWERS["poisson"]) / total,
        "mean_tweedie_deviance": lambda: weights @ deviance(y, p, POWERS["tweedie"]) / total,
        **({"deviance_explained": lambda: explained(y, p, weights, POWERS[truth.distribution])} if truth.distribution in POWERS else {}),
    }


def deviance(y: Floats, p: Floats, power: float) -> Floats:
    """(rows,) unit deviance of Tweedie's family (Jørgensen 1987): 1 is Poisson, between 1 and 2 amounts with zeros."""
    mean = np.maximum(p, SMALLEST_MEAN)
    if power == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            known = np.where(y > 0, y * np.log(y / mean), 0.0)
        result: Floats = 2 * (known - y + mean)
        return result
    first = y ** (2 - power) / ((1 - power) * (2 - power))
    result = 2 * (first - y * mean ** (1 - power) / (1 - power) + mean ** (2 - power) / (2 - power))
    return result


def explained(y: Floats, p: Floats, weights: Floats, power: float) -> Floats:
    """(resamples,) share of the deviance from the mean that the prediction explains; 1 is all, 0 is none."""
    total = weights.sum(axis=1)
    mean = weights @ y / total
    # The deviance from one number is linear in what depends on the rows, so the mean of a resample needs no row again.
    if power == 1:
        from_mean = 2 * (weights @ np.where(y > 0, y * np.log(np.where(y > 0, y, 1)), 0) / total - mean * np.log(mean))
    else:
        first = weights @ (y ** (2 - power)) / total / ((1 - power) * (2 - power))
        from_mean = 2 * (first - mean ** (2 - power) / (1 - power) + mean ** (2 - power) / (2 - power))
    result: Floats = 1 - weights @ deviance(y, p, power) / total / from_mean
    return result


def quantile_metrics(truth: Truth, p: Floats, weights: Floats) -> Metrics:
    """`p` (rows, quantiles), ascending in every row; the interval is from the lowest to the highest of them."""
    y, total = truth.y, weights.sum(axis=1)
    low, high, middle = p[:, 0], p[:, -1], p[:, truth.middle]
    return {
        "pinball_loss": lambda: weights @ pinball(y, p, truth.levels).mean(axis=1) / total,
        "interval_coverage": lambda: weights @ ((low <= y) & (y <= high)).astype(float) / total,
        "interval_width": lambda: weights @ (high - low) / total,
        "mean_absolute_error": lambda: weights @ np.abs(y - middle) / total,
    }


def pinball(y: Floats, p: Floats, levels: tuple[float, ...]) -> Floats:
    """(rows, quantiles) loss: the level times what the label is above, its complement times what it is below."""
    error, share = y[:, None] - p, np.asarray(levels)
    result: Floats = np.maximum(share * error, (share - 1) * error)
    return result


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Median of `values` (rows,) with `weights` (resamples, rows): the middle of the two values at half of the weight."""
    order = np.argsort(values, kind="stable")
    reached = weights[:, order].cumsum(axis=1)
    half = reached[:, -1:] / 2
    low = (reached >= half * (1 - TINY)).argmax(axis=1)
    high = (reached > half * (1 + TINY)).argmax(axis=1)
    result: Floats = (values[order][low] + values[order][high]) / 2
    return result


def weighted_ranks(values: Floats, weights: Floats) -> Floats:
    """(resamples, rows) the weight below each row and half of the weight at it."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    tied = np.add.reduceat(weights[:, order], starts, axis=1)
    middle = tied.cumsum(axis=1) - tied / 2
    place = np.empty(len(values), dtype=int)
    place[order] = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(values)]))
    result: Floats = middle[:, place]
    return result


def correlation(a: Floats, b: Floats, weights: Floats) -> Floats:
    """Pearson's, of `a` and `b`, (rows,) or (resamples, rows) each."""
    total = weights.sum(axis=1, keepdims=True)

    def centered(values: Floats) -> Floats:
        result: Floats = values - (weights * values).sum(axis=1, keepdims=True) / total
        return result

    x, y = centered(a), centered(b)
    result: Floats = (weights * x * y).sum(axis=1) / np.sqrt((weights * x**2).sum(axis=1) * (weights * y**2).sum(axis=1))
    return result
