"""The part of a fit that runs in a fork and may be killed: check, split, search.

It leaves schema.json, holdout.parquet, prepared.json, plan.json, search.json and predictor/; what
is on disk at any moment is enough for the phases that follow.
"""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.planning.estimate import plan_preview
from domains.planning.layout import Machine, TableFacts
from domains.pretrained import folder_of
from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.confine import limit_memory
from workers.engine.events import EventLog, gettext_noop, write_json
from workers.engine.problems.tabular import TabularSearch, eval_metric
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.contention import Contention
from workers.engine.search.parting import Parting, part
from workers.engine.search.plan import Plan, plan_make
from workers.engine.search.portfolio import unweighing
from workers.engine.search.recipe import candidates_of
from workers.engine.search.repeatable import STEADY, single_thread
from workers.engine.search.resume import go_on
from workers.engine.search.searcher import Searcher
from workers.engine.search.state import SearchState
from workers.engine.spec import FitSpec
from workers.engine.table import LABEL, WEIGHT, Table, table_load
from workers.engine.weights import row_weights, weights_note

if TYPE_CHECKING:
    import pandas as pd

MODELLED = ("feature", "time", "text")  # roles of the columns that models learn from


def search_process(job_dir: Path, spec: FitSpec, started_at: float, events: EventLog) -> None:
    """Everything up to the last base model, from where an earlier process left it. Raises Refused for data that cannot be used."""
    limit_memory(spec.memory_limit_mb, spec.gpu_count)
    if spec.settings.repeatable:
        single_thread()
    kept = SearchState.load(job_dir)
    if kept is not None and go_on(job_dir, spec, kept, events):
        return
    _begin(job_dir, spec, started_at, events).run()


def _begin(job_dir: Path, spec: FitSpec, started_at: float, events: EventLog) -> Searcher:
    """Check the table, set rows apart and fit the preprocessing. What it read is free again when it returns."""
    events.phase("check", 0.0, message=gettext_noop("Checking the table"))
    table = table_load(job_dir, spec)
    write_json(job_dir / "schema.json", table.schema | {"eval_metric": eval_metric(spec)})
    events.phase("split", 0.01, message=gettext_noop("Setting rows apart for the final test"))
    parting = part(table, spec)
    table.frame = table.frame.iloc[:0]  # `parting` has copies
    parting.holdout.to_parquet(job_dir / "holdout.parquet", index=False)
    contention = Contention()
    facts = _table_facts(spec, table, parting)
    steady = spec.ends_at - spec.settings.time_limit if spec.settings.repeatable else None  # not a moment that differs from run to run
    plan = plan_make(
        started_at=steady or started_at,
        deadline=spec.ends_at,
        table=facts,
        machine=machine_of(spec),
        now=steady or time.time(),
        contention=STEADY if steady else contention.factor,
        smaller=spec.out_of_memory,
    )
    parting = parting.sampled(table, plan)
    plan = parting.folded(plan, job_dir)
    if spec.out_of_memory:
        table.warn("smaller_plan", SMALLER_PLAN, rows=len(parting.train), folds=plan.folds)
    if spec.history:
        table.warn("warm_start", WARM_START, run=max(row["run"] for row in spec.history))
    if spec.settings.allow_noncommercial:
        table.warn("noncommercial_allowed", NONCOMMERCIAL)
    if spec.weighed:
        table.warn(*weights_note(spec), models=unweighing())
    if spec.gpu_missing:
        table.warn("no_gpu", NO_GPU[spec.gpu_missing])
    split = parting.facts()
    _write_prepared(job_dir, table, parting, split)
    for said in split["sentences"]:
        events.log(said["message"], **said["params"])
    for warning in table.warnings:
        events.write("warning", **warning)
    write_json(job_dir / "plan.json", plan.as_dict())
    events.phase("search", plan.progress(time.time()), plan.deadline - time.time(), gettext_noop("Looking for the best model"))
    inner, validation = parting.validation(plan)
    search = TabularSearch(job_dir / "predictor", spec, folds=plan.folds, positive_class=table.schema["positive_class"])
    state = SearchState(job=spec.job, facts=asdict(_facts(spec, table, parting.train)))
    searcher = Searcher(job_dir, search, state, plan, contention, events)
    events.plan(_preview(spec, facts, plan, state))
    del parting
    searcher.start(_model_frame(inner, table, spec), None if validation is None else _model_frame(validation, table, spec))
    return searcher


NO_GPU = {
    "busy": gettext_noop(
        "Every GPU was in use by another run, so this one was trained on the processor; networks get less far in the same time."
    ),
    "full": gettext_noop(
        "No GPU had enough free memory, so this run was trained on the processor; networks get less far in the same time."
    ),
}
NONCOMMERCIAL = gettext_noop(
    "Pretrained models whose licence forbids commercial use were allowed. A predictor that one of them is part of must not be used commercially."
)
WARM_START = gettext_noop("The models are tried in the order that run %(run)s of this project suggests.")
SMALLER_PLAN = gettext_noop(
    "An earlier attempt ran out of memory. This one was made smaller: %(rows)s rows to learn from, %(folds)s folds."
)


def _facts(spec: FitSpec, table: Table, train: pd.DataFrame) -> SearchFacts:
    features = [column for column in table.schema["columns"] if column["role"] in MODELLED]
    return SearchFacts(
        problem_type=spec.problem_type,
        rows=len(train),
        columns=len(features),
        classes=len(table.schema["classes"] or ()),
        text=tuple(column["name"] for column in features if column["type"] == "text"),
        cpu_count=spec.cpu_count,
        gpu_count=spec.gpu_count,
        distribution=spec.distribution,
        weighed=spec.weighed,
        weights_dir=str(folder_of(os.environ) or ""),
        noncommercial=spec.settings.allow_noncommercial,
        history=tuple(spec.history),
    )


def _table_facts(spec: FitSpec, table: Table, parting: Parting) -> TableFacts:
    rows, held_out = len(parting.train) + len(parting.holdout), len(parting.holdout)
    features = [column for column in table.schema["columns"] if column["role"] in MODELLED]
    return TableFacts(
        rows=rows,
        columns=len(features),
        problem_type=spec.problem_type,
        classes=len(table.schema["classes"] or ()),
        text=sum(column["type"] == "text" for column in features),
        holdout_fraction=held_out / rows,
        smallest_class=parting.smallest_class,
    )


def _preview(spec: FitSpec, facts: TableFacts, plan: Plan, state: SearchState) -> dict[str, Any]:
    """The plan for the page: what the portal showed before the start, now with what is known of the table."""
    queue = state.rest(candidates_of(spec, state.search_facts))
    preview = plan_preview(facts, machine_of(spec), plan.deadline - plan.started_at, queue, plan.contention)
    return {**plan.as_dict(), "preview": preview}


def machine_of(spec: FitSpec) -> Machine:
    return Machine(spec.cpu_count, spec.memory_limit_mb, spec.gpu_count)


def _model_frame(frame: pd.DataFrame, table: Table, spec: FitSpec) -> pd.DataFrame:
    weights = row_weights(frame, spec)
    made = to_model_frame(frame, table.schema).assign(**{LABEL: frame[table.schema["label"]]})
    return made if weights is None else made.assign(**{WEIGHT: weights})


def _write_prepared(job_dir: Path, table: Table, parting: Parting, split: dict[str, Any]) -> None:
    write_json(
        job_dir / "prepared.json",
        {
            "rows": {
                "in": table.rows_in,
                "train": len(parting.train),
                "holdout": len(parting.holdout),
                "set_aside": sum(table.set_aside.values()),
                "set_aside_reasons": table.set_aside,
            },
            "split": split,
            "warnings": table.warnings,
        },
    )
