from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engine.bundle.runtime import casting
from workers.engine.bundle.runtime.numerals import GAPS, is_infinite


def cast(cell: str, **spec: Any) -> Any:
    typed, wrong = casting.cast_array(pa.array([cell]), spec)
    return "wrong" if wrong[0].as_py() else typed[0].as_py()


@pytest.mark.parametrize(
    ("spec", "cell", "value"),
    [
        ({"strip": "$", "thousands": ","}, "$1,234.50", 1234.5),
        ({"strip": "$", "thousands": ","}, "($1,234.50)", -1234.5),
        ({"strip": "$", "thousands": ","}, "$(1,234.50)", -1234.5),
        ({"strip": "€", "thousands": GAPS, "decimal": ","}, "1 200,50 €", 1200.5),
        ({"strip": "€", "thousands": GAPS, "decimal": ","}, "−1\u202f200,50\u00a0€", -1200.5),
        ({"strip": "USD", "thousands": ","}, "USD 1,200", 1200.0),
        ({"strip": "元"}, "12.5元", 12.5),
        ({"strip": "%"}, "12%", 12.0),
        ({"strip": "kg"}, "12 kg", 12.0),
        ({"strip": "kg"}, "12 lb", "wrong"),
        ({"strip": "€"}, "1€2", "wrong"),
        ({}, "(5)", -5.0),
        ({}, "12-", -12.0),
        ({}, "\u22125.5", -5.5),
        ({}, "\uff11\uff12\uff0e\uff15", 12.5),
        ({}, "- 5", -5.0),
        ({}, "-(5)", "wrong"),
        ({}, "1-2", "wrong"),
        ({"thousands": ","}, "1,00,000", 100000.0),
        ({"thousands": ","}, "12,34,567.5", 1234567.5),
        ({"thousands": ","}, "1,2,3", "wrong"),
        ({"thousands": "'\u2019"}, "1\u2019234.5", 1234.5),
        ({}, "1e400", None),
        ({"missing": ["999"]}, "999.0", None),
    ],
)
def test_a_number_is_read_exactly_or_not_at_all(spec: dict[str, Any], cell: str, value: object) -> None:
    assert cast(cell, type="number", **spec) == value


def test_integers_never_go_through_floating_point() -> None:
    typed, wrong = casting.cast_array(pa.array(["12345678901234567", "", "x", "3.0"]), {"type": "integer"})
    assert typed.to_pylist() == [12345678901234567, None, None, 3] and wrong.to_pylist() == [False, False, True, False]


def test_infinite_cells_are_told() -> None:
    assert is_infinite(pa.array(["inf", "-Infinity", "1e400", "1", "x", None]), {}).to_pylist() == [True, True, True, False, False, False]


def write(value: float, spec: dict[str, Any], behind: bool, brackets: bool) -> str:
    """A number as a person with these habits writes it."""
    mark = spec.get("thousands") or ""
    text = f"{abs(value):_.2f}".replace(".", "d").replace("_", mark[-1:]).replace("d", spec.get("decimal", "."))
    sign = spec.get("strip", "")
    text = f"{text} {sign}" if sign and behind else f"{sign}{text}"
    if value < 0:
        text = f"({text})" if brackets else f"{text}-" if behind else f"-{text}"
    return text


@given(
    st.integers(-(10**13), 10**13),
    st.sampled_from([(".", None), (",", None), (".", ","), (",", "."), (".", GAPS), (",", GAPS), (".", "'\u2019")]),
    st.sampled_from(["", "$", "€", "USD", "%", "元"]),
    st.booleans(),
    st.booleans(),
)
def test_a_number_in_any_known_style_is_read_back(
    cents: int, marks: tuple[str, str | None], sign: str, behind: bool, brackets: bool
) -> None:
    spec: dict[str, Any] = {"decimal": marks[0], "thousands": marks[1]} | ({"strip": sign} if sign else {})
    value = cents / 100
    assert cast(write(value, spec, behind, brackets), type="number", **spec) == value


@given(st.lists(st.text(st.sampled_from("0123456789"), min_size=1, max_size=30), min_size=1, max_size=10))
def test_ids_never_change(ids: list[str]) -> None:
    typed, wrong = casting.cast_array(pa.array(ids), {"type": "category"})
    assert typed.to_pylist() == ids and not wrong.true_count
