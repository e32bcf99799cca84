"""The verb `fit`: check -> split -> search -> evaluate -> explain -> document -> bundle, by the deadline."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from workers.engine.events import EventLog, Refused, check_canceled, gettext_noop, plain, read_json
from workers.engine.preload import preload
from workers.engine.problems.tabular import warm_up
from workers.engine.search.finish import Finish
from workers.engine.search.forked import Died, Killed, run_forked
from workers.engine.search.plan import KILL_GRACE_S, Plan
from workers.engine.search.searcher import cpu_seconds, energy_wh
from workers.engine.search.skips import OUT_OF_TIME, skip_reason
from workers.engine.search.worker import search_process
from workers.engine.spec import FitSpec, fit_spec_load

# Before the plan is known (reading and checking the table) this share of the time may pass.
PREPARE_SHARE = 0.5
WARM_UP_SHARE = 0.4


def fit_run(job_dir: Path) -> dict[str, Any]:
    """Run the fit that `job_dir`/spec.json orders; returns result.json.

    The search runs in a fork that is killed when it oversteps; whatever models it has finished by
    then are evaluated and published, with `partial` set. Raises Refused for data that cannot be
    used or when not one model was finished, Canceled when asked to stop.
    """
    started_at = time.time()
    spec = fit_spec_load(job_dir)
    spec = spec.model_copy(update={"deadline": spec.ends_at})
    events = EventLog(job_dir / "events.jsonl")
    preload()
    killed = _search(job_dir, spec, started_at, events)
    check_canceled(job_dir)
    plan = _plan(job_dir)
    if plan is None or not _models(job_dir):
        raise _nothing_finished(spec)
    search = read_json(job_dir / "search.json")
    if killed:
        _note_killed(search, events)
    prepared = read_json(job_dir / "prepared.json")
    finish = Finish(job_dir, spec, plan, search, prepared, events)
    partial = killed or any(entry["code"] in OUT_OF_TIME for entry in search["skipped"])
    result = finish.run(partial=partial)
    result["energy_wh"] = energy_wh(cpu_seconds())
    answer: dict[str, Any] = plain(result)
    return answer


def _search(job_dir: Path, spec: FitSpec, started_at: float, events: EventLog) -> bool:
    """Returns whether the search was ended before it was through, by us or by the system."""
    warming: threading.Thread | None = None
    total = spec.ends_at - started_at

    def kill_at() -> float:
        plan = _plan(job_dir)  # read anew: the search adapts it to a busy machine
        return plan.killed_at if plan else started_at + max(PREPARE_SHARE * total, KILL_GRACE_S)

    def tick() -> None:
        nonlocal warming
        plan = _plan(job_dir)
        if plan is None:
            return
        now = time.time()
        if warming is None and now - started_at > WARM_UP_SHARE * total:
            # No fork follows, so a thread is safe here.
            warming = threading.Thread(target=warm_up, daemon=True)
            warming.start()
        events.progress(round(plan.progress(now), 3), round(max(0.0, plan.deadline - now), 1))

    try:
        run_forked(lambda: search_process(job_dir, spec, started_at, events), job_dir, kill_at=kill_at, on_tick=tick)
    except Killed:
        return True
    except Died:
        if not _models(job_dir):
            raise
        return True
    return False


def _models(job_dir: Path) -> dict[str, Any]:
    """The models that are finished on disk."""
    path = job_dir / "search.json"
    models: dict[str, Any] = read_json(path)["models"] if path.exists() else {}
    return models


def _plan(job_dir: Path) -> Plan | None:
    path = job_dir / "plan.json"
    return Plan(**read_json(path)) if path.exists() else None


def _note_killed(search: dict[str, Any], events: EventLog) -> None:
    current = search["current"]
    if current and not current["extra"]:
        skip = skip_reason("Killed", "")
        search["skipped"].append({"model": current["model"], "family": current["family"], **skip.as_dict()})
        events.skipped(current["model"], family=current["family"], **skip.as_dict())


def _nothing_finished(spec: FitSpec) -> Refused:
    return Refused(
        "budget_too_small",
        gettext_noop("Not one model was finished within %(seconds)s seconds. Give the run more time."),
        {"seconds": round(spec.settings.time_limit)},
    )
