"""AutoGluon with a preset of its own (`medium_quality`, `best_quality`), in the repository's venv."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pandas as pd
from autogluon.tabular import TabularPredictor

from benchmarks.peers.task import Task, task_run

PRESET = sys.argv[4]


def search(task: Task) -> Callable[[pd.DataFrame], pd.DataFrame]:
    predictor = TabularPredictor(
        task.label, problem_type=task.problem_type, eval_metric=task.metric, path=str(task.out / "predictor"), verbosity=1
    )
    predictor.fit(task.train, presets=PRESET, time_limit=task.seconds, num_cpus=os.cpu_count())
    if task.problem_type == "regression":
        return lambda frame: predictor.predict(frame).to_frame()
    return lambda frame: predictor.predict_proba(frame)


if __name__ == "__main__":
    task_run(search)
