from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engine.bundle.runtime import casting


def cast(values: list[str | None], **spec: Any) -> tuple[list[Any], list[bool]]:
    typed, wrong = casting.cast_array(pa.array(values, pa.string()), spec)
    return typed.to_pylist(), wrong.to_pylist()


@pytest.mark.parametrize(
    ("spec", "cell", "value"),
    [
        ({"type": "integer"}, " 12 ", 12),
        ({"type": "integer"}, "+3", 3),
        ({"type": "integer"}, "3.0", 3),
        ({"type": "integer"}, "3.5", 3.5),  # a fraction is still a number; the model sees numbers
        ({"type": "number"}, "1e400", None),
        ({"type": "number"}, "-Infinity", None),
        ({"type": "number"}, "?", None),
        ({"type": "number", "missing": ["", "unknown"]}, "unknown", None),
        ({"type": "number", "decimal": ","}, "1,5", 1.5),
        ({"type": "number", "decimal": ",", "thousands": "."}, "1.234.567,5", 1234567.5),
        ({"type": "number", "thousands": ","}, "-1,234", -1234.0),
        ({"type": "number", "thousands": " \u00a0\u202f'"}, "1\u00a0234", 1234.0),
        ({"type": "number", "strip": "%"}, "12.5 %", 12.5),
        ({"type": "number", "strip": "€"}, "-€3", -3.0),
        ({"type": "boolean"}, "TRUE", True),
        ({"type": "category"}, "\u3000 a b ", "a b"),
        ({"type": "category"}, "none", "none"),
        ({"type": "category"}, "NA", None),
        ({"type": "datetime", "date_format": "iso"}, "2024-01-31T10:00:00.25+02:00", datetime(2024, 1, 31, 8, 0, 0, 250000)),
        ({"type": "datetime", "date_format": "iso"}, "9999-12-31", datetime(9999, 12, 31)),
        ({"type": "datetime", "date_format": "%d/%m/%Y"}, "1/2/2024", datetime(2024, 2, 1)),
        ({"type": "datetime", "date_format": "%d.%m.%y %H:%M"}, "1.2.24 9:30", datetime(2024, 2, 1, 9, 30)),
        ({"type": "datetime", "date_format": "%b-%Y"}, "Mar-2018", datetime(2018, 3, 1)),
    ],
)
def test_a_cell_is_read(spec: dict[str, Any], cell: str, value: object) -> None:
    assert cast([cell], **spec) == ([value], [False])


@pytest.mark.parametrize(
    ("spec", "cell"),
    [
        ({"type": "integer"}, "abc"),
        ({"type": "integer"}, "0x1A"),
        ({"type": "number"}, "1,5"),
        ({"type": "number"}, "1_000"),
        ({"type": "number", "thousands": ","}, "1,23"),
        ({"type": "number", "thousands": ","}, "0,123"),
        ({"type": "number", "decimal": ",", "thousands": "."}, "1.23"),
        ({"type": "boolean"}, "yes"),
        ({"type": "datetime", "date_format": "iso"}, "2024-02-30"),
        ({"type": "datetime", "date_format": "%d/%m/%Y"}, "30/02/2024"),
        ({"type": "datetime", "date_format": "%d/%m/%Y"}, "1/2/24"),
        ({"type": "datetime", "date_format": "%d/%m/%Y"}, "2024-01-31"),
    ],
)
def test_an_unreadable_cell_is_missing_and_reported(spec: dict[str, Any], cell: str) -> None:
    assert cast([cell, ""], **spec) == ([None, None], [True, False])


def test_a_table_is_cast_in_place_and_names_each_bad_cell() -> None:
    raw = pa.table({"extra": ["x", "y", "z"], "n": ["1", "oops", ""], "d": ["2024-01-31", "", "2024-13-01"]})
    columns = [
        {"name": "n", "cast": {"type": "integer"}},
        {"name": "d", "cast": {"type": "datetime", "date_format": "iso"}},
        {"name": "gone", "cast": {"type": "text"}},
    ]
    frame, bad = casting.cast_table(raw, columns)
    assert list(frame.columns) == ["n", "d"] and len(frame) == 3
    assert [(cell.row, cell.column, cell.value, cell.code) for cell in bad] == [
        (1, "n", "oops", "not_a_number"),
        (2, "d", "2024-13-01", "not_a_date"),
    ]
    assert "oops" in bad[0].reason % {"column": bad[0].column, "value": bad[0].value}


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (True, "true"), (3.0, "3"), (2.5, "2.5"), (7, "7"), ("a", "a"), (1e300, "1e+300")])
def test_online_values_become_the_cells_a_file_would_hold(value: object, cell: str) -> None:
    assert casting.cells([value]) == [cell]


@given(
    st.lists(
        st.one_of(st.integers(-(10**15), 10**15).map(str), st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr)),
        min_size=1,
        max_size=30,
    )
)
def test_plain_numbers_survive(values: list[str]) -> None:
    assert cast(list(values), type="number")[0] == [float(value) for value in values]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=20), st.sampled_from(["integer", "number", "boolean", "datetime", "category"]))
def test_no_text_makes_casting_fail_and_length_is_kept(values: list[str], kind: str) -> None:
    for date_format in ("iso", "%d/%m/%Y") if kind == "datetime" else ("iso",):
        typed, wrong = cast(list(values), type=kind, date_format=date_format)
        assert len(typed) == len(wrong) == len(values)
