"""The part of a fit that runs in a fork and may be killed: check, split, search.

It leaves schema.json, holdout.parquet, prepared.json, plan.json, search.json and predictor/; what
is on disk at any moment is enough for the phases that follow.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.events import EventLog, gettext_noop, write_json
from workers.engine.problems.tabular import TabularSearch, eval_metric
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.contention import Contention
from workers.engine.search.plan import Plan, plan_make
from workers.engine.search.searcher import Searcher
from workers.engine.spec import FitSpec
from workers.engine.split import Split, holdout_split
from workers.engine.table import LABEL, Table, table_load

if TYPE_CHECKING:
    import pandas as pd

MODELLED = ("feature", "time", "text")  # roles of the columns that models learn from


def search_process(job_dir: Path, spec: FitSpec, started_at: float, events: EventLog) -> None:
    """Everything up to the last base model. Raises Refused for data that cannot be used."""
    events.phase("check", 0.0, message=gettext_noop("Checking the table"))
    table = table_load(job_dir, spec)
    write_json(job_dir / "schema.json", table.schema | {"eval_metric": eval_metric(spec)})
    events.phase("split", 0.01, message=gettext_noop("Setting rows apart for the final test"))
    split = _split(table.frame, spec, spec.settings.holdout_fraction)
    if split.fallback:
        table.warn(split.fallback, gettext_noop("A split by time would leave one side without a class; rows were split at random."))
    train = table.frame[~split.holdout].reset_index(drop=True)
    holdout = table.frame[split.holdout].reset_index(drop=True)
    holdout.to_parquet(job_dir / "holdout.parquet", index=False)
    contention = Contention()
    plan = _plan(spec, table, train, len(holdout), started_at, contention.factor)
    train = _sampled(table, train, plan, spec)
    _write_prepared(job_dir, table, split, train, holdout)
    write_json(job_dir / "plan.json", plan.as_dict())
    events.plan(plan.as_dict())
    events.phase("search", plan.progress(time.time()), plan.deadline - time.time(), gettext_noop("Looking for the best model"))
    inner, validation = _validation(train, spec, plan)
    search = TabularSearch(job_dir / "predictor", spec, folds=plan.folds, positive_class=table.schema["positive_class"])
    Searcher(job_dir, search, _facts(spec, table, train), plan, contention, events).run(
        _model_frame(inner, table), None if validation is None else _model_frame(validation, table)
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
    )


def _split(frame: pd.DataFrame, spec: FitSpec, fraction: float) -> Split:
    return holdout_split(
        frame,
        spec.label,
        classification=spec.problem_type != "regression",
        fraction=fraction,
        seed=spec.settings.seed,
        time=spec.roles.time,
        group=spec.roles.group,
        ignore=spec.roles.id,
    )


def _plan(spec: FitSpec, table: Table, train: pd.DataFrame, held_out: int, started_at: float, contention: float) -> Plan:
    smallest = None if spec.problem_type == "regression" else int(train[spec.label].value_counts().min())
    return plan_make(
        started_at=started_at,
        deadline=spec.ends_at,
        rows=len(train) + held_out,
        columns=sum(column["role"] in MODELLED for column in table.schema["columns"]),
        holdout_fraction=held_out / (len(train) + held_out),
        cpu_count=spec.cpu_count,
        inner_only=bool(spec.roles.time or spec.roles.group),
        smallest_class=smallest,
        contention=contention,
    )


def _sampled(table: Table, train: pd.DataFrame, plan: Plan, spec: FitSpec) -> pd.DataFrame:
    """More rows than the time can use are set aside, and counted."""
    if len(train) <= plan.max_train_rows:
        return train
    kept = holdout_split(
        train, spec.label, classification=spec.problem_type != "regression",
        fraction=plan.max_train_rows / len(train), seed=spec.settings.seed, group=spec.roles.group,
    ).holdout  # fmt: skip
    table.set_aside["more_than_the_budget"] = int((~kept).sum())
    table.warn(
        "training_sampled",
        gettext_noop("Within the time limit %(rows)s training rows could be used; %(left)s were set aside."),
        rows=int(kept.sum()),
        left=int((~kept).sum()),
    )
    return train[kept].reset_index(drop=True)


def _validation(train: pd.DataFrame, spec: FitSpec, plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The training rows, and those to validate on when there are no folds: split like the holdout."""
    if plan.folds:
        return train, None
    inner = _split(train, spec, plan.inner_fraction).holdout
    return train[~inner].reset_index(drop=True), train[inner].reset_index(drop=True)


def _model_frame(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    return to_model_frame(frame, table.schema).assign(**{LABEL: frame[table.schema["label"]]})


def _write_prepared(job_dir: Path, table: Table, split: Split, train: pd.DataFrame, holdout: pd.DataFrame) -> None:
    write_json(
        job_dir / "prepared.json",
        {
            "rows": {
                "in": table.rows_in,
                "train": len(train),
                "holdout": len(holdout),
                "set_aside": sum(table.set_aside.values()),
                "set_aside_reasons": table.set_aside,
            },
            "split": {"kind": split.kind, "fallback": split.fallback},
            "warnings": table.warnings,
        },
    )
