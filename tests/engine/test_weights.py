"""Rows that count differently."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.events import Refused
from workers.engine.spec import FitSpec
from workers.engine.weights import holdout_weights, row_weights, weights_check

FRAME = pd.DataFrame({"w": [1.0, 2, 3, 2], "label": ["a", "a", "a", "b"]})


def spec(**settings: Any) -> FitSpec:
    roles = settings.pop("roles", {"weight": ["w"]})
    return FitSpec.model_validate({"label": "label", "problem_type": "binary", "roles": roles, "settings": settings})


def test_a_column_of_weights_counts_in_learning_and_in_measuring() -> None:
    made, measured = row_weights(FRAME, spec()), holdout_weights(FRAME, spec())
    assert made is not None and made.tolist() == [0.5, 1.0, 1.5, 1.0]
    assert measured is not None and measured.tolist() == [1, 2, 3, 2]


def test_balanced_classes_count_alike_in_learning_and_as_they_are_in_measuring() -> None:
    balanced = spec(roles={}, class_weight="balanced")
    made = row_weights(FRAME, balanced)
    assert made is not None and made.tolist() == pytest.approx([2 / 3] * 3 + [2.0])
    assert holdout_weights(FRAME, balanced) is None


def test_rows_alike_have_no_weights() -> None:
    assert row_weights(FRAME, spec(roles={})) is None
    number = FitSpec.model_validate({"label": "label", "problem_type": "regression", "settings": {"class_weight": "balanced"}})
    assert number.weighed == "" and row_weights(FRAME, number) is None


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf, "much"])
def test_weights_that_make_no_sense_are_refused_with_their_rows(bad: Any) -> None:
    frame = FRAME.assign(w=pd.Series([1.0, bad, 2.0, bad], dtype=object))
    with pytest.raises(Refused) as refusal:
        weights_check(frame, spec())
    assert refusal.value.code == "weight_invalid" and refusal.value.rows == [2, 4] and refusal.value.column == "w"
    assert "in 2 rows" in refusal.value.message % refusal.value.params


def test_nothing_but_zeros_and_two_ways_at_once_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        weights_check(FRAME.assign(w=0.0), spec())
    assert refusal.value.code == "weight_invalid" and refusal.value.message % refusal.value.params
    with pytest.raises(Refused) as refusal:
        weights_check(FRAME, spec(class_weight="balanced"))
    assert refusal.value.code == "weights_conflict"
    weights_check(FRAME, spec())  # and these are well
