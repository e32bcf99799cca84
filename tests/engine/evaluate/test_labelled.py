"""Predictions compared with the labels of a scored file."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from workers.engine.bundle.runtime.casting import MISSING
from workers.engine.evaluate.labelled import MIN_ROWS, Labelled


def schema(problem_type: str, kind: str, classes: list[str] | None = None, positive: str | None = None) -> dict[str, Any]:
    column = {"name": "y", "type": kind, "role": "label", "cast": {"type": kind, "missing": list(MISSING)}}
    return {"label": "y", "problem_type": problem_type, "classes": classes, "positive_class": positive, "columns": [column]}


def metrics(compared: Labelled) -> dict[str, float]:
    evaluation = compared.evaluation()
    assert evaluation is not None
    return {item["metric"]: item["value"] for item in evaluation["metrics"]}


def feed(compared: Labelled, labels: list[str], predictions: pd.DataFrame) -> Labelled:
    for start in range(0, len(labels), 7):
        compared(pa.chunked_array([pa.array(labels[start : start + 7])]), predictions.iloc[start : start + 7])
    return compared


def test_two_classes_and_labels_that_are_missing_or_unknown() -> None:
    labels = ["1", "0", "1.0", "0"] * 3 + ["NA", "2"]
    p = [0.9, 0.2, 0.8, 0.6] * 3 + [0.5, 0.5]
    compared = feed(Labelled(schema("binary", "integer", ["0", "1"], "1")), labels, pd.DataFrame({"probability_1": p}))
    evaluation = compared.evaluation()
    assert evaluation is not None
    assert (evaluation["rows"], evaluation["rows_labelled"], evaluation["rows_without"]) == (12, 12, 2)
    found = metrics(compared)
    assert (found["roc_auc"], found["accuracy"]) == (1.0, 0.75) and found["f1"] == pytest.approx(0.8)


def test_several_classes_one_of_which_is_never_predicted() -> None:
    predictions = pd.DataFrame({"probability_a": [0.9, 0.1] * 6, "probability_b": [0.1, 0.9] * 6})
    compared = feed(Labelled(schema("multiclass", "category", ["a", "b", "c"])), ["a", "b"] * 5 + ["c", "b"], predictions)
    assert metrics(compared)["accuracy"] == pytest.approx(11 / 12)


def test_numbers() -> None:
    compared = feed(
        Labelled(schema("regression", "number")), [str(n) for n in range(20)], pd.DataFrame({"prediction": [n + 2.0 for n in range(20)]})
    )
    found = metrics(compared)
    assert found["root_mean_squared_error"] == found["mean_absolute_error"] == 2 and 0.8 < found["r2"] < 1


def test_a_handful_of_labels_says_nothing() -> None:
    few = MIN_ROWS - 1
    assert feed(Labelled(schema("regression", "number")), ["1"] * few, pd.DataFrame({"prediction": [1.0] * few})).evaluation() is None


def test_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.engine.evaluate.labelled.MOST_NUMBERS", 40)
    compared = feed(Labelled(schema("regression", "number")), ["1"] * 100, pd.DataFrame({"prediction": [1.0] * 100}))
    evaluation = compared.evaluation()
    assert evaluation is not None and (evaluation["rows"], evaluation["rows_labelled"]) == (13, 100)
