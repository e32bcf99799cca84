"""Metrics for many resamples at once: every function takes row weights (resamples, rows).

Weights are how often a resample drew a row, times the row's own weight; a single row of ones gives the plain metric. All
agree with scikit-learn on the repeated rows (tests). Undefined values are NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from domains.metrics import HIGHER_IS_BETTER as HIGHER_IS_BETTER
from workers.engine.evaluate.truth import Floats, Truth

Results = dict[str, Floats]
Metrics = Mapping[str, Callable[[], Floats]]


def compute(truth: Truth, p: Floats, draws: Floats, only: Collection[str] | None = None) -> Results:
    """The metrics of the problem type, each (resamples,), in the order of their names; `only` some of them, None for those reported.

    `p` (rows,) probability of the positive class or the value, (rows, classes) or (rows, quantiles). `draws` (resamples, rows).
    Raises KeyError for a metric the problem type does not have.
    """
    from workers.engine.evaluate.binary import binary_metrics
    from workers.engine.evaluate.multiclass import multiclass_metrics
    from workers.engine.evaluate.numbers import quantile_metrics, regression_metrics

    functions: dict[str, Callable[[Truth, Floats, Floats], Metrics]] = {
        "binary": binary_metrics,
        "multiclass": multiclass_metrics,
        "regression": regression_metrics,
        "quantile": quantile_metrics,
    }
    weights = draws if truth.weight is None else draws * truth.weight
    metrics = functions[truth.problem_type](truth, p, weights)
    names = truth.metrics if only is None else only
    with np.errstate(divide="ignore", invalid="ignore"):  # a division by zero is a metric that is not defined: NaN
        return {name: metrics[name]() for name in names if only is not None or name in metrics}


def point(truth: Truth, p: Floats, only: Collection[str] | None = None) -> dict[str, float]:
    """The plain metrics of all rows."""
    return {name: float(value[0]) for name, value in compute(truth, p, np.ones((1, len(truth.y))), only).items()}


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Quotient, 0 where the denominator is (scikit-learn's convention)."""
    result: Floats = np.zeros_like(numerator, dtype=float)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
