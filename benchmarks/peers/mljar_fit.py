"""mljar-supervised in its mode for the best model, in the venv that peers/mljar/requirements.txt describes."""

from __future__ import annotations

import os
from collections.abc import Callable

import pandas as pd
from supervised.automl import AutoML

from benchmarks.peers.task import Task, task_run

METRICS = {"roc_auc": "auc", "log_loss": "logloss", "root_mean_squared_error": "rmse"}
TASKS = {"binary": "binary_classification", "multiclass": "multiclass_classification", "regression": "regression"}


def search(task: Task) -> Callable[[pd.DataFrame], pd.DataFrame]:
    automl = AutoML(
        results_path=str(task.out / "mljar"),
        mode="Compete",
        ml_task=TASKS[task.problem_type],
        eval_metric=METRICS[task.metric],
        total_time_limit=int(task.seconds),
        n_jobs=os.cpu_count() or 1,
        random_state=task.seed,
        explain_level=0,
        verbose=0,
    )
    automl.fit(task.features, task.target)
    if task.problem_type == "regression":
        return lambda frame: pd.DataFrame({task.label: automl.predict(frame)})
    columns = {f"prediction_{name}": name for name in task.target.unique()}
    return lambda frame: automl.predict_all(frame)[list(columns)].rename(columns=columns)


if __name__ == "__main__":
    task_run(search)
