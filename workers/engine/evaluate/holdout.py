"""Every model against the rows that nothing was learned from."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.bundle.runtime.answers import answers
from workers.engine.evaluate.bootstrap import Bootstrapped, Resamples
from workers.engine.evaluate.metrics import HIGHER_IS_BETTER
from workers.engine.evaluate.truth import Floats, Truth

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor


def predict(predictor: TabularPredictor, model: str, frame: pd.DataFrame, truth: Truth) -> Floats:
    """(rows,) probability of the positive class or the value; (rows, classes) or (rows, quantiles).

    `frame`: model frame without the label.
    """
    table = answers(predictor, frame, truth.schema, model=model)
    if truth.problem_type == "binary":
        chosen: Floats = table[truth.positive_class].to_numpy("float64")
        return chosen
    if truth.problem_type == "multiclass":  # a class that no training row had is never predicted
        table = table.reindex(columns=truth.classes, fill_value=0.0)
    every: Floats = table.to_numpy("float64")
    return every[:, 0] if truth.problem_type == "regression" else every


@dataclass
class Scored:
    """A model's holdout predictions and what they are worth."""

    prediction: Floats
    boot: Bootstrapped
    rows_per_s: float


class HoldoutScores:
    """Scores models one by one, so that what is done by the deadline is kept."""

    def __init__(
        self,
        predictor: TabularPredictor,
        frame: pd.DataFrame,
        truth: Truth,
        *,
        groups: npt.NDArray[np.int_] | None,
        seed: int,
    ) -> None:
        self.predictor = predictor
        self.frame = frame
        self.truth = truth
        self.resamples = Resamples(len(frame), groups=groups, seed=seed)
        self.scored: dict[str, Scored] = {}

    def score(self, model: str, only: Collection[str] | None = None) -> Scored:
        """`only`: the metrics to give intervals for; None is all of them."""
        started = time.monotonic()
        prediction = predict(self.predictor, model, self.frame, self.truth)
        seconds = time.monotonic() - started
        boot = self.resamples.metrics(self.truth, prediction, only)
        self.scored[model] = Scored(prediction, boot, round(len(self.frame) / max(seconds, 1e-6), 1))
        return self.scored[model]

    def best(self, metric: str) -> str:
        """The model with the best holdout value, among those scored."""
        sign = 1 if HIGHER_IS_BETTER[metric] else -1
        return max(self.scored, key=lambda name: sign * self.scored[name].boot.point[metric])

    def fields(self, model: str, metric: str) -> dict[str, Any]:
        """The holdout part of a leaderboard row; nothing for a model that was not scored."""
        scored = self.scored.get(model)
        if scored is None:
            return {}
        interval = scored.boot.interval(metric)
        best = self.scored[self.best(metric)]
        return {
            "score_holdout": interval.value,
            "ci_low": interval.low,
            "ci_high": interval.high,
            "tied_with_best": scored is best or scored.boot.tied_with(best.boot, metric),
            "predict_rows_per_s": scored.rows_per_s,
            "metrics": scored.boot.point,
        }


def size_mb(predictor_dir: Path, models: list[str]) -> float:
    """Megabytes on disk of `models` together."""
    total = 0
    for model in models:
        folder = predictor_dir / "models" / model
        total += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return round(total / 1e6, 3)
