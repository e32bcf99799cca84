"""What a column is worth beside the others: a small boosted model, in seconds, so that an accusation comes with a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engine.intake import associations as measure
from workers.engine.intake.associations import Floats, Ints

if TYPE_CHECKING:
    from workers.engine.intake.leaks import Target

ROWS = 4000


@dataclass(frozen=True)
class Shown:
    """AUC or R2 on rows the model did not see, ``along`` with the column and ``alone`` without it."""

    measure: str
    along: float
    alone: float


def quick_score(honest: Mapping[str, Ints], asked: Mapping[str, Ints], target: Target) -> dict[str, Shown]:
    """For each asked column what the honest ones reach with and without it. All columns come as ``associations.groups``, (n,)."""
    n = len(target.classes) if target.classes is not None else len(target.numbers) if target.numbers is not None else 0
    at = np.random.default_rng(0).permutation(n)[:ROWS]
    if len(at) < 60:
        return {}
    from threadpoolctl import threadpool_limits

    answer = target.numbers[at] if target.numbers is not None else _largest(target, at)
    name = "R2" if target.kind == "number" else "AUC"
    base = [group[at] for group in honest.values()]
    with threadpool_limits(1):  # so little work that threads only wait for each other
        alone = _reached(base, answer, name)
        return {column: Shown(name, _reached([*base, group[at]], answer, name), alone) for column, group in asked.items()}


def _largest(target: Target, at: Ints) -> Floats:
    """0 and 1: the second class of two, the most frequent of several."""
    assert target.classes is not None
    wanted = 1 if len(target.words) == 2 else int(np.bincount(target.classes).argmax())
    positive: Floats = (target.classes[at] == wanted).astype("float64")
    return positive


def _reached(columns: list[Ints], answer: Floats, name: str) -> float:
    """Learned on one half, judged on the other. Without columns: what guessing reaches."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    half = len(answer) // 2
    if not columns or np.ptp(answer[:half]) == 0 or np.ptp(answer[half:]) == 0:
        return 0.5 if name == "AUC" else 0.0
    table = np.column_stack([_by_mean(group, answer, half) for group in columns])
    settings = {"max_iter": 40, "learning_rate": 0.15, "max_leaf_nodes": 8, "min_samples_leaf": 10, "random_state": 0, "early_stopping": False}  # fmt: skip
    if name == "AUC":
        model = HistGradientBoostingClassifier(**settings).fit(table[:half], answer[:half])
        return measure.auc(model.predict_proba(table[half:])[:, 1], answer[half:] == 1)
    predicted = HistGradientBoostingRegressor(**settings).fit(table[:half], answer[:half]).predict(table[half:])
    spread = float(((answer[half:] - answer[half:].mean()) ** 2).sum())
    return max(0.0, 1 - float(((answer[half:] - predicted) ** 2).sum()) / spread)


def _by_mean(group: Ints, answer: Floats, half: int) -> Floats:
    """(n,) groups of names have no order: each takes the place of its mean answer, learned on the half that trains."""
    size = int(group.max()) + 1
    if size <= 64:
        return group.astype("float64")
    count = np.bincount(group[:half], minlength=size)
    mean = answer[:half].mean()
    means = (np.bincount(group[:half], weights=answer[:half], minlength=size) + measure.PRIOR * mean) / (count + measure.PRIOR)
    placed: Floats = means[group]
    return placed
