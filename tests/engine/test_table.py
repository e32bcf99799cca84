"""Rows in = rows used + rows set aside, and no model is tried on what cannot be learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.fitting import make_job, table
from workers.engine.events import Refused
from workers.engine.spec import fit_spec_load
from workers.engine.table import Table, label_text, table_load


def _load(tmp_path: Path, frame: pd.DataFrame, problem_type: str, **changes: Any) -> Table:
    make_job(tmp_path, frame, problem_type, 60, **changes)
    return table_load(tmp_path, fit_spec_load(tmp_path))


def test_rows_without_a_label_are_set_aside_and_counted(tmp_path: Path) -> None:
    frame = table(kind="regression")
    frame.loc[:6, "outcome"] = np.nan
    loaded = _load(tmp_path, frame, "regression")
    assert loaded.set_aside == {"label_missing": 7}
    assert loaded.rows_in == len(loaded.frame) + sum(loaded.set_aside.values())


def test_a_class_too_rare_to_test_is_set_aside_with_its_name(tmp_path: Path) -> None:
    loaded = _load(tmp_path, table(kind="multiclass"), "multiclass")
    assert loaded.set_aside == {"rare_class": 3}
    assert loaded.warnings[0]["params"]["classes"] == "once"
    assert loaded.schema["classes"] == ["high", "low", "mid"]


def test_the_schema_knows_roles_and_what_is_required(tmp_path: Path) -> None:
    schema = _load(tmp_path, table(), "binary").schema
    columns = {column["name"]: column for column in schema["columns"]}
    assert columns["sex"]["role"] == "sensitive" and not columns["sex"]["required"]
    assert columns["outcome"]["role"] == "label"
    assert columns["age"]["role"] == "feature" and columns["age"]["required"]
    assert columns["purpose"]["categories"] == ["car", 'house, "big"', "école"]
    assert schema["classes"] == ["0", "1"] and schema["positive_class"] == "1"


def test_classes_read_the_same_whatever_type_they_came_in() -> None:
    assert label_text(pd.Series([1, 0])).tolist() == ["1", "0"]
    assert label_text(pd.Series([1.0, np.nan])).tolist() == ["1", None]
    assert label_text(pd.Series([True, False])).tolist() == ["true", "false"]
    assert label_text(pd.Series(["a", None])).tolist() == ["a", None]


@pytest.mark.parametrize(
    ("problem_type", "outcome", "code"),
    [
        ("binary", [None] * 300, "target_all_missing"),
        ("binary", ["x"] * 300, "target_constant"),
        ("binary", ["0"] * 298 + ["1"] * 2, "rare_class"),
        ("binary", ["x", "y", "z"] * 100, "label_not_binary"),
        ("binary", ["x", "y"] * 150, "positive_class_unknown"),
        ("multiclass", ["x"] * 298 + ["y"] * 2, "rare_class"),
        ("regression", [1.0] * 300, "target_constant"),
        ("regression", [1.0] * 5 + [np.nan] * 290 + [2.0] * 5, "too_few_rows"),
    ],
)
def test_a_label_nothing_can_be_learned_from_is_refused(tmp_path: Path, problem_type: str, outcome: list[Any], code: str) -> None:
    frame = table().assign(outcome=pd.Series(outcome))
    with pytest.raises(Refused) as caught:
        _load(tmp_path, frame, problem_type)
    assert caught.value.code == code
    assert caught.value.message % caught.value.params


def test_an_unknown_label_and_a_table_without_features_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="label_unknown"):
        _load(tmp_path, table(), "binary", label="nope")
    frame = table()[["row id", "sex", "outcome"]]
    with pytest.raises(Refused, match="no_features"):
        _load(tmp_path, frame, "binary")
