"""The budget: everything promised gets a turn, and what follows the search is paid for first."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from domains.planning.layout import Machine, TableFacts
from workers.engine.search.candidate import SearchFacts, family_of
from workers.engine.search.configs.tabular import EXTRA, PROMISED
from workers.engine.search.plan import Plan, allotment, plan_make
from workers.engine.search.portfolio import portfolio
from workers.engine.search.skips import skip_reason

FACTS = SearchFacts("binary", rows=800, columns=20)


def _plan(seconds: float = 120, **changes: Any) -> Plan:
    when = {name: changes.pop(name) for name in ("contention", "smaller") if name in changes}
    machine = Machine(2, changes.pop("memory_mb", 8000))
    table = TableFacts(**{"rows": 1000, "columns": 20, **changes})
    return plan_make(started_at=1000.0, deadline=1000.0 + seconds, table=table, machine=machine, **when)


@pytest.mark.parametrize("seconds", [10, 30, 120, 600, 3600])
@pytest.mark.parametrize("rows", [100, 10_000, 1_000_000])
@pytest.mark.parametrize("contention", [1.0, 2.5, 4.0])
def test_the_reserves_add_up_to_the_deadline(seconds: float, rows: int, contention: float) -> None:
    plan = _plan(seconds, rows=rows, contention=contention)
    after = plan.evaluate_s + plan.explain_s + plan.bundle_s
    assert plan.started_at < plan.search_ends_at < plan.deadline
    assert plan.search_ends_at + after <= plan.deadline
    assert plan.search_ends_at - plan.started_at >= 0.44 * seconds


def test_small_tables_get_folds_and_large_ones_one_inner_holdout() -> None:
    assert _plan().folds >= 4
    assert _plan(30).folds >= 3
    assert _plan(rows=1_000_000).folds == 0
    assert _plan(foldable=False).folds == 0
    assert _plan(smallest_class=3).folds == 3
    assert _plan(1200).folds == 8


def test_a_table_the_time_cannot_use_is_sampled() -> None:
    assert _plan(rows=5_000_000).max_train_rows < 1_000_000
    assert _plan().max_train_rows > 1000


def test_a_busy_machine_moves_the_end_of_the_search_forward_and_back() -> None:
    plan = _plan()
    busy = plan.under(3.0)
    assert busy.search_ends_at < plan.search_ends_at
    assert busy.evaluate_s > plan.evaluate_s
    assert busy.under(1.0).search_ends_at == pytest.approx(plan.search_ends_at)


def test_progress_stays_below_one() -> None:
    assert _plan().progress(1060.0) == pytest.approx(0.5)
    assert _plan().progress(9e9) == 0.99


def test_every_promised_candidate_gets_its_turn() -> None:
    ends_at = time.time() + 100
    queue = portfolio(FACTS)
    spent = 0.0
    while queue and not queue[0].extra:
        candidate = queue.pop(0)
        seconds = allotment(candidate, queue, ends_at - spent)
        assert 0 < seconds <= 100 - spent
        spent += min(seconds, 0.6 * candidate.weight)  # what they need on a small table is well below their weight
    assert spent < 100


def test_when_time_is_short_the_early_ones_are_trained_to_the_end() -> None:
    ends_at = time.time() + 25
    queue = portfolio(FACTS)
    first = queue.pop(0)
    assert allotment(first, queue, ends_at) == pytest.approx(min(first.weight, 25 / 3), abs=0.5)


def test_time_not_used_goes_to_those_that_follow() -> None:
    first, *rest = PROMISED
    ends_at = time.time() + 100
    with_rest = allotment(first, list(rest), ends_at)
    assert allotment(first, list(rest[:2]), ends_at) > with_rest
    assert allotment(first, list(EXTRA), ends_at) == pytest.approx(100, abs=1)


def test_a_second_configuration_starts_only_when_there_is_time_for_it() -> None:
    extra = EXTRA[0]
    assert allotment(extra, [], time.time() + extra.weight / 3) == 0
    assert allotment(extra, [], time.time() + 100) > 0
    assert allotment(PROMISED[0], [], time.time() + PROMISED[0].minimum / 2) == 0


def test_the_portfolio_holds_what_the_product_promises() -> None:
    keys = {candidate.key for candidate in PROMISED}
    assert {"GBM", "CAT", "XGB", "RF", "XT", "NN_TORCH", "TABM", "REALMLP", "EBM", "LR"} <= keys
    assert {c.family for c in PROMISED} == {"tree", "linear", "transformer", "interpretable", "neural_net"}
    assert [c.name for c in portfolio(FACTS, ["GBM", "FTTransformer"])] == ["LightGBM", "FTTransformer"]
    with pytest.raises(ValueError, match="KNN"):
        portfolio(FACTS, ["KNN"])


def test_a_forest_for_numbers_gets_no_criterion_for_classes() -> None:
    forest = next(candidate for candidate in PROMISED if candidate.key == "RF")
    assert forest.params_for("binary") == {"criterion": "entropy"}
    assert forest.params_for("regression") == {}


def test_families_are_read_from_autogluon_names() -> None:
    assert family_of("LightGBM_2_BAG_L1") == "tree"
    assert family_of("WeightedEnsemble_L2Best") == "ensemble"
    assert family_of("FTTransformer_BAG_L1_FULL") == "transformer"


@pytest.mark.parametrize(
    ("exception", "code", "retry"),
    [
        ("TimeLimitExceeded", "time_limit", True),
        ("NotEnoughMemoryError", "memory", True),
        ("ImportError", "library", False),
        ("NoTimeLeft", "no_time_left", False),
        ("ValueError", "error", True),
    ],
)
def test_a_missing_model_has_a_reason_in_words(exception: str, code: str, retry: bool) -> None:
    skip = skip_reason(exception, "boom")
    assert (skip.code, skip.retry) == (code, retry)
    assert skip.reason % skip.params
    assert "boom" not in skip.reason % skip.params


def test_a_plan_survives_json() -> None:
    plan = _plan()
    assert Plan(**plan.as_dict()) == plan
    assert replace(plan, folds=0) != plan
