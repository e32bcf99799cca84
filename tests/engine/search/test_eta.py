"""How long a run will still take, as a range that holds the truth and narrows."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from domains.planning.layout import Machine, TableFacts
from workers.engine.events import EventLog
from workers.engine.search.candidate import Candidate
from workers.engine.search.eta import ENDS, Pace, ends_foretold, progress_tell, time_left
from workers.engine.search.plan import Plan, plan_make


@pytest.fixture
def plan() -> Plan:
    now = time.time()
    return plan_make(started_at=now, deadline=now + 300, table=TableFacts(rows=1000, columns=20), machine=Machine(2, 8000))


def test_without_experience_the_search_may_take_all_its_time(plan: Plan) -> None:
    now = plan.started_at
    low, likely = Pace([1.0]).search_ends([Candidate("GBM", "LightGBM", 8)], now, plan.search_ends_at)
    assert likely == plan.search_ends_at and low == pytest.approx((now + likely) / 2)


def test_a_quick_start_foretells_an_early_end(plan: Plan) -> None:
    pace = Pace()
    for seconds in (4.0, 8.0, 16.0):
        pace.add(Candidate("GBM", "LightGBM", 8), seconds)
    now = plan.started_at + 28
    low, likely = pace.search_ends([Candidate("CAT", "CatBoost", 10), Candidate("XT", "ExtraTrees", 10)], now, plan.search_ends_at)
    assert low == pytest.approx(now + 10) and likely == pytest.approx(now + 20)


def test_a_slow_pace_does_not_move_the_end_of_the_search(plan: Plan) -> None:
    ends = Pace([50.0] * 3).search_ends([Candidate("CAT", "CatBoost", 10)], plan.started_at, plan.search_ends_at)
    assert ends == (plan.search_ends_at, plan.search_ends_at)


@pytest.mark.parametrize("after_s", [0, 100, 250, 299, 310])
def test_the_range_holds_the_estimate_and_ends_with_the_budget(plan: Plan, after_s: float) -> None:
    now = plan.started_at + after_s
    left = time_left(plan, (now, plan.search_ends_at), now)
    assert 0 <= left["eta_low_s"] <= left["eta_s"] <= left["eta_high_s"] == pytest.approx(max(0, 300 - after_s), abs=0.1)


def test_progress_is_told_without_wiping_the_phases_sentence(plan: Plan, tmp_path: Path) -> None:
    events = EventLog(tmp_path / "events.jsonl")
    progress_tell(events, plan)
    events.close()
    told = json.loads((tmp_path / "events.jsonl").read_text())
    assert told["type"] == "progress" and "message" not in told and 0 <= told["progress"] < 0.05


def test_what_takes_longer_than_usual_is_not_called_done(plan: Plan) -> None:
    now = plan.deadline - 10
    left = time_left(plan, (plan.started_at, plan.started_at), now)
    assert left == {"eta_s": 3.0, "eta_low_s": 0.0, "eta_high_s": 10.0}


def test_a_search_that_goes_on_ends_now_at_the_earliest(tmp_path: Path) -> None:
    assert ends_foretold(tmp_path) is None
    (tmp_path / ENDS).write_text(json.dumps([time.time() - 50, time.time() + 50]))
    ends = ends_foretold(tmp_path)
    assert ends is not None and ends[0] == pytest.approx(time.time(), abs=1) and ends[1] > time.time() + 40
