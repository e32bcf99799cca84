"""The cast and their things: rows as the services leave them, without a worker."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from automl_portal.accounts.models import Membership, Role, Team, User
from automl_portal.accounts.services import owner_create
from automl_portal.datasets.models import Dataset, Finding
from automl_portal.jobs.models import Job, JobKind, JobState
from automl_portal.jobs.services import job_create
from automl_portal.predictors.models import Predictor
from automl_portal.projects.models import LeaderboardRow, Project, Run

PASSWORD = "correct horse battery 42"


def owner(email: str, team: str) -> Membership:
    return owner_create(email=email, password=PASSWORD, team_name=team)


def member(email: str, team: Team, role: Role = Role.ANALYST) -> Membership:
    user = User.objects.create_user(email=email, password=PASSWORD)
    return Membership.objects.create(user=user, team=team, role=role)


def column(name: str, type: str = "integer", unique: int = 50, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"c{abs(hash(name)) % 10_000:04d}",
        "type": type,
        "missing": 0,
        "unique": unique,
        "role_guess": None,
        **more,
    }


def credit_columns() -> list[dict[str, Any]]:
    top = [{"value": "1", "count": 700}, {"value": "0", "count": 300}]
    return [
        column("age"),
        column("sex", "category", 2, top=[{"value": "female", "count": 310}, {"value": "male", "count": 690}]),
        column("amount", "number", 900),
        column("credit_risk", "integer", 2, top=top),
    ]


def done(job: Job, state: JobState = JobState.SUCCEEDED, **fields: Any) -> Job:
    Job.objects.filter(pk=job.pk).update(state=state, started_at=timezone.now(), finished_at=timezone.now(), **fields)
    job.refresh_from_db()
    return job


def dataset(by: Membership, *, state: JobState | None = JobState.SUCCEEDED, **fields: Any) -> Dataset:
    job, _created = job_create(team=by.team, kind=JobKind.IMPORT, created_by=by.user, wall_limit_s=600)
    if state is not None:
        done(job, state)
    values: dict[str, Any] = {
        "name": "German credit",
        "filename": "german_credit.csv",
        "rows": 1000,
        "bytes": 80_000,
        "sha256": "ab" * 32,
        "report": {"rows": 1000, "rows_set_aside": 0, "columns": credit_columns(), "format": {"encoding": "utf-8", "delimiter": ","}},
        "sources": [{"key": "datasets/none/upload.bin", "filename": "german_credit.csv", "bytes": 80_000, "sha256": "ab" * 32}],
    }
    return Dataset.objects.create(team=by.team, created_by=by.user, job=job, **(values | fields))


def finding(of: Dataset, level: str = "ASK", **fields: Any) -> Finding:
    choices = [{"value": "drop", "label": "Leave it out"}, {"value": "keep", "label": "Keep it"}]
    values = {
        "key": "id_column:age",
        "code": "id_column",
        "column": "age",
        "message": "%(column)s looks like an id.",
        "params": {"column": "age"},
    }
    return Finding.objects.create(dataset=of, level=level, choices=choices, **(values | fields))


def project(by: Membership, on: Dataset | None = None, **fields: Any) -> Project:
    values: dict[str, Any] = {
        "name": "Credit",
        "use_case_key": "finance/credit_default",
        "use_case_version": 1,
        "label": "credit_risk",
        "positive_class": "0",
        "problem_type": "binary",
        "roles": {"sensitive": ["sex", "age"]},
        "settings": {"time_limit": 120, "eval_metric": "log_loss", "holdout_fraction": 0.2, "seed": 0, "decision": {}},
    }
    return Project.objects.create(team=by.team, created_by=by.user, dataset=on or dataset(by), **(values | fields))


def run(of: Project, *, state: JobState | None = None, error: dict[str, Any] | None = None, **fields: Any) -> Run:
    job, _created = job_create(team=of.team, kind=JobKind.RUN, created_by=of.created_by, wall_limit_s=120)
    if state is not None:
        done(job, state, error=error)
    return Run.objects.create(project=of, dataset=of.dataset, number=of.runs.count() + 1, job=job, settings=of.settings, **fields)


def leaderboard_row(of: Run, model: str, family: str, score: float, half: float = 0.04, **fields: Any) -> LeaderboardRow:
    row = {
        "model": model,
        "family": family,
        "metric": "log_loss",
        "higher_is_better": False,
        "score_val": score,
        "score_holdout": score,
        "ci_low": score - half,
        "ci_high": score + half,
        "tied_with_best": False,
        "fit_time_s": 2.0,
        "predict_rows_per_s": 10_000,
        "size_mb": 1.0,
        "energy_wh": 0.01,
        "deployed": False,
        "baseline": family == "baseline",
    }
    return LeaderboardRow.objects.create(run=of, model=model, family=family, row=row | fields)


def predictor(of: Run, **fields: Any) -> Predictor:
    values: dict[str, Any] = {
        "version": of.project.predictors.count() + 1,
        "model": "WeightedEnsemble_L2",
        "bundle_key": f"runs/{of.pk}/t1",
        "bundle_sha256": "cd" * 32,
        "bundle_bytes": 12_000_000,
        "signing_key_id": "0123456789abcdef",
        "schema": {
            "columns": [{"name": "age", "type": "integer", "required": True}, {"name": "amount", "type": "number", "required": True}]
        },
        "holdout": {"log_loss": 0.51, "roc_auc": 0.79},
    }
    return Predictor.objects.create(project=of.project, run=of, **(values | fields))
