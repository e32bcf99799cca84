"""Our search alone: the portfolio, turns, kill and ensemble of a run, without what follows them in a run.

The rows that a run sets apart for its own test are as few as it can do with: another test, the same for all, is outside.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from benchmarks.order import order_lay
from benchmarks.peers.task import Landing, Task, landings_write, task_run
from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.events import EventLog, read_json
from workers.engine.preload import preload
from workers.engine.problems.tabular import best_by_validation, ensemble_fit, predictor_load
from workers.engine.search.candidate import family_of
from workers.engine.search.forked import Died, Killed, run_forked
from workers.engine.search.plan import Plan
from workers.engine.search.state import snapshot_restore
from workers.engine.search.worker import _begin
from workers.engine.spec import FitSpec, fit_spec_load

ENSEMBLE_SHARE = 0.05  # of the time, for the last ensemble
AFTER = 0.35  # what a run keeps back for its results, as a share of the search: it decides about folds
SMALLEST_TEST = 0.001


class Fixed(Plan):
    """The search ends when it was told to: nothing follows it here that a busy machine could take time from."""

    def under(self, contention: float) -> Plan:
        return self


def search_here(task: Task, spec: FitSpec, started: float, ends_at: float) -> None:
    job_dir = task.out / "job"
    searcher = _begin(job_dir, spec, started, EventLog(job_dir / "events.jsonl"))
    searcher.plan = Fixed(**searcher.plan.as_dict() | {"search_ends_at": ends_at})
    searcher.run()


def landings(job_dir: Path, started: float, there: list[str]) -> list[Landing]:
    """What a search that ended at any moment would have published: the ensemble of that moment, before there is one the best model."""
    events = [json.loads(line) for line in (job_dir / "events.jsonl").read_text().splitlines()]
    found = []
    for event in events:
        if event["type"] == "model" and event["model"] in there:
            found.append(Landing(event["t"] - started, {event["model"]: 1.0}))
        elif event["type"] == "ensemble" and set(event["members"]) <= set(there):
            found.append(Landing(event["t"] - started, event["members"]))
    return found


def search(task: Task) -> Callable[[pd.DataFrame], pd.DataFrame]:
    started = time.time()
    job_dir = task.out / "job"
    wanted = {"time_limit": task.seconds, "seed": task.seed, "eval_metric": task.metric, "holdout_fraction": SMALLEST_TEST}
    order_lay(
        job_dir, task.out, task.label, seconds=(1 + AFTER) * task.seconds, frame=task.train, text=task.text, settings=wanted,
        problem_type=task.problem_type, memory_limit_mb=6000, cpu_count=os.cpu_count() or 1, roles={"text": task.text},
    )  # fmt: skip
    spec = fit_spec_load(job_dir)
    ends_at = started + (1 - ENSEMBLE_SHARE) * task.seconds
    try:
        run_forked(lambda: search_here(task, spec, started, ends_at), job_dir, kill_at=lambda: ends_at + 0.5, on_tick=lambda: None)
    except (Killed, Died) as error:
        print("ended:", error)
    kept = read_json(job_dir / "search.json")
    snapshot_restore(job_dir, kept["snapshot"], kept["models"])
    predictor = predictor_load(job_dir / "predictor")
    members = [name for name in predictor.model_names() if family_of(name) not in ("baseline", "ensemble")]
    ensemble_fit(predictor, members, max(1.0, started + task.seconds - time.time()))
    best = best_by_validation(predictor, predictor.model_names())
    print(predictor.leaderboard()[["model", "score_val", "fit_time"]].to_string())
    print(json.dumps(kept["skipped"]), best)
    schema = read_json(job_dir / "schema.json")
    if os.environ.get("BENCH_LANDINGS"):
        frame = to_model_frame(task.holdout, schema)
        one = task.problem_type == "regression"
        landings_write(
            task,
            landings(job_dir, started, members),
            lambda model: predictor.predict(frame, model=model).to_frame() if one else predictor.predict_proba(frame, model=model),
        )
    if task.problem_type == "regression":
        return lambda frame: predictor.predict(to_model_frame(frame, schema), model=best).to_frame()
    return lambda frame: predictor.predict_proba(to_model_frame(frame, schema), model=best)


if __name__ == "__main__":
    preload()
    task_run(search)
