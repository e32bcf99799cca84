"""What every system is given, and what it leaves: pandas alone, for it runs in each peer's own venv."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Task:
    """`train`: with the label. `holdout`: the rows to predict, without it. `seconds`: for the search, imports not counted."""

    train: pd.DataFrame
    holdout: pd.DataFrame
    label: str
    problem_type: str
    metric: str
    text: list[str]
    seed: int
    seconds: float
    out: Path

    @property
    def features(self) -> pd.DataFrame:
        return self.train.drop(columns=[self.label])

    @property
    def target(self) -> pd.Series[Any]:
        return self.train[self.label]


@dataclass(frozen=True)
class Landing:
    """`weights`: what was there after `seconds` of the search and would have been used: the weight of each model."""

    seconds: float
    weights: dict[str, float]


def landings_write(task: Task, landings: list[Landing], predict: Callable[[str], pd.DataFrame]) -> None:
    """OUT/landings.json and OUT/predictions-MODEL.parquet, for benchmarks/anytime.py; `predict` the holdout by a model's name."""
    for model in sorted({name for landing in landings for name in landing.weights}):
        predictions = predict(model)
        predictions.columns = predictions.columns.astype(str)
        predictions.to_parquet(task.out / f"predictions-{model}.parquet", index=False)
    (task.out / "landings.json").write_text(json.dumps([[landing.seconds, landing.weights] for landing in landings]))


def task_run(search: Callable[[Task], Callable[[pd.DataFrame], pd.DataFrame]]) -> None:
    """`script FOLDER SECONDS OUT`: time `search`, then write OUT/predictions.parquet and OUT/took.json.

    `search` returns the function that predicts: (rows) -> (rows, classes by name), or one column for numbers.
    """
    folder, seconds, out = Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    facts = json.loads((folder / "task.json").read_text())
    facts.pop("sha256")
    train, holdout = pd.read_parquet(folder / "train.parquet"), pd.read_parquet(folder / "holdout.parquet")
    task = Task(train=train, holdout=holdout, seconds=seconds, out=out, **facts)
    started = time.monotonic()
    predict = search(task)
    took = time.monotonic() - started
    predictions = predict(holdout)
    predictions.columns = predictions.columns.astype(str)
    predictions.to_parquet(out / "predictions.parquet", index=False)
    (out / "took.json").write_text(json.dumps({"seconds": round(took, 2)}))
