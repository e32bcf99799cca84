"""The part of a fit that runs in a fork and may be killed: check, split, search.

It leaves schema.json, holdout.parquet, prepared.json, plan.json, search.json and predictor/; what
is on disk at any moment is enough for the phases that follow.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.events import EventLog, gettext_noop, write_json
from workers.engine.problems.tabular import TabularSearch, eval_metric
from workers.engine.search.candidate import BASELINE, Candidate, SearchFacts
from workers.engine.search.contention import Contention
from workers.engine.search.plan import Plan, allotment, plan_make
from workers.engine.search.portfolio import portfolio
from workers.engine.search.skips import Skip, skip_reason
from workers.engine.spec import FitSpec
from workers.engine.split import Split, holdout_split
from workers.engine.table import LABEL, Table, table_load

if TYPE_CHECKING:
    import pandas as pd

# An assumption, not a measurement: one busy core and its share of the board.
WATTS_PER_CORE = 10.0
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


class Searcher:
    """Gives each candidate its turn, and writes down at once what came of it."""

    def __init__(
        self, job_dir: Path, search: TabularSearch, facts: SearchFacts, plan: Plan, contention: Contention, events: EventLog
    ) -> None:
        self.job_dir = job_dir
        self.search = search
        self.facts = facts
        self.plan = plan
        self.events = events
        self.contention = contention
        self.n_features = 0
        self.models: dict[str, dict[str, Any]] = {}
        self.skipped: list[dict[str, Any]] = []

    def run(self, train: pd.DataFrame, validation: pd.DataFrame | None) -> None:
        self.n_features = train.shape[1] - 1
        self._save(BASELINE)
        used = Usage()
        self._fitted(BASELINE, self.search.start(BASELINE, train, validation), used)
        queue = portfolio(self.facts, self.search.spec.settings.candidates)
        while queue:
            self._replan()
            self._try(queue.pop(0), queue)
        self._save(None)

    def _replan(self) -> None:
        """Keep back more for what follows when the machine gets busy, less when it calms down."""
        self.plan = self.plan.under(self.contention.update())
        write_json(self.job_dir / "plan.json", self.plan.as_dict())

    def _try(self, candidate: Candidate, queue: list[Candidate]) -> None:
        """Fit one candidate; one that ran out of time comes back in its cheaper form."""
        if candidate.max_features is not None and self.n_features > candidate.max_features:
            self._skip(candidate, skip_reason("TooManyColumns", str(candidate.max_features)))
            return
        seconds = allotment(candidate, queue, self.plan.search_ends_at)
        if not seconds:
            self._skip(candidate, skip_reason("NoTimeLeft", ""))
            return
        self._save(candidate)
        self.events.log(gettext_noop("Training %(model)s"), model=candidate.name, seconds=round(seconds, 1))
        used = Usage()
        failures = len(self.search.predictor.model_failures())
        names = self.search.add(candidate, seconds)
        if names:
            self._fitted(candidate, names, used)
            return
        failed = len(self.search.predictor.model_failures()) > failures
        kind, text = self.search.failure() if failed else ("TimeLimitExceeded", "")
        skip = skip_reason(kind, text)
        if skip.code == "error":
            print(f"{candidate.name} failed: {kind}: {text}", file=sys.stderr)
        if candidate.cheaper is not None and skip.retry:
            queue.insert(0, replace(candidate, params=candidate.cheaper, cheaper=None))
            return
        self._skip(candidate, skip)

    def _fitted(self, candidate: Candidate, names: list[str], used: Usage) -> None:
        for name in names:
            row = {
                "model": name,
                "family": candidate.family,
                "metric": eval_metric(self.search.spec),
                "score_val": self.search.validation_score(name),
                "fit_time_s": used.seconds(),
                "energy_wh": used.energy_wh(),
                "baseline": candidate is BASELINE,
            }
            self.models[name] = row
            self.events.model(live_row(row))
        self._save(None)

    def _skip(self, candidate: Candidate, skip: Skip) -> None:
        if candidate.extra:  # never promised
            return
        self.skipped.append({"model": candidate.name, "family": candidate.family, **skip.as_dict()})
        self._save(None)
        self.events.skipped(candidate.name, family=candidate.family, **skip.as_dict())

    def _save(self, current: Candidate | None) -> None:
        write_json(
            self.job_dir / "search.json",
            {
                "models": self.models,
                "skipped": self.skipped,
                "current": None if current is None else {"model": current.name, "family": current.family, "extra": current.extra},
                "finished": current is None and bool(self.models),
            },
        )


def live_row(row: dict[str, Any]) -> dict[str, Any]:
    """A leaderboard row while the holdout is still untouched."""
    from workers.engine.evaluate.metrics import HIGHER_IS_BETTER

    unknown = ("score_holdout", "ci_low", "ci_high", "tied_with_best", "predict_rows_per_s", "size_mb")
    return {
        **row,
        **dict.fromkeys(unknown),
        "higher_is_better": HIGHER_IS_BETTER[row["metric"]],
        "deployed": False,
        "metrics": {},
    }


class Usage:
    """Wall-clock and processor seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._cpu = cpu_seconds()

    def seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)

    def energy_wh(self) -> float:
        """Estimate: processor seconds x WATTS_PER_CORE."""
        return energy_wh(cpu_seconds() - self._cpu)


def cpu_seconds() -> float:
    """Processor time of this process and the children it has waited for."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in usage)


def energy_wh(seconds: float) -> float:
    return round(seconds * WATTS_PER_CORE / 3600, 6)
