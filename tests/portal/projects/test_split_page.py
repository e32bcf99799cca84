"""The split as the set-up page offers and draws it."""

from __future__ import annotations

from typing import Any

import pytest

from automl_portal.projects.setup import Setup, setup_fill
from automl_portal.projects.split_page import SplitChoice, cut, split_choices
from tests.portal import cast

YEAR = 365.25 * 86_400


def visits(**chosen: Any) -> Setup:
    counts = [40, 60, 100, 100, 100, 100, 100, 150, 150, 100]
    day = cast.column("visit", "datetime", 900, histogram={"edges": [48 * YEAR + YEAR * i / 2 for i in range(11)], "counts": counts})
    outcome = cast.column("outcome", "integer", 2, top=[{"value": "0", "count": 700}, {"value": "1", "count": 300}])
    columns = [
        cast.column("patient", unique=300),
        cast.column("hospital", "category", 20),
        day,
        cast.column("pressure", "number", 900),
        outcome,
    ]
    return setup_fill(use_case_key="general/table", columns=columns, rows=1000, label="outcome", **chosen)


def offered(setup: Setup, chosen: str = "auto") -> dict[str, SplitChoice]:
    return {choice.value: choice for choice in split_choices(setup, chosen, 0.2)}


def test_a_time_line_shows_what_is_held_out() -> None:
    choices = offered(visits(roles={"time": ["visit"]}))
    assert choices["auto"].checked and "by visit" in choices["auto"].text
    assert choices["time"].timeline.count('class="rest"') == 2 and "250 rows" in choices["time"].caption
    assert not choices["random"].timeline and not choices["group"].possible


def test_groups_and_sites_are_counted_on_both_sides() -> None:
    choices = offered(visits(roles={"group": ["patient"], "site": ["hospital"]}), "group")
    assert choices["group"].checked and choices["group"].sides[1][1:] == ("240", "60")
    assert choices["site"].sides[1][1:] == ("16", "4") and "another hospital" in choices["site"].text


def test_only_a_random_draw_of_dependent_rows_asks_for_a_reason() -> None:
    noticed = [{"code": "time_column", "column": "visit", "params": {"sorted": True}}]
    choices = offered(visits(noticed=noticed))
    assert [kind for kind, choice in choices.items() if choice.asks_reason] == ["random"]
    assert not any(choice.asks_reason for choice in offered(visits()).values())


@pytest.mark.parametrize(("counts", "first"), [([1, 1, 1, 1, 1], 4), ([50, 1, 1, 10, 10], 4), ([10], 0), ([5, 95], 1)])
def test_the_cut_is_where_the_share_is_nearest(counts: list[int], first: int) -> None:
    assert cut(counts, 0.2) == first
