"""Going on with a search that an earlier process began."""

from __future__ import annotations

import time
import traceback
from pathlib import Path

from workers.engine.events import EventLog, gettext_noop, read_json, write_json
from workers.engine.problems.tabular import TabularSearch
from workers.engine.search.candidate import Candidate
from workers.engine.search.contention import Contention
from workers.engine.search.plan import Plan
from workers.engine.search.recipe import candidates_of
from workers.engine.search.searcher import Searcher
from workers.engine.search.skips import Skip, skip_reason
from workers.engine.search.state import MOST_DEATHS, WAITS, SearchState, candidate_id, snapshot_restore, state_clear
from workers.engine.spec import FitSpec


def resume(job_dir: Path, spec: FitSpec, events: EventLog) -> SearchState | None:
    """Make what lies in `job_dir` ready for this attempt; None, and a clean directory, when no model was finished there.

    Reads no model, so a process that is still to fork may call it.
    """
    state, plan = SearchState.load(job_dir), plan_read(job_dir)
    if state is None or plan is None:
        state_clear(job_dir)
        return None
    if state.job != spec.job:  # another run's: this one continues it
        state.job = spec.job
        state.again_with_time()
        write_json(job_dir / "prepared.json", {**read_json(job_dir / "prepared.json"), "holdout_uses": spec.holdout_uses})
    elif state.current is not None:
        _died(state, spec, events)
    state.save(job_dir)
    plan = plan.moved(spec.ends_at, spec.settings.time_limit)
    write_json(job_dir / "plan.json", plan.as_dict())
    events.plan(plan.as_dict())
    events.log(gettext_noop("Resumed: %(models)s models kept"), models=len(state.base_models))
    return state


def go_on(job_dir: Path, spec: FitSpec, state: SearchState, events: EventLog) -> bool:
    """Try what was not tried yet. False, and a clean directory, when the predictor on disk cannot be read."""
    plan = plan_read(job_dir)
    assert plan is not None
    try:
        snapshot_restore(job_dir, state.snapshot, state.models)
        positive = read_json(job_dir / "schema.json")["positive_class"]
        search = TabularSearch(job_dir / "predictor", spec, folds=plan.folds, positive_class=positive, kept=True)
        known = set(search.predictor.model_names())
    except Exception:  # whatever unpickling a damaged file raises
        traceback.print_exc()
        known = set()
    if not known.issuperset(state.models):
        state_clear(job_dir)
        events.write("anew", message=gettext_noop("What the interrupted attempt left cannot be read; the search begins anew"))
        return False
    events.phase("search", plan.progress(time.time()), plan.deadline - time.time(), gettext_noop("Looking for the best model"))
    Searcher(job_dir, search, state, plan, Contention(), events).run()
    return True


def give_up(state: SearchState, candidate: Candidate, skip: Skip, events: EventLog) -> None:
    """Note that a candidate did not come through: its cheaper form is next, or it is missing and everybody hears why."""
    if candidate.cheaper is not None and skip.retry:
        state.tried[candidate_id(candidate)], state.current = WAITS, None
    elif state.skip(candidate, skip):
        events.skipped(candidate.name, family=candidate.family, **skip.as_dict())


def give_up_current(job_dir: Path, spec: FitSpec, reason: str, events: EventLog) -> bool:
    """Note why the candidate in training will not be there. False when none was in training."""
    state = SearchState.load(job_dir)
    candidate = None if state is None else _in_training(state, spec)
    if state is None or candidate is None:
        return False
    give_up(state, candidate, skip_reason(reason, ""), events)
    state.save(job_dir)
    return True


def give_up_rest(job_dir: Path, spec: FitSpec, reason: str, events: EventLog) -> None:
    """Name every promised candidate that will not get its turn."""
    state = SearchState.load(job_dir)
    if state is None:
        return
    for candidate in state.rest(candidates_of(spec, state.search_facts)):
        if state.skip(candidate, skip_reason(reason, "")):
            events.skipped(candidate.name, family=candidate.family, **skip_reason(reason, "").as_dict())
    state.save(job_dir)


def plan_read(job_dir: Path) -> Plan | None:
    """None when there is none, or one of another version of this program."""
    path = job_dir / "plan.json"
    try:
        return Plan(**read_json(path)) if path.exists() else None
    except TypeError:
        return None


def _in_training(state: SearchState, spec: FitSpec) -> Candidate | None:
    if state.current is None:
        return None
    waiting = state.rest(candidates_of(spec, state.search_facts))
    return next((candidate for candidate in waiting if candidate_id(candidate) == state.current["id"]), None)


def _died(state: SearchState, spec: FitSpec, events: EventLog) -> None:
    """The process before this one ended while a candidate was in training: it is tried again, unless it is to blame."""
    candidate = _in_training(state, spec)
    state.current = None
    if candidate is None:
        return
    deaths = state.deaths[candidate_id(candidate)] = state.deaths.get(candidate_id(candidate), 0) + 1
    if spec.out_of_memory:
        give_up(state, candidate, skip_reason("MemoryError", ""), events)
    elif deaths >= MOST_DEATHS:
        give_up(state, candidate, skip_reason("Killed", ""), events)
