"""What a search leaves behind: read back by another process, it says what is done and what is still to try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from workers.engine.events import EventLog, write_json
from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.plan import CUT_SHORT_S, Plan
from workers.engine.search.portfolio import portfolio
from workers.engine.search.resume import give_up, give_up_current, give_up_rest, plan_read, resume
from workers.engine.search.skips import skip_reason
from workers.engine.search.state import (
    REWRITTEN,
    SEARCH_STATE,
    WAITS,
    SearchState,
    candidate_id,
    cheaper,
    snapshot_restore,
)
from workers.engine.spec import FitSpec

ONE = Candidate("GBM", "LightGBM", 8, {"num_leaves": 3}, cheaper={"num_boost_round": 10})
OTHER = Candidate("GBM", "LightGBM", 8, {"num_leaves": 4})
EXTRA = Candidate("XGB", "XGBoost", 8, extra=True)
FACTS = SearchFacts("binary", 100, 4, 2)
SPEC = FitSpec(job="j1", label="y", problem_type="binary", deadline=2e9)


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(tmp_path / "events.jsonl")
    yield log
    log.close()


def model(name: str) -> dict[str, object]:
    return {"model": name, "score_val": 0.5}


def left(job_dir: Path, **fields: object) -> SearchState:
    """A search with two models on disk, as a process that was killed leaves it."""
    state = SearchState(job="j1", facts=asdict(FACTS), n_features=4, models={name: model(name) for name in ("Dummy", "LightGBM")})
    for name, value in fields.items():
        setattr(state, name, value)
    for file in REWRITTEN:
        path = job_dir / "predictor" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("two models")
    for folder in ("Dummy", "LightGBM"):
        (job_dir / "predictor" / "models" / folder).mkdir(exist_ok=True)
    for name in SEARCH_STATE:
        if "." in name:
            write_json(job_dir / name, {})
    plan = Plan(**dict.fromkeys(Plan.__dataclass_fields__, 1.0) | {"deadline": 100.0, "search_ends_at": 60.0, "started_at": 0.0})  # type: ignore[arg-type]
    write_json(job_dir / "plan.json", plan.as_dict())
    state.end(job_dir, portfolio(FACTS)[0])
    for name, value in fields.items():
        setattr(state, name, value)
    state.save(job_dir)
    return state


def test_every_configuration_has_a_name_of_its_own() -> None:
    names = [candidate_id(each) for each in portfolio(FACTS)] + [candidate_id(cheaper(each)) for each in portfolio(FACTS) if each.cheaper]
    assert len(names) == len(set(names)) > 20


def test_what_was_tried_does_not_wait_any_more() -> None:
    state = SearchState(tried={candidate_id(ONE): "fitted"})
    assert state.rest([ONE, OTHER, EXTRA]) == [OTHER, EXTRA]
    state.tried[candidate_id(ONE)] = WAITS
    assert state.rest([ONE, OTHER]) == [cheaper(ONE), OTHER]
    state.tried[candidate_id(cheaper(ONE))] = "time_limit"
    assert state.rest([ONE, OTHER]) == [OTHER]


def test_more_time_gives_those_that_lacked_it_another_turn() -> None:
    state = SearchState(finished=True)
    for candidate, reason in ((ONE, "NoTimeLeft"), (OTHER, "ImportError"), (EXTRA, "Canceled")):
        state.skip(candidate, skip_reason(reason, ""))
    assert [entry["code"] for entry in state.skipped] == ["no_time_left", "library"]  # an extra is not missed
    state.again_with_time()
    assert state.rest([ONE, OTHER, EXTRA]) == [ONE, EXTRA]
    assert [entry["code"] for entry in state.skipped] == ["library"] and not state.finished


@pytest.mark.parametrize("missing", SEARCH_STATE)
def test_nothing_is_trusted_unless_all_of_it_is_there(tmp_path: Path, events: EventLog, missing: str) -> None:
    left(tmp_path)
    assert SearchState.load(tmp_path) is not None
    (tmp_path / missing).rename(tmp_path / "elsewhere")
    assert SearchState.load(tmp_path) is None
    assert resume(tmp_path, SPEC, events) is None
    assert not any((tmp_path / name).exists() for name in SEARCH_STATE)


def test_a_state_of_another_version_is_not_taken_for_ours(tmp_path: Path) -> None:
    left(tmp_path)
    write_json(tmp_path / "search.json", {"models": {"Dummy": {}}, "something": "else"})
    assert SearchState.load(tmp_path) is None


def test_the_predictor_goes_back_to_the_models_that_were_finished(tmp_path: Path) -> None:
    state = left(tmp_path)
    (tmp_path / "predictor" / "models" / "CatBoost").mkdir()
    for file in REWRITTEN:
        (tmp_path / "predictor" / file).write_text("half writ")
    snapshot_restore(tmp_path, state.snapshot, state.models)
    assert {(tmp_path / "predictor" / file).read_text() for file in REWRITTEN} == {"two models"}
    assert sorted(path.name for path in (tmp_path / "predictor" / "models").iterdir()) == ["Dummy", "LightGBM", "trainer.pkl"]


def test_the_time_between_two_attempts_does_not_count(tmp_path: Path, events: EventLog) -> None:
    left(tmp_path)
    spec = SPEC.model_copy(update={"deadline": 1000.0, "settings": SPEC.settings.model_copy(update={"time_limit": 100.0})})
    assert resume(tmp_path, spec, events) is not None
    plan = plan_read(tmp_path)
    assert plan is not None and (plan.started_at, plan.deadline, plan.search_ends_at) == (900.0, 1000.0, 960.0)


def test_the_candidate_in_which_the_process_died_twice_is_left_out(tmp_path: Path, events: EventLog) -> None:
    second = portfolio(FACTS)[1]
    for deaths in (1, 2):
        state = left(tmp_path, current={"id": candidate_id(second)}, deaths={candidate_id(second): deaths - 1})
        resumed = resume(tmp_path, SPEC, events)
        assert resumed is not None and resumed.current is None
        assert (second in resumed.rest(portfolio(FACTS))) is (deaths == 1)
    assert [entry["code"] for entry in resumed.skipped] == ["killed"] and state.models == resumed.models


def test_the_candidate_that_took_all_memory_comes_back_smaller(tmp_path: Path, events: EventLog) -> None:
    first = next(each for each in portfolio(FACTS)[1:] if each.cheaper)
    left(tmp_path, current={"id": candidate_id(first)})
    resumed = resume(tmp_path, SPEC.model_copy(update={"out_of_memory": True}), events)
    assert resumed is not None
    rest = resumed.rest(portfolio(FACTS))
    assert cheaper(first) in rest and first not in rest


def test_another_run_goes_on_from_it_with_more_time(tmp_path: Path, events: EventLog) -> None:
    state = left(tmp_path)
    for candidate in portfolio(FACTS)[1:3]:
        state.skip(candidate, skip_reason("NoTimeLeft", ""))
    state.save(tmp_path)
    resumed = resume(tmp_path, SPEC.model_copy(update={"job": "j2", "holdout_uses": 2}), events)
    assert resumed is not None and not resumed.skipped and not resumed.finished
    assert portfolio(FACTS)[1] in resumed.rest(portfolio(FACTS))
    assert '"holdout_uses": 2' in (tmp_path / "prepared.json").read_text()


def test_everything_that_will_not_come_is_named(tmp_path: Path, events: EventLog) -> None:
    second = portfolio(FACTS)[2]
    left(tmp_path, current={"id": candidate_id(second)})
    assert give_up_current(tmp_path, SPEC, "Killed", events)
    assert not give_up_current(tmp_path, SPEC, "Killed", events)
    give_up_rest(tmp_path, SPEC, "NoTimeLeft", events)
    state = SearchState.load(tmp_path)
    assert state is not None and not state.rest(portfolio(FACTS))
    promised = [each.name for each in portfolio(FACTS)[1:] if not each.extra]
    assert sorted(entry["model"] for entry in state.skipped) == sorted(promised)


def test_giving_up_the_first_form_keeps_the_cheaper_one(tmp_path: Path, events: EventLog) -> None:
    state = SearchState(facts=asdict(FACTS))
    give_up(state, ONE, skip_reason("MemoryError", ""), events)
    assert state.rest([ONE]) == [cheaper(ONE)] and not state.skipped
    give_up(state, cheaper(ONE), skip_reason("MemoryError", ""), events)
    assert not state.rest([ONE]) and state.skipped[0]["code"] == "memory"


def test_a_cancel_takes_longer_on_a_busy_machine_only(tmp_path: Path) -> None:
    left(tmp_path)
    plan = plan_read(tmp_path)
    assert plan is not None
    assert plan.cut_short(50.0).deadline == 50 + CUT_SHORT_S
    busy = replace(plan, contention=3.9).cut_short(50.0)
    assert busy.deadline == pytest.approx(50 + 3 * CUT_SHORT_S) and busy.short_s == pytest.approx(9)
