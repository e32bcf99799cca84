from __future__ import annotations

import pytest

from workers.engine.intake.units import unit_of


@pytest.mark.parametrize(
    ("name", "strip", "unit"),
    [
        ("price", "€", "€"),
        ("price", "元", "CNY"),
        ("price_usd", None, "USD"),
        ("priceUsd", None, "USD"),
        ("Weight (kg)", None, "kg"),
        ("Glucose [mg/dL]", None, "mg/dL"),
        ("Price (new)", None, None),
        ("rate_pct", None, "%"),
        ("Sales in €", None, "€"),
        ("tenure_months", None, "months"),
        ("age", None, None),
        ("months", None, None),  # a name alone is a name
    ],
)
def test_the_unit_comes_from_the_cells_or_the_name(name: str, strip: str | None, unit: str | None) -> None:
    assert unit_of(name, {"type": "number", "strip": strip}) == unit
    assert unit_of(name, {"type": "category"}) is None
