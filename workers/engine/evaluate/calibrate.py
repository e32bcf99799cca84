"""Probabilities put right by what became of the rows a model was validated on; the holdout has no part in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from workers.engine.bundle.runtime.answers import calibrated
from workers.engine.evaluate.curves import calibration
from workers.engine.evaluate.truth import Floats
from workers.engine.problems.validated import Validated

MIN_ROWS = 200  # fewer say too little about a slope
MAX_ROWS = 20_000
SHIFTED_CLASSES = 20  # with more, only the scale is learned
FOLDS = 5
SMALLEST = 1e-15

Learned = tuple[float, Floats]  # scale, and shift per class


def calibration_learn(seen: Validated, model: str, *, balanced: bool, seed: int) -> dict[str, Any]:
    """Whether and how to put the probabilities of `model` right: {"applied", "model", "scale", "shift": {class: number}, "rows",
    "loss_before", "loss_after", "ece_before", "ece_after", "prior"}. Losses are of rows that had no part in what was learned.

    `balanced`: it learned as if every class were as frequent as the others; the classes' real shares are put back first.
    """
    seen = _part(seen, seed)
    plain: Learned = (1.0, np.zeros(len(seen.classes)))
    start = (1.0, _prior(seen)) if balanced else plain
    before, based = _losses(seen, plain), _losses(seen, start)
    chosen, after = start, based
    if len(seen.y) >= MIN_ROWS:
        crossed = _cross_fitted(seen, start, seed)
        gain = (based - crossed) * seen.weight
        # Only what stands out of the chance of these rows is kept; the rest would be noise in every prediction.
        if gain.sum() > np.sqrt((gain**2).sum()):
            chosen, after = _fit(seen, start), crossed
    scale, shift = chosen
    return {
        "applied": bool(scale != 1 or np.any(shift != 0)),
        "model": model,
        "scale": scale,
        "shift": dict(zip(seen.classes, shift.tolist(), strict=True)),
        "prior": balanced,
        "rows": len(seen.y),
        "loss_before": float(np.average(before, weights=seen.weight)),
        "loss_after": float(np.average(after, weights=seen.weight)),
        "ece_before": _error(seen, plain),
        "ece_after": _error(seen, chosen),
    }


def _part(seen: Validated, seed: int) -> Validated:
    if len(seen.y) <= MAX_ROWS:
        return seen
    rows = np.sort(np.random.default_rng(seed).permutation(len(seen.y))[:MAX_ROWS])
    return Validated(seen.classes, seen.shares[rows], seen.y[rows], seen.weight[rows])


def _prior(seen: Validated) -> Floats:
    """The logarithm of how much more frequent each class is than in balanced classes (Saerens et al. 2002)."""
    count = np.bincount(seen.y.astype(int), weights=seen.weight, minlength=len(seen.classes))
    result: Floats = np.log(np.maximum(count, SMALLEST) * len(seen.classes) / count.sum())
    return result


def _losses(seen: Validated, learned: Learned, rows: npt.NDArray[np.int_] | None = None) -> Floats:
    """(rows,) log loss."""
    chosen = slice(None) if rows is None else rows
    shares, y = seen.shares[chosen], seen.y[chosen].astype(int)
    p = calibrated(shares, *learned)[np.arange(len(y)), y]
    result: Floats = -np.log(np.clip(p, SMALLEST, 1))
    return result


def _cross_fitted(seen: Validated, start: Learned, seed: int) -> Floats:
    """(rows,) losses, each by what was learned from the other rows."""
    fold = np.random.default_rng(seed).permutation(len(seen.y)) % FOLDS
    losses = np.empty(len(seen.y))
    for number in range(FOLDS):
        rows = np.flatnonzero(fold == number)
        losses[rows] = _losses(seen, _fit(seen, start, np.flatnonzero(fold != number)), rows)
    return losses


def _fit(seen: Validated, start: Learned, rows: npt.NDArray[np.int_] | None = None) -> Learned:
    """The scale and, for few classes, the shifts with the least log loss; the first class is what the others are shifted against."""
    from scipy.optimize import minimize

    chosen = np.arange(len(seen.y)) if rows is None else rows
    free = len(seen.classes) - 1 if len(seen.classes) <= SHIFTED_CLASSES else 0
    logs, y = np.log(np.clip(seen.shares[chosen], SMALLEST, None)), seen.y[chosen].astype(int)
    weight = seen.weight[chosen] / seen.weight[chosen].sum()
    hit = np.zeros_like(logs)
    hit[np.arange(len(y)), y] = 1

    def learned(x: Floats) -> Learned:
        return float(np.exp(x[0])), start[1] + np.r_[0.0, x[1:], np.zeros(len(seen.classes) - 1 - free)]

    def loss(x: Floats) -> tuple[float, Floats]:
        scale, shift = learned(x)
        p = calibrated(seen.shares[chosen], scale, shift)
        wrong = (p - hit) * weight[:, None]
        value = -float(weight @ np.log(np.clip(p[np.arange(len(y)), y], SMALLEST, 1)))
        return value, np.r_[scale * (wrong * logs).sum(), wrong.sum(axis=0)[1 : 1 + free]]

    found = minimize(loss, np.zeros(1 + free), jac=True, method="L-BFGS-B", bounds=[(-3, 3)] * (1 + free))
    return learned(found.x)


def _error(seen: Validated, learned: Learned) -> float:
    """Expected calibration error of the last class of two, or of the class that is called."""
    p = calibrated(seen.shares, *learned)
    if len(seen.classes) == 2:
        return float(calibration(seen.y, p[:, 1], seen.weight)["ece"])
    called = p.argmax(axis=1)
    return float(calibration((called == seen.y).astype("float64"), p.max(axis=1), seen.weight)["ece"])
