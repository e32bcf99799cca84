"""Precision follows the interval; spans of time stay readable."""

from __future__ import annotations

import pytest

from automl_portal.ui.estimates import clock, estimate, estimate_parts, listed, number_word
from automl_portal.ui.figure import round_bounds, thin
from automl_portal.ui.forest import forest_bar, scale_of


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (0.7912, 0.7431, 0.8333, "0.79 (0.74 to 0.83)"),
        (0.5123, 0.38, 0.66, "0.51 (0.38 to 0.66)"),
        (0.91234, 0.9081, 0.9162, "0.912 (0.908 to 0.916)"),
        (366.2, 336.1, 398.4, "370 (340 to 400)"),
        (203_411.0, 181_000.0, 224_900.0, "200,000 (180,000 to 220,000)"),
        (0.5, 0.5, 0.5, "0.500 (0.500 to 0.500)"),
        (0.79123, None, None, "0.791"),
        (None, None, None, "–"),
    ],
)
def test_estimates_are_as_precise_as_their_interval(value: float | None, low: float | None, high: float | None, text: str) -> None:
    assert estimate(value, low, high) == text


def test_the_interval_can_stand_alone() -> None:
    assert estimate_parts(0.7912, 0.7431, 0.8333) == ("0.79", "(0.74 to 0.83)")
    assert estimate_parts(0.7912) == ("0.791", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.4, "0 s"), (59.6, "1 min"), (118.2, "1 min 58 s"), (120, "2 min"), (899, "14 min 59 s"), (4800, "80 min")],
)
def test_clock(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


def test_words_and_lists() -> None:
    assert [number_word(3), number_word(12)] == ["Three", "12"]
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_a_long_table_keeps_its_ends() -> None:
    rows = thin(list(range(101)))
    assert len(rows) == 21 and rows[0] == 0 and rows[-1] == 100
    assert thin([1, 2]) == [1, 2]


def test_round_bounds_hold_every_value() -> None:
    assert round_bounds([669.0, 5380.0]) == (0, 6000)
    assert round_bounds([2.0, 2.0]) == (2.0, 2.0)


def test_a_value_beyond_the_axis_is_an_arrow_and_never_outside() -> None:
    scale = scale_of([(0.4, 0.6)], reference=0.55)
    inside, beyond = forest_bar(scale, 0.5, 0.45, 0.55), forest_bar(scale, 3.0, 2.5, 3.5)
    assert "<circle" in inside and "forest-reference" in inside
    assert "<circle" not in beyond and "→" in beyond and 'x2="98.0%"' in beyond
    assert scale.ticks == [0.4, 0.45, 0.5, 0.55, 0.6]


def test_an_axis_of_one_value_is_still_an_axis() -> None:
    scale = scale_of([(0.5, 0.5)])
    assert scale.ticks == [0.5] and scale.at(0.5) == 50.0
    assert forest_bar(scale, None, None, None) == ""
