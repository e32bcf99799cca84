"""The phases after the search, kept to the deadline: in a fork that can be killed, with a short way for when it was."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from workers.engine.confine import limit_memory
from workers.engine.events import EventLog, Interrupted, check_canceled, gettext_noop, read_json, write_json
from workers.engine.search.eta import progress_tell
from workers.engine.search.finish import BUNDLING, Finish
from workers.engine.search.forked import Died, Killed, run_forked
from workers.engine.search.plan import Plan
from workers.engine.search.repeatable import single_thread
from workers.engine.search.state import snapshot_restore
from workers.engine.spec import FitSpec

FINISHED = "finished.json"
OVERRUN_SHARE, OVERRUN_S = 0.05, 4.0


def finish_run(
    job_dir: Path, spec: FitSpec, plan: Plan, search: dict[str, Any], prepared: dict[str, Any], events: EventLog, *, partial: bool
) -> dict[str, Any]:
    """result.json of the models on disk. `partial`: the search did not get to everything it had promised.

    Runs `Finish` in a fork. One that is still at it when only the short way fits before the deadline, or that died (memory),
    is replaced by a short one: a quick model, tested on few rows, packed; and the result says so. This process computes
    nothing, so that it can always act. Raises Canceled, and Interrupted when not even the short way works: the models are on disk.
    """

    began = time.time()

    def go(short: bool) -> dict[str, Any]:
        snapshot_restore(job_dir, search["snapshot"], search["models"])  # a finish or a search before this one may have been killed
        finish = Finish(job_dir, spec, plan, search, prepared, events, short=short)
        for name in (FINISHED, BUNDLING):
            (job_dir / name).unlink(missing_ok=True)
        # The last chance may take all that is left until the supervisor ends the process.
        late = max(plan.deadline, time.time()) + max(plan.short_s, OVERRUN_SHARE * (plan.deadline - plan.started_at) + OVERRUN_S)

        def function() -> None:
            limit_memory(spec.memory_limit_mb, spec.gpu_count)
            if spec.settings.repeatable:
                single_thread()
            write_json(job_dir / FINISHED, finish.run(partial=partial or short))

        run_forked(
            function,
            job_dir,
            kill_at=lambda: late if short else _kill_at(job_dir, plan),
            on_tick=lambda: progress_tell(events, plan, (began, began)),
        )
        result: dict[str, Any] = read_json(job_dir / FINISHED)
        return result

    if time.time() < plan.deadline - plan.short_s:
        try:
            return go(short=False)
        except (Killed, Died) as error:
            check_canceled(job_dir)
            events.log(gettext_noop("The results are prepared in a shorter way: the time or the memory ran out"), reason=str(error))
    try:
        return go(short=True)
    except (Killed, Died) as error:
        check_canceled(job_dir)
        raise Interrupted(str(error)) from error


def _kill_at(job_dir: Path, plan: Plan) -> float:
    """Unix time. The whole way has to leave room for the short one until it packs; packing, it is as quick as that one."""
    return plan.deadline if (job_dir / BUNDLING).exists() else plan.deadline - plan.short_s
