"""JSON rows become the table a file would give, or one error per field."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workers.engine.bundle.runtime.casting import MISSING
from workers.engine.bundle.runtime.rows import RowsRefused, check_rows, typed_rows
from workers.engine.events import Refused


def entry(name: str, kind: str, required: bool = True, **cast: Any) -> dict[str, Any]:
    how = {"type": kind, "missing": list(MISSING), **cast}
    return {"name": name, "id": name, "type": kind, "role": "feature", "required": required, "cast": how}


SCHEMA: dict[str, Any] = {
    "label": "y",
    "columns": [
        entry("sum", "number", decimal=",", thousands="."),
        entry("age", "integer"),
        entry("home", "boolean"),
        entry("city", "category"),
        entry("on", "datetime", date_format="%d.%m.%Y"),
        entry("note", "text", required=False),
    ],
}
GOOD: dict[str, Any] = {"sum": 1.234, "age": 30, "home": True, "city": "a", "on": "2024-02-01"}


def test_values_keep_their_meaning_whatever_the_training_file_looked_like() -> None:
    rows: list[dict[str, Any]] = [
        GOOD,
        {**GOOD, "sum": "1.234,5", "age": "31", "home": "false", "city": 7, "on": "01.02.2024"},
        dict.fromkeys(GOOD),
    ]
    frame, warnings = typed_rows(rows, SCHEMA)
    assert warnings == []
    assert frame["sum"].tolist()[:2] == [1.234, 1234.5] and frame["age"].tolist()[:2] == [30, 31]
    assert frame["home"].tolist()[:2] == [True, False] and frame["city"].tolist()[:2] == ["a", "7"]
    assert frame["on"].tolist()[:2] == [pd.Timestamp("2024-02-01")] * 2
    assert frame.iloc[2].isna().all()


def test_every_field_at_fault_is_named() -> None:
    rows = [GOOD, {**GOOD, "sum": True, "age": "old", "home": 1, "city": ["x"], "on": "30.02.2024"}, {"sum": 1}]
    with pytest.raises(RowsRefused) as caught:
        typed_rows(rows, SCHEMA)
    found = {(error["row"], error["column"]): error["code"] for error in caught.value.errors}
    assert found == {
        (2, "sum"): "wrong_type",
        (2, "age"): "not_a_number",
        (2, "home"): "wrong_type",
        (2, "city"): "wrong_type",
        (2, "on"): "not_a_date",
        (3, "age"): "missing_field",
        (3, "home"): "missing_field",
        (3, "city"): "missing_field",
        (3, "on"): "missing_field",
    }
    assert all(error["message"] % error["params"] for error in caught.value.errors)


def test_a_column_no_row_has_is_a_missing_column_and_an_unknown_one_a_warning() -> None:
    with pytest.raises(Refused, match="missing_columns") as caught:
        typed_rows([{**{k: v for k, v in GOOD.items() if k != "city"}, "City": "a"}], SCHEMA)
    assert caught.value.params["suggestions"] == {"city": "City"}
    assert [w["code"] for w in typed_rows([{**GOOD, "extra": 1}], SCHEMA)[1]] == ["extra_columns"]


@pytest.mark.parametrize("rows", [None, [], {}, "x", [1], [[]], [{}, None]])
def test_rows_must_be_a_list_of_objects(rows: Any) -> None:
    with pytest.raises(Refused, match="rows_invalid"):
        check_rows(rows)
