"""The linear head of an encoder that stays as it is: solved, not trained step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Splits = list[tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]]
STRENGTHS = (0.003, 0.02, 0.1)
FOLDS = 4
CLASSIFICATION = ("binary", "multiclass")
NEVER = -30.0


def head_splits(y: npt.NDArray[Any], given: Iterable[Any] | None, problem_type: str, seed: int) -> Splits:
    """The folds to validate on: those given, else drawn at random, by class where each class has enough rows."""
    from sklearn.model_selection import KFold, StratifiedKFold

    if given is not None:
        return [(np.asarray(train), np.asarray(test)) for train, test in given]
    by_class = problem_type in CLASSIFICATION and np.unique(y, return_counts=True)[1].min() >= FOLDS
    folds = (StratifiedKFold if by_class else KFold)(FOLDS, shuffle=True, random_state=seed)
    return list(folds.split(np.zeros(len(y)), y))


@dataclass(frozen=True)
class Fitted:
    """`loss`: on the validation rows or the folds, with the `strength` that had the least. `out_of_fold`: see head_fit."""

    strength: float
    loss: float
    out_of_fold: Floats


def head_fit(
    network: Any,
    features: npt.NDArray[np.float32],
    y: npt.NDArray[Any],
    weight: Floats | None,
    problem_type: str,
    validation: tuple[npt.NDArray[np.float32], npt.NDArray[Any]] | None,
    splits: Splits | None,
) -> Fitted:
    """Set `network.head`; the strength with the least loss on the validation rows or the folds is used.

    `features`: as the network's `scores` takes them. Out-of-fold predictions are numbers or second-class probabilities (rows,),
    or probabilities (rows, classes); with `validation` they are those of its rows.
    """
    X = _standard(network, features)
    classes = _classes(network, problem_type)
    tried = []
    for strength in STRENGTHS:
        if validation is not None:
            model = _solve(X, y, weight, strength, classes)
            output, truth = _output(model, _standard(network, validation[0]), classes), validation[1]
        else:
            assert splits is not None
            output, truth = _out_of_fold(X, y, weight, strength, classes, splits), y
        output = output[:, 1] if classes == 2 else output
        tried.append(Fitted(strength, head_loss(output, truth, problem_type), output))
    best = min(tried, key=lambda fitted: fitted.loss)
    head_put(network, features, y, weight, problem_type, best.strength)
    return best


def head_put(network: Any, features: Any, y: npt.NDArray[Any], weight: Floats | None, problem_type: str, strength: float) -> None:
    """Solve the head on these rows and write it into the network, which gives standardised numbers, log odds or scores per class."""
    import torch

    classes = _classes(network, problem_type)
    model = _solve(_standard(network, features), y, weight, strength, classes)
    weights = np.atleast_2d(np.asarray(model.coef_, dtype="float64"))
    bias = np.atleast_1d(np.asarray(model.intercept_, dtype="float64"))
    if not classes:
        center, scale = float(np.mean(y)), float(np.std(y)) or 1.0
        weights, bias = weights / scale, (bias - center) / scale
    with torch.no_grad():
        if classes > 2 and len(model.classes_) < classes:  # a class that these rows lack is never predicted
            network.head.weight.zero_()
            network.head.bias.fill_(NEVER)
            network.head.weight[model.classes_.astype(int)] = torch.as_tensor(
                weights, dtype=torch.float32, device=network.head.weight.device
            )
            network.head.bias[model.classes_.astype(int)] = torch.as_tensor(bias, dtype=torch.float32, device=network.head.bias.device)
            return
        network.head.weight.copy_(torch.as_tensor(weights))
        network.head.bias.copy_(torch.as_tensor(bias))


def head_loss(output: Floats, truth: npt.NDArray[Any], problem_type: str) -> float:
    """Mean squared error or log loss."""
    if problem_type not in CLASSIFICATION:
        return float(np.mean((output - truth) ** 2))
    of_truth = np.where(truth == 1, output, 1 - output) if output.ndim == 1 else output[np.arange(len(truth)), truth.astype(int)]
    return float(-np.mean(np.log(np.maximum(of_truth, 1e-6))))


def _classes(network: Any, problem_type: str) -> int:
    """0 for numbers."""
    return max(2, int(network.head.out_features)) if problem_type in CLASSIFICATION else 0


def _standard(network: Any, features: Any) -> Any:
    return (features - network.center.cpu().numpy()) / network.scale.cpu().numpy()


def _solve(X: Any, y: npt.NDArray[Any], weight: Floats | None, strength: float, classes: int) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    if not classes:
        return Ridge(alpha=1 / strength).fit(X, y, sample_weight=weight)
    return LogisticRegression(C=strength, max_iter=200).fit(X, y, sample_weight=weight)


def _output(model: Any, X: Any, classes: int) -> Floats:
    """Numbers (rows,), or (rows, classes) probabilities, 0 for a class that these training rows lacked."""
    if not classes:
        return np.asarray(model.predict(X), dtype="float64")
    shares = np.zeros((len(X), classes))
    shares[:, model.classes_.astype(int)] = model.predict_proba(X)
    return shares


def _out_of_fold(X: Any, y: npt.NDArray[Any], weight: Floats | None, strength: float, classes: int, splits: Splits) -> Floats:
    output = np.zeros((len(y), classes) if classes else len(y))
    for train, test in splits:
        model = _solve(X[train], y[train], None if weight is None else weight[train], strength, classes)
        output[test] = _output(model, X[test], classes)
    return output
