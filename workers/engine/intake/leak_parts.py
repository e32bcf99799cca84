"""Columns that together make up the label: registered + casual = count, price x quantity = revenue, new - old = change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workers.engine.intake.associations import Floats

EXACT = 0.9995  # R2 that only arithmetic reaches
MOST = 4  # columns in one sum
WIDE = 150  # columns solved for at once
ROWS = 4000


def parts(columns: Mapping[str, Floats], label: Floats) -> tuple[str, ...]:
    """The two to four columns whose sum, difference, product or ratio is the label; empty when none are.

    ``columns``: name -> (n,) numbers, nan for missing, without columns that give the label away alone.
    """
    at = np.linspace(0, len(label) - 1, min(ROWS, len(label))).astype(np.intp)
    label = label[at]
    table = {name: np.nan_to_num(values[at]) for name, values in columns.items() if np.isfinite(values[at]).mean() > 0.5}
    table = {name: values for name, values in table.items() if values.std() > 0 and np.abs(values).max() < 1e100}
    if len(table) < 2 or len(label) < 50 or not label.std() > 0:
        return ()
    found = _pair(table, label) or _sum(table, label)
    if not found and label.min() > 0:
        logs = {name: np.log(values) for name, values in table.items() if values.min() > 0}
        found = _sum({name: values for name, values in logs.items() if values.std() > 1e-9}, np.log(label))
    return found


def _pair(table: Mapping[str, Floats], label: Floats) -> tuple[str, ...]:
    """Two columns whose sum or difference is the label, exactly: what is left after one of them is looked up among the others."""
    size = 1e-6 * max(1.0, float(np.abs(label).max()))

    def key(values: Floats) -> bytes:
        rounded: bytes = (np.round(values / size).clip(-9e18, 9e18).astype(np.int64)).tobytes()
        return rounded

    known = {key(values): name for name, values in table.items()}
    for name, values in table.items():
        for rest in (label - values, label + values, values - label):
            other = known.get(key(rest))
            if other is not None and other != name:
                return (name, other)
    return ()


def _sum(table: Mapping[str, Floats], label: Floats) -> tuple[str, ...]:
    """The few columns whose weighted sum is the label. Weights of all columns at once show which they are."""
    if len(table) < 2:
        return ()
    names = list(table)
    matrix = np.column_stack([(values - values.mean()) / values.std() for values in table.values()])
    goal = (label - label.mean()) / label.std()
    if len(names) > WIDE:
        chosen = np.argsort(-np.abs(matrix.T @ goal))[:WIDE]
        names, matrix = [names[place] for place in chosen], matrix[:, chosen]
    weights, left = _solve(matrix, goal)
    if left > 1 - EXACT or len(goal) < 3 * len(names):
        return ()
    order = np.argsort(-np.abs(weights))
    for count in range(2, min(MOST, len(names)) + 1):
        if _solve(matrix[:, order[:count]], goal)[1] <= 1 - EXACT:
            return tuple(names[place] for place in order[:count])
    return ()


def _solve(matrix: Floats, goal: Floats) -> tuple[Floats, float]:
    """(weights, share of the spread that is left), by the normal equations: the columns are few and of one scale."""
    weights: Floats = np.linalg.lstsq(matrix.T @ matrix, matrix.T @ goal, rcond=1e-12)[0].astype(np.float64)
    return weights, float(np.mean((goal - matrix @ weights) ** 2))
