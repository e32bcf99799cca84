"""The plan that the page previews and the engine follows: one arithmetic, honest about its ranges."""

from __future__ import annotations

import pytest

from domains.planning.catalogue import catalogue, queue_of
from domains.planning.estimate import measured, plan_preview
from domains.planning.layout import Machine, TableFacts, holdout_share, layout_make, memory_needed_mb
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.portfolio import portfolio

SMALL = TableFacts(rows=1000, columns=20)
LAPTOP = Machine(cpu_count=2, memory_mb=8000)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression", "quantile"])
@pytest.mark.parametrize("text", [(), ("c0001",)])
def test_the_catalogue_holds_what_the_engine_tries(kind: str, text: tuple[str, ...]) -> None:
    """When it does not: python -m benchmarks.calibrate --catalogue."""
    engine = {(c.name, c.extra) for c in portfolio(SearchFacts(kind, 1000, 20, text=text))}
    assert {(known.name, known.extra) for known in queue_of(TableFacts(1000, 20, kind, text=len(text)))} == engine


def test_costs_were_measured_for_the_families_of_old() -> None:
    promised = {known.name for known in catalogue() if not known.extra and not known.needs_text}
    assert len(promised & set(measured())) >= 11


@pytest.mark.parametrize("seconds", [30, 60, 300, 900, 24 * 3600])
@pytest.mark.parametrize(("rows", "columns"), [(200, 5), (1_000, 20), (100_000, 100), (1_000_000, 30), (1_000, 10_000)])
def test_every_preview_is_sound(seconds: float, rows: int, columns: int) -> None:
    table = TableFacts(rows, columns)
    plan = plan_preview(table, Machine(2, 16_000), seconds, queue_of(table))
    assert sum(plan["phases"].values()) <= seconds + 0.5
    assert sum(turn["seconds"] for turn in plan["candidates"]) <= plan["phases"]["search_s"] + 1
    assert sum(plan["rows"][side] for side in ("train", "holdout", "set_aside")) == rows
    for each in plan["estimate"].values():
        assert 0 < each["low"] <= each["value"] <= each["high"]
    assert plan["estimate"]["seconds"]["high"] <= seconds
    assert {turn["why"] for turn in plan["candidates"]} <= {"", "time", "columns"}
    assert plan["candidates"][0]["seconds"] > 0


def test_more_time_buys_more() -> None:
    minute, hour = (plan_preview(SMALL, LAPTOP, seconds, queue_of(SMALL)) for seconds in (60, 3600))
    assert hour["folds"] == 8 > minute["folds"] >= 3
    trained = [sum(turn["seconds"] > 0 for turn in plan["candidates"]) for plan in (minute, hour)]
    assert trained[1] > trained[0] and trained[1] == len(hour["candidates"])
    assert hour["estimate"]["energy_wh"]["value"] > minute["estimate"]["energy_wh"]["value"]


def test_a_long_budget_keeps_back_minutes_not_hours() -> None:
    day = layout_make(SMALL, LAPTOP, 24 * 3600)
    assert 24 * 3600 - day.search_s < 120
    assert 60 - layout_make(SMALL, LAPTOP, 60).search_s < 15


def test_the_published_model_of_a_large_table_is_always_paid_for() -> None:
    big = TableFacts(100_000, 100)
    for seconds in (60, 300, 900):
        layout = layout_make(big, LAPTOP, seconds)
        assert layout.evaluate_s > 3 and layout.search_s > 0.5 * seconds


def test_a_long_table_holds_out_no_more_than_the_test_needs() -> None:
    assert holdout_share(1_000, 0.2) == 0.2
    assert holdout_share(1_000_000, 0.2) == pytest.approx(0.05)


def test_no_estimate_explodes_beyond_the_tables_measured() -> None:
    plan = plan_preview(TableFacts(1_000_000, 30, holdout_fraction=0.05), Machine(2, 16_384), 900, queue_of(SMALL))
    assert plan["estimate"]["memory_mb"]["high"] < 16_384
    assert plan["estimate"]["size_mb"]["value"] < 2_000


def test_rows_are_limited_by_time_or_by_memory_and_it_says_which() -> None:
    long = TableFacts(5_000_000, 100)
    assert layout_make(long, Machine(2, 100_000), 60).bound == "time"
    assert layout_make(long, Machine(16, 4_000), 3600).bound == "memory"
    assert layout_make(TableFacts(1_000_000, 30), Machine(2, 16_384), 900).bound == ""
    assert layout_make(TableFacts(100_000, 100), Machine(2, 8_192), 300).bound == ""


def test_a_second_attempt_after_running_out_of_memory_is_smaller() -> None:
    first, second = (layout_make(SMALL, LAPTOP, 600, smaller=smaller) for smaller in (False, True))
    assert second.max_train_rows <= SMALL.train_rows // 2 or second.max_train_rows == 1000
    assert second.folds == 3 < first.folds


def test_the_refusal_knows_how_much_is_needed() -> None:
    wide = TableFacts(20_000, 10_000)
    assert memory_needed_mb(wide) > 8_000
    plan = plan_preview(wide, LAPTOP, 300, queue_of(wide))
    assert plan["memory"] == {"needed_mb": memory_needed_mb(wide), "limit_mb": 8000, "enough": False}
    assert memory_needed_mb(TableFacts(1_000_000, 30)) < 16_384
    assert memory_needed_mb(TableFacts(100_000, 100)) < 8_192
