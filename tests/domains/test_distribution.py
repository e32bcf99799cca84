from __future__ import annotations

from typing import Any

import pytest

from domains.distribution import propose_distribution


def column(kind: str, low: float, median: float, high: float, unique: int, zeros: int = 0) -> dict[str, Any]:
    top = [{"value": "0", "count": zeros}] if zeros else []
    return {"name": "y", "type": kind, "min": low, "median": median, "max": high, "unique": unique, "missing": 0, "top": top}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (column("integer", 1, 8, 116, 53), "poisson"),  # days in hospital
        (column("integer", 1, 142, 977, 869), "poisson"),  # bicycles rented in an hour
        (column("integer", 0, 0, 9, 8, zeros=700), "poisson"),  # claims
        (column("number", 0, 0, 8112.4, 350, zeros=600), "tweedie"),  # claim amounts
        (column("integer", 0, 11, 20, 18), "normal"),  # school grades
        (column("integer", 14_999, 180_000, 500_001, 3_800), "normal"),  # house prices
        (column("number", 0.2, 12.0, 80.0, 900), "normal"),
        (column("number", -5.0, 0.1, 90.0, 900, zeros=500), "normal"),
        (column("integer", 1, 40, 99, 80), "normal"),  # working hours
        (column("datetime", 0, 0, 0, 5), "normal"),
    ],
)
def test_the_label_suggests_how_it_is_distributed(label: dict[str, Any], expected: str) -> None:
    found, why = propose_distribution(label, 1000)
    assert found == expected and why


def test_a_column_without_values_suggests_nothing() -> None:
    empty: dict[str, Any] = {"type": "number", "min": None, "max": None, "median": None, "missing": 10, "unique": 0, "top": []}
    assert propose_distribution(empty, 10)[0] == "normal"
