"""Plot-ready numbers of several classes: which are found, and which are taken for which."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from workers.engine.evaluate.curves import calibration, row_weights
from workers.engine.evaluate.truth import Floats, Truth

MOST_CLASSES = 20  # a larger square table cannot be read
MOST_CONFUSIONS = 50


def multiclass_curves(truth: Truth, p: Floats) -> dict[str, Any]:
    """`truth.y` (rows,) class positions, `p` (rows, classes). Counts are of rows, whatever their weights.

    `confusion_matrix` (rows true, columns predicted) up to MOST_CLASSES classes; `confusions`: the largest errors, [{"true",
    "predicted", "n", "share" of the true class}], for any number.
    """
    classes = truth.classes or []
    actual, guess = truth.y.astype(int), p.argmax(axis=1)
    sure = p[np.arange(len(guess)), guess]
    curves: dict[str, Any] = {
        "classes": classes,
        "per_class": _per_class(actual, guess, classes),
        "confusions": _confusions(actual, guess, classes),
        "calibration": calibration((actual == guess).astype("float64"), sure, row_weights(truth)),
    }
    if len(classes) <= MOST_CLASSES:
        matrix = np.zeros((len(classes), len(classes)), dtype=int)
        np.add.at(matrix, (actual, guess), 1)
        curves["confusion_matrix"] = matrix
    return curves


def _per_class(actual: npt.NDArray[np.int_], guess: npt.NDArray[np.int_], classes: list[str]) -> list[dict[str, Any]]:
    size = len(classes)
    hits = np.bincount(actual[actual == guess], minlength=size)
    n, predicted = np.bincount(actual, minlength=size), np.bincount(guess, minlength=size)
    return [
        {
            "class": name,
            "precision": float(hits[i] / predicted[i]) if predicted[i] else None,
            "recall": float(hits[i] / n[i]) if n[i] else None,
            "f1": float(2 * hits[i] / (n[i] + predicted[i])) if n[i] + predicted[i] else None,
            "n": int(n[i]),
        }
        for i, name in enumerate(classes)
    ]


def _confusions(actual: npt.NDArray[np.int_], guess: npt.NDArray[np.int_], classes: list[str]) -> list[dict[str, Any]]:
    """The pairs with the most rows first; of equal ones the larger part of its class."""
    wrong = actual != guess
    pairs, counts = np.unique(np.column_stack([actual[wrong], guess[wrong]]), axis=0, return_counts=True)
    totals = np.bincount(actual, minlength=len(classes))
    shares = counts / totals[pairs[:, 0]]
    order = np.lexsort((-shares, -counts))[:MOST_CONFUSIONS]
    return [
        {"true": classes[pairs[i, 0]], "predicted": classes[pairs[i, 1]], "n": int(counts[i]), "share": float(shares[i])} for i in order
    ]
