"""The verb `fit`: check -> split -> search -> evaluate -> explain -> document -> bundle, by the deadline."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from domains.planning.layout import KILL_GRACE_S
from workers.engine.energy import Usage
from workers.engine.events import (
    Canceled,
    EventLog,
    Paused,
    Refused,
    check_canceled,
    finish_asked,
    gettext_noop,
    plain,
    read_json,
    write_json,
)
from workers.engine.preload import preload
from workers.engine.problems.tabular import imports_of
from workers.engine.search.eta import ends_foretold, progress_tell
from workers.engine.search.finishing import finish_run
from workers.engine.search.forked import Died, Killed, run_forked
from workers.engine.search.repeatable import NOT_REPEATABLE, calmed, cut_by_the_clock
from workers.engine.search.resume import give_up_current, give_up_rest, plan_read, resume
from workers.engine.search.skips import FAILED, OUT_OF_TIME
from workers.engine.search.state import SearchState
from workers.engine.search.worker import search_process
from workers.engine.spec import FitSpec, fit_spec_load

# Before the plan is known (reading and checking the table) this share of the time may pass.
PREPARE_SHARE = 0.5
WARM_UP_PATIENCE_S = 5.0
PAUSE_PATIENCE_S = 8.0  # a model that is done by then is kept


class FinishEarly(Exception):
    """Somebody asked to end the search now and to keep what it has found."""


def fit_run(job_dir: Path) -> dict[str, Any]:
    """Run the fit that `job_dir`/spec.json orders, or go on with it where an earlier attempt was interrupted; returns result.json.

    The search runs in a fork that is killed when it oversteps; whatever models it has finished by
    then are evaluated and published, with `partial` set. Raises Refused for data that cannot be
    used or when not one model was finished, Canceled or Paused when asked to stop.
    """
    started_at = time.time()
    spec = fit_spec_load(job_dir)
    spec = calmed(spec.model_copy(update={"deadline": spec.ends_at}))
    events = EventLog(job_dir / "events.jsonl")
    preload()
    kept = resume(job_dir, spec, events)
    try:
        if kept is None or not kept.finished:
            _search(job_dir, spec, started_at, events)
        check_canceled(job_dir)
        return _finish(job_dir, spec, events)
    except Paused:
        _note_paused(job_dir, events)
        raise


def _finish(job_dir: Path, spec: FitSpec, events: EventLog) -> dict[str, Any]:
    """Everything after the search."""
    state, plan = SearchState.load(job_dir), plan_read(job_dir)
    if plan is None or state is None:
        raise _nothing_finished(spec)
    if not state.base_models and any(entry["code"] in FAILED for entry in state.skipped):
        raise _every_model_failed(state)
    if finish_asked(job_dir):
        plan = plan.cut_short(time.time())
        write_json(job_dir / "plan.json", plan.as_dict())
    partial = finish_asked(job_dir) or any(entry["code"] in OUT_OF_TIME for entry in state.skipped)
    # The document is written before everything is over: it tells of what was used up to here.
    prepared = read_json(job_dir / "prepared.json") | {"energy": Usage(whole=True).energy(spec.grid_country)}
    if spec.settings.repeatable and cut_by_the_clock(asdict(state), prepared):
        prepared["warnings"] = [*prepared["warnings"], NOT_REPEATABLE]
    result = finish_run(job_dir, spec, plan, asdict(state), prepared, events, partial=partial)
    if spec.settings.repeatable and cut_by_the_clock(result) and NOT_REPEATABLE not in result["warnings"]:
        result["warnings"] = [*result["warnings"], NOT_REPEATABLE]
    result["repeatable"] = spec.settings.repeatable and NOT_REPEATABLE not in result["warnings"]
    result["energy"] = Usage(whole=True).energy(spec.grid_country)
    result["energy_wh"] = result["energy"]["wh"]
    answer: dict[str, Any] = plain(result)
    return answer


def _search(job_dir: Path, spec: FitSpec, started_at: float, events: EventLog) -> None:
    """Search until every candidate had its turn, the time is up or somebody says stop.

    A fork that dies costs the model it was training: the next one goes on with the others.
    """
    watch = _Watch(job_dir, spec, started_at, events)
    try:
        while True:
            try:
                run_forked(
                    lambda: search_process(job_dir, spec, started_at, events),
                    job_dir,
                    kill_at=watch.kill_at,
                    on_tick=watch.tick,
                    check=watch.check,
                )
                return
            except Died:
                if not give_up_current(job_dir, spec, "Killed", events):
                    if SearchState.load(job_dir) is None:
                        raise
                    return give_up_rest(job_dir, spec, "Killed", events)
                watch.cool()
    except Killed:
        give_up_current(job_dir, spec, "Killed", events)
        give_up_rest(job_dir, spec, "NoTimeLeft", events)
    except FinishEarly:
        give_up_rest(job_dir, spec, "Canceled", events)
    finally:
        watch.cool()


class _Watch:
    """What this process does while the fork searches: look at the clock and for somebody who says stop, and tell how far it is."""

    def __init__(self, job_dir: Path, spec: FitSpec, started_at: float, events: EventLog) -> None:
        self.job_dir = job_dir
        self.started_at = started_at
        self.total = spec.ends_at - started_at
        self.events = events
        self.warming: threading.Thread | None = None
        self.pausing: tuple[float, dict[str, Any] | None] | None = None

    def kill_at(self) -> float:
        plan = plan_read(self.job_dir)  # read anew: the search adapts it to a busy machine
        return plan.killed_at if plan else self.started_at + max(PREPARE_SHARE * self.total, KILL_GRACE_S)

    def tick(self) -> None:
        plan = plan_read(self.job_dir)
        if plan is None:
            return
        self._warm_up()
        progress_tell(self.events, plan, ends_foretold(self.job_dir))

    def _warm_up(self) -> None:
        """Import what the models that are there need to predict while others compute, not after."""
        state = SearchState.load(self.job_dir)
        modules = imports_of(state.models) if state is not None else set()
        if self.warming is None and modules:
            # It imports and computes nothing, and is over before the next fork.
            self.warming = threading.Thread(target=lambda: [import_module(module) for module in modules], daemon=True)
            self.warming.start()

    def cool(self) -> None:
        """Wait for the imports: a fork may follow."""
        if self.warming is not None:
            self.warming.join(WARM_UP_PATIENCE_S)

    def check(self) -> None:
        """Raises Canceled, FinishEarly, or Paused once the model in training is done or PAUSE_PATIENCE_S have passed."""
        if finish_asked(self.job_dir):
            state = SearchState.load(self.job_dir)
            raise FinishEarly if state is not None and state.base_models else Canceled
        try:
            check_canceled(self.job_dir)
        except Paused:
            if self._waited():
                raise

    def _waited(self) -> bool:
        state = SearchState.load(self.job_dir)
        current = None if state is None else state.current
        if self.pausing is None:
            self.pausing = (time.monotonic() + PAUSE_PATIENCE_S, current)
        until, before = self.pausing
        return before is None or current != before or time.monotonic() > until


def _note_paused(job_dir: Path, events: EventLog) -> None:
    """Say what becomes of the model in training; it is nobody's fault, so it is not held against it."""
    state = SearchState.load(job_dir)
    if state is None:
        events.log(gettext_noop("Paused before the first model; the run will begin anew"))
    elif state.current is None:
        events.log(gettext_noop("Paused: every model trained so far is kept"))
    else:
        events.log(gettext_noop("Paused: %(model)s was not done and will be trained again"), model=state.current["model"])
        state.current = None
        state.save(job_dir)


def _every_model_failed(state: SearchState) -> Refused:
    return Refused(
        "every_model_failed",
        gettext_noop(
            "None of the %(count)s models that were tried could be trained. What stopped each of them is listed; the log says more."
        ),
        {"count": len(state.skipped)},
    )


def _nothing_finished(spec: FitSpec) -> Refused:
    return Refused(
        "budget_too_small",
        gettext_noop("Not one model was finished within %(seconds)s seconds. Give the run more time."),
        {"seconds": round(spec.settings.time_limit)},
    )
