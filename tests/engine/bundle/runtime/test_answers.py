"""Raw answers of a predictor, put right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.bundle.runtime.answers import answers, called, middle_name, quantile_name

TABLE = pd.DataFrame({"c1": [1.0, 2.0]}, index=[4, 9])


class Says:
    """A predictor that answers the same whatever it is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def predict(self, table: pd.DataFrame, model: str | None = None) -> Any:
        return self.answer

    predict_proba = predict


def test_quantiles_that_cross_are_put_in_order() -> None:
    says = Says(pd.DataFrame({0.1: [5.0, 1.0], 0.5: [4.0, 2.0], 0.9: [6.0, 3.0]}, index=TABLE.index))
    found = answers(says, TABLE, {"problem_type": "quantile", "quantile_levels": [0.1, 0.5, 0.9]})
    assert found.to_dict("list") == {"q10": [4.0, 1.0], "q50": [5.0, 2.0], "q90": [6.0, 3.0]}
    assert found.index.tolist() == [4, 9]


def test_a_count_is_never_below_zero_and_other_numbers_may_be() -> None:
    says = Says(pd.Series([-0.5, 2.0], index=TABLE.index))
    assert answers(says, TABLE, {"problem_type": "regression", "distribution": "poisson"})["prediction"].tolist() == [0.0, 2.0]
    assert answers(says, TABLE, {"problem_type": "regression"})["prediction"].tolist() == [-0.5, 2.0]


def test_what_was_learned_about_probabilities_belongs_to_one_model() -> None:
    says = Says(pd.DataFrame({"no": [0.5, 0.8], "yes": [0.5, 0.2]}, index=TABLE.index))
    odds = {"applied": True, "model": "A", "scale": 1.0, "shift": {"yes": float(np.log(1 / 9))}}
    schema = {"problem_type": "binary", "calibration": odds}
    assert answers(says, TABLE, schema)["yes"].tolist() == pytest.approx([0.1, 1 / 37])
    assert answers(says, TABLE, schema, model="A")["yes"].tolist() == pytest.approx([0.1, 1 / 37])
    assert answers(says, TABLE, schema, model="B")["yes"].tolist() == [0.5, 0.2]


def test_the_class_a_row_is_called_follows_the_threshold() -> None:
    shares = pd.DataFrame({"no": [0.7, 0.8], "yes": [0.3, 0.2]})
    schema: dict[str, Any] = {"problem_type": "binary", "positive_class": "yes"}
    assert called(shares, schema).tolist() == ["no", "no"]
    assert called(shares, schema | {"threshold": {"value": 0.3}}).tolist() == ["yes", "no"]
    assert called(pd.DataFrame({"a": [0.2], "b": [0.5], "c": [0.3]}), {"problem_type": "multiclass"}).tolist() == ["b"]


def test_names_of_quantiles() -> None:
    assert [quantile_name(level) for level in (0.025, 0.1, 0.5)] == ["q2.5", "q10", "q50"]
    assert middle_name([0.1, 0.4, 0.9]) == "q40"
