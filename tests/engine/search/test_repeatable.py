"""The same order twice on the same machine: the same leaderboard, or a sentence that says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fitting import make_job, run_fit, table
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.plan import Plan
from workers.engine.search.portfolio import portfolio
from workers.engine.search.repeatable import affordable, calmed, cut_by_the_clock
from workers.engine.spec import FitSpec

FACTS = SearchFacts("binary", 800, 10, 2)


def plan(seconds: float) -> Plan:
    values: dict[str, Any] = dict.fromkeys(Plan.__dataclass_fields__, 1.0)
    return Plan(**values | {"started_at": 0.0, "search_ends_at": seconds, "folds": 4, "inner_fraction": 0.2})


def test_what_is_tried_follows_from_the_budget_alone() -> None:
    few, many = (affordable(portfolio(FACTS), FACTS, plan(seconds)) for seconds in (15, 30_000))
    assert 0 < len(few) < len(many) == len(portfolio(FACTS))
    assert few == affordable(portfolio(FACTS), FACTS, plan(15))


def test_nothing_of_other_runs_or_of_a_busy_machine_gets_in() -> None:
    order = {"label": "y", "problem_type": "binary", "cpu_count": 8, "gpu_count": 1, "history": [{"model": "LightGBM"}]}
    spec = calmed(FitSpec.model_validate({**order, "settings": {"repeatable": True}}))
    assert (spec.cpu_count, spec.gpu_count, spec.history) == (1, 0, [])
    assert calmed(FitSpec.model_validate(order)).cpu_count == 8


def test_what_the_clock_decided_is_found() -> None:
    assert not cut_by_the_clock({"warnings": [{"code": "warm_start"}], "skipped": [{"code": "no_time_left"}]}, {})
    assert cut_by_the_clock({}, {"warnings": [{"code": "not_scored_in_time"}]})
    assert cut_by_the_clock({"skipped_models": [{"code": "killed"}]})


@pytest.mark.fit
def test_the_same_order_gives_the_same_leaderboard(tmp_path: Path) -> None:
    boards = []
    for name in ("one", "two"):
        settings = {"repeatable": True, "candidates": ["GBM", "XT", "NN_TORCH"], "seed": 3}
        job_dir = make_job(tmp_path / name, table(250), "binary", 240, settings=settings)
        result = run_fit(job_dir, 260)
        assert result["code"] == 0 and result["repeatable"] and result["base_models"] >= 2
        boards.append(json.loads((job_dir / "leaderboard.json").read_text()))
    one, two = ({row["model"]: row for row in board} for board in boards)
    assert one.keys() == two.keys()
    for model, row in one.items():
        for figure in ("score_val", "score_holdout", "ci_low", "ci_high"):
            assert row[figure] == pytest.approx(two[model][figure], abs=1e-9), (model, figure)
