"""AutoGluon with a preset of its own (`medium_quality`, `best_quality`), in the repository's venv."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import pandas as pd
from autogluon.core.callbacks import AbstractCallback
from autogluon.tabular import TabularPredictor

from benchmarks.peers.task import Landing, Task, landings_write, task_run

PRESET = sys.argv[4]


class Clock(AbstractCallback):  # type: ignore[misc]
    """Notes when each model was finished."""

    def __init__(self) -> None:
        super().__init__()
        self.started = time.time()
        self.landed: list[Landing] = []

    def _after_model_fit(self, trainer: Any, *, model_names: list[str], **kwargs: Any) -> bool:
        self.landed += [Landing(time.time() - self.started, {name: 1.0}) for name in model_names]
        return False


def search(task: Task) -> Callable[[pd.DataFrame], pd.DataFrame]:
    predictor = TabularPredictor(
        task.label, problem_type=task.problem_type, eval_metric=task.metric, path=str(task.out / "predictor"), verbosity=1
    )
    clock = Clock()
    predictor.fit(task.train, presets=PRESET, time_limit=task.seconds, num_cpus=os.cpu_count(), callbacks=[clock])
    if os.environ.get("BENCH_LANDINGS"):
        one, there = task.problem_type == "regression", set(predictor.model_names())
        landings_write(
            task,
            [landing for landing in clock.landed if set(landing.weights) <= there],
            lambda model: (
                predictor.predict(task.holdout, model=model).to_frame() if one else predictor.predict_proba(task.holdout, model=model)
            ),
        )
    if task.problem_type == "regression":
        return lambda frame: predictor.predict(frame).to_frame()
    return lambda frame: predictor.predict_proba(frame)


if __name__ == "__main__":
    task_run(search)
