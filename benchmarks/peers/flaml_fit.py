"""FLAML as its documentation calls it, in the venv that peers/flaml/requirements.txt describes."""

from __future__ import annotations

import os
from collections.abc import Callable

import pandas as pd
from flaml import AutoML

from benchmarks.peers.task import Task, task_run

METRICS = {"roc_auc": "roc_auc", "log_loss": "log_loss", "root_mean_squared_error": "rmse"}


def search(task: Task) -> Callable[[pd.DataFrame], pd.DataFrame]:
    automl = AutoML()
    automl.fit(
        task.features,
        task.target,
        task="regression" if task.problem_type == "regression" else "classification",
        metric=METRICS[task.metric],
        time_budget=task.seconds,
        n_jobs=os.cpu_count(),
        seed=task.seed,
        verbose=0,
    )
    if task.problem_type == "regression":
        return lambda frame: pd.DataFrame({task.label: automl.predict(frame)})
    return lambda frame: pd.DataFrame(automl.predict_proba(frame), columns=automl.classes_)


if __name__ == "__main__":
    task_run(search)
