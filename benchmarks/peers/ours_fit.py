"""Our search alone: the same portfolio, turns and ensemble as a run, without what follows them in a run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pandas as pd

from benchmarks.order import order_lay
from benchmarks.peers.task import Task, task_run
from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.events import EventLog, write_json
from workers.engine.preload import preload
from workers.engine.problems.tabular import TabularSearch, best_by_validation, ensemble_fit
from workers.engine.search import worker
from workers.engine.search.candidate import family_of
from workers.engine.search.contention import Contention
from workers.engine.search.plan import Plan
from workers.engine.search.searcher import Searcher
from workers.engine.spec import fit_spec_load
from workers.engine.table import table_load

ENSEMBLE_SHARE = 0.04  # of the time, for the last ensemble
FOLLOWING_S = 3600.0


class Fixed(Plan):
    """The search ends when it was told to: nothing follows it here that a busy machine could take time from."""

    def under(self, contention: float) -> Plan:
        return self


def search(task: Task) -> Callable[[pd.DataFrame], pd.DataFrame]:
    started = time.time()
    job_dir = task.out / "job"
    order_lay(
        job_dir, task.out, task.label, seconds=task.seconds + FOLLOWING_S, seed=task.seed, frame=task.train, text=task.text,
        problem_type=task.problem_type, settings={"time_limit": task.seconds, "seed": task.seed, "eval_metric": task.metric},
        memory_limit_mb=6000, cpu_count=os.cpu_count() or 1, roles={"text": task.text},
    )  # fmt: skip
    spec = fit_spec_load(job_dir)
    table = table_load(job_dir, spec)
    write_json(job_dir / "schema.json", table.schema)
    plan = worker._plan(spec.model_copy(update={"deadline": started + 1.35 * task.seconds}), table, table.frame, 0, started, 1.0)
    ends_at = started + (1 - ENSEMBLE_SHARE) * task.seconds
    plan = Fixed(**plan.as_dict() | {"deadline": started + task.seconds + FOLLOWING_S, "search_ends_at": ends_at})
    train = worker._sampled(table, table.frame, plan, spec)
    inner, validation = worker._validation(train, spec, plan)
    tabular = TabularSearch(job_dir / "predictor", spec, folds=plan.folds, positive_class=table.schema["positive_class"])
    Searcher(job_dir, tabular, worker._facts(spec, table, train), plan, Contention(), EventLog(job_dir / "events.jsonl")).run(
        worker._model_frame(inner, table), None if validation is None else worker._model_frame(validation, table)
    )
    predictor = tabular.predictor
    members = [name for name in predictor.model_names() if family_of(name) not in ("baseline", "ensemble")]
    ensemble_fit(predictor, members, max(1.0, started + task.seconds - time.time()))
    best = best_by_validation(predictor, predictor.model_names())
    print(predictor.leaderboard()[["model", "score_val", "fit_time"]].to_string())
    if task.problem_type == "regression":
        return lambda frame: predictor.predict(to_model_frame(frame, table.schema), model=best).to_frame()
    return lambda frame: predictor.predict_proba(to_model_frame(frame, table.schema), model=best)


if __name__ == "__main__":
    preload()
    task_run(search)
