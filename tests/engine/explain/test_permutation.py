"""Importance: what matters ranks first, what does not is near zero, and the clock is kept."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.evaluate.truth import Truth
from workers.engine.explain.permutation import foremost, importance_make

RNG = np.random.default_rng(0)


class Linear:
    """Predicts 2 x strong + weak; the columns have internal ids."""

    calls = 0

    def predict(self, frame: pd.DataFrame, model: str) -> pd.Series[Any]:
        type(self).calls += 1
        return 2 * frame["c0001"] + 0.3 * frame["c0002"]


def _explain(rows: int = 400, **changes: Any) -> dict[str, Any]:
    frame = pd.DataFrame({name: RNG.normal(size=rows) for name in ("strong", "weak", "idle", "who")})
    columns = [
        {"name": name, "id": f"c{number:04d}", "type": "number", "role": "feature", "required": True}
        for number, name in enumerate(("strong", "weak", "idle"), start=1)
    ]
    schema = {"use_case": "none/none", "columns": [*columns, {"name": "who", "id": "c0004", "type": "number", "role": "sensitive"}]}
    truth = Truth("regression", (2 * frame.strong + 0.3 * frame.weak).to_numpy(), None, None)
    options = {"metric": "root_mean_squared_error", "rows_per_s": 1e5, "until": time.time() + 5, "seed": 0, **changes}
    return importance_make(options.pop("predictor", Linear()), "m", frame, truth, schema, **options)


def test_columns_are_ranked_by_what_shuffling_them_costs() -> None:
    result = _explain()
    assert [entry["column"] for entry in result["importance"]] == ["strong", "weak", "idle"]
    assert result["importance"][0]["low"] > result["importance"][1]["high"]
    assert result["importance"][2]["importance"] == pytest.approx(0, abs=1e-9)
    assert (result["rows_used"], result["shuffles"]) == (400, 10)


def test_little_time_takes_fewer_rows_and_two_passes() -> None:
    class Slow(Linear):
        def predict(self, frame: pd.DataFrame, model: str) -> pd.Series[Any]:
            time.sleep(len(frame) / 2000)
            return super().predict(frame, model)

    started = time.time()
    result = _explain(rows=3000, rows_per_s=2000.0, until=time.time() + 0.5, predictor=Slow())
    assert 100 <= result["rows_used"] <= 150 and result["shuffles"] == 2
    assert time.time() - started < 2


def test_every_column_is_shuffled_equally_often() -> None:
    assert len(_explain(until=time.time() + 0.01)["importance"]) == 3


def test_a_deadline_that_has_passed_leaves_it_out() -> None:
    assert _explain(until=time.time() - 1)["importance"] == []


def test_a_wide_table_is_explained_by_the_columns_that_go_with_the_prediction() -> None:
    class Slow(Linear):
        def predict(self, frame: pd.DataFrame, model: str) -> pd.Series[Any]:
            time.sleep(len(frame) / 20_000)
            return super().predict(frame, model)

    names = ["strong", "weak", *(f"idle {n}" for n in range(1_000))]
    frame = pd.DataFrame(RNG.normal(size=(200, len(names))), columns=names)
    columns = [{"name": name, "id": f"c{n:04d}", "type": "number", "role": "feature"} for n, name in enumerate(names, start=1)]
    truth = Truth("regression", (2 * frame.strong + 0.3 * frame.weak).to_numpy(), None, None)
    result = importance_make(
        Slow(), "m", frame, truth, {"use_case": "none/none", "columns": columns},
        metric="root_mean_squared_error", rows_per_s=20_000, until=time.time() + 2, seed=0,
    )  # fmt: skip
    assert 20 <= len(result["importance"]) < 500 and len(result["importance"]) + result["left_out"] == len(names)
    assert result["importance"][0]["column"] == "strong"


def test_words_go_with_the_prediction_too() -> None:
    word = RNG.choice(["a", "b", "c"], 300)
    frame = pd.DataFrame({"noise": RNG.normal(size=300), "id": [f"k{n}" for n in range(300)], "word": word, "same": "x"})
    assert foremost(frame, list(frame), (word == "a") + RNG.normal(0, 0.1, 300), 1) == ["word"]
