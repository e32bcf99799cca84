"""Writes for projects and runs."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job, JobKind, JobState, Stop
from automl_portal.jobs.services import Claim, job_create, job_finish, job_progress
from automl_portal.projects.models import LeaderboardRow, Project, Run, RunEvent
from automl_portal.projects.planning import fit_memory_mb, memory_check, project_facts
from automl_portal.projects.settings import setup_settings
from automl_portal.projects.setup import Setup, run_split_check
from automl_portal.projects.warm import run_history
from automl_portal.projects.watching import live_after

CHECK_WALL_S = 600
PUBLISH_RESERVE_S = 3.0
RESERVE_SHARE = 0.02
LOGGED = ("phase", "log", "skipped", "model", "anew")
SKIPPED = ("model", "family", "code", "reason", "params", "remedy")
SEARCH = "search"  # the folder among a run's artefacts from which another run can go on


@transaction.atomic
def project_create(*, by: Membership, name: str, dataset: Dataset, setup: Setup) -> Project:
    """A new project from a checked set-up, and the job that looks at its label. Raises Problem."""
    role_required(by, Role.ANALYST)
    if dataset.status != DatasetStatus.READY:
        raise Problem("dataset_not_ready", N_("The dataset is not ready: answer its findings, or upload it again."), status=409)
    setup.check()
    job, _created = job_create(team=by.team, kind=JobKind.CHECK_LABEL, created_by=by.user, wall_limit_s=CHECK_WALL_S)
    project = Project.objects.create(
        team=by.team,
        name=name.strip()[:200] or f"{dataset.name}: {setup.label}"[:200],
        dataset=dataset,
        check_job=job,
        created_by=by.user,
        **setup.as_fields(),
    )
    audit(by=by, action="project.create", obj=project, detail=setup.as_fields())
    return project


@transaction.atomic
def project_change(*, by: Membership, project: Project, setup: Setup, dataset: Dataset | None = None) -> Project:
    """Store another set-up, on another version of the data when one is given; the next run uses it. Raises Problem."""
    role_required(by, Role.ANALYST)
    setup.check()
    job, _created = job_create(team=by.team, kind=JobKind.CHECK_LABEL, created_by=by.user, wall_limit_s=CHECK_WALL_S)
    fields = setup.as_fields()
    data = dataset or project.dataset
    Project.objects.filter(pk=project.pk).update(check_job=job, label_report={}, dataset=data, **fields)
    audit(by=by, action="project.change", obj=project, detail={**fields, "dataset": str(data.pk), "version": data.version})
    return Project.objects.get(pk=project.pk)


@transaction.atomic
def project_rename(*, by: Membership, project: Project, name: str) -> None:
    role_required(by, Role.ANALYST)
    Project.objects.filter(pk=project.pk).update(name=name[:200])
    audit(by=by, action="project.rename", obj=project, detail={"from": project.name, "to": name})


@transaction.atomic
def run_start(*, by: Membership, project: Project, settings: dict[str, Any] | None = None, idempotency_key: str | None = None) -> Run:
    """Queue a model search. `settings` override the project's for this run. Raises Problem."""
    role_required(by, Role.ANALYST)
    chosen = setup_settings(project.use_case, project.problem_type, {**project.settings, **(settings or {})})
    run_split_check(project, chosen["split"])
    memory_check(project_facts(project, chosen))
    return run_queue(by=by, project=project, dataset=project.dataset, settings=chosen, idempotency_key=idempotency_key)


def run_queue(
    *,
    by: Membership,
    project: Project,
    dataset: Dataset,
    settings: dict[str, Any],
    idempotency_key: str | None,
    of: Run | None = None,
    **origin: Run,
) -> Run:
    """A run with checked settings and its job, or the one that the key was used for. `of`: the run it comes from, `origin` says how."""
    job, created = job_create(
        team=project.team, kind=JobKind.RUN, created_by=by.user, wall_limit_s=settings["time_limit"], idempotency_key=idempotency_key
    )
    if not created:
        return Run.objects.get(job=job)
    number = (project.runs.aggregate(last=Max("number"))["last"] or 0) + 1
    run = Run.objects.create(project=project, dataset=dataset, number=number, job=job, settings=settings, **origin)
    audit(by=by, action="run.start", obj=run, detail={**settings, **({"from": of.number} if of else {})})
    return run


def check_prepare(*, claim: Claim, job_dir: Path) -> dict[str, Any]:
    """The spec of a label check."""
    project = Project.objects.select_related("dataset").get(check_job_id=claim.job_id)
    data_link(project.dataset, job_dir)
    return {"verb": "check_label", **project_spec(project)}


def check_publish(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
    """Store what the label check found. Raises LostLease."""
    with transaction.atomic():
        job_finish(claim, state=JobState.SUCCEEDED)
        Project.objects.filter(check_job_id=claim.job_id).update(label_report=result)


def run_prepare(*, claim: Claim, job_dir: Path) -> dict[str, Any]:
    """The spec of a fit. When `job_dir` holds what an earlier attempt has finished, the fit goes on from there, with the set-up
    it began with; a run that continues another begins with what that one kept. Otherwise it starts anew.
    """
    run = Run.objects.select_related("project", "dataset", "job", "continues", "replays").get(job_id=claim.job_id)
    resumes = (job_dir / "search.json").exists()
    if not resumes and run.continues is not None:
        search_lay_out(run.continues, job_dir)
    setup, recipe = project_spec(run.project), {}
    if run.replays is not None:
        recipe = json.loads(storage.path_of(f"{run.replays.artefacts_key}/recipe.json").read_text())
        setup |= recipe["setup"]
    if (job_dir / "spec.json").exists():  # the project may have been set up otherwise meanwhile
        began = json.loads((job_dir / "spec.json").read_text())
        setup = {name: began.get(name, value) for name, value in setup.items()}
    run_rows_settle(run, json.loads((job_dir / "search.json").read_text()) if resumes else {})
    data_link(run.dataset, job_dir)
    if run.job.stop == Stop.KEEP:  # nothing more is to be tried; what was finished is to be published
        (job_dir / "finish").touch()
    return {
        "verb": "fit",
        "job": str(claim.job_id),
        "attempt": claim.attempt,
        **setup,
        "settings": {key: value for key, value in run.settings.items() if key != "decision"},
        "decision": run.settings.get("decision", {}),
        "deadline": run_deadline(run.job),
        "cpu_count": os.cpu_count() or 1,
        "grid_country": django_settings.GRID_COUNTRY,
        "memory_limit_mb": fit_memory_mb(),
        "out_of_memory": run.job.oom_attempts > 0,
        "holdout_uses": run.holdout_uses,
        "recipe": recipe.get("members", []),
        "history": run_history(run),
    }


def run_rows_settle(run: Run, kept: dict[str, Any]) -> None:
    """Leave of the run's rows what its search has kept (search.json; nothing for one that starts anew)."""
    LeaderboardRow.objects.filter(run=run).exclude(model__in=list(kept.get("models", {}))).delete()
    skipped = [skipped_entry(entry) for entry in kept.get("skipped", [])]
    Run.objects.filter(pk=run.pk).update(skipped_models=skipped, live={}, **({} if kept else {"plan": {}}))


def search_lay_out(run: Run, job_dir: Path) -> None:
    """Copy what a published run has kept of its search. Raises LookupError when it is gone."""
    source = storage.path_of(f"{run.artefacts_key}/{SEARCH}")
    if not source.is_dir():
        raise LookupError("the search of the earlier run is gone")
    shutil.copytree(source, job_dir, dirs_exist_ok=True)


def run_deadline(job: Job) -> float:
    """Unix time by which the engine must be done: the end of what is left of the budget, less what signing and publishing need."""
    started = (job.started_at or datetime.now(UTC)).timestamp()
    return started + job.seconds_left - max(PUBLISH_RESERVE_S, RESERVE_SHARE * job.wall_limit_s)


def project_spec(project: Project) -> dict[str, Any]:
    return {
        "data": "data.parquet",
        "report": "report.json",
        "use_case": project.use_case_key,
        "label": project.label,
        "positive_class": project.positive_class,
        "problem_type": project.problem_type,
        "roles": project.roles,
    }


def data_link(dataset: Dataset, job_dir: Path) -> None:
    """Hard links of the dataset's files in the job's folder."""
    for name in ("data.parquet", "report.json"):
        os.link(storage.path_of(f"{dataset.data_key}/{name}"), job_dir / name)


def run_events(*, claim: Claim, events: list[dict[str, Any]]) -> None:
    """Turn the engine's events into rows, in one transaction. Raises LostLease, and then nothing is written."""
    latest = {
        key: event[key] for event in events if event["type"] in ("phase", "progress") for key in PROGRESS if event.get(key) is not None
    }
    if any(event["type"] == "model" for event in events):  # it gets on: an interruption counts from here
        latest["infra_attempts"] = 0
    with transaction.atomic():
        job_progress(claim, **{"attempt": claim.attempt, **latest})
        run = Run.objects.select_for_update().get(job_id=claim.job_id)
        for event in events:
            if event["type"] == "model":
                row = {key: value for key, value in event.items() if key not in ("t", "type")}
                LeaderboardRow.objects.update_or_create(run=run, model=row["model"], defaults={"family": row["family"], "row": row})
            elif event["type"] == "skipped":
                run.skipped_models.append(skipped_entry(event))
            elif event["type"] == "anew":
                LeaderboardRow.objects.filter(run=run).delete()
                run.skipped_models = []
            elif event["type"] == "plan":
                run.plan = {**run.plan, **event["plan"]}
        run.live = live_after(run.live, events)
        run.save(update_fields=["skipped_models", "plan", "live"])
        RunEvent.objects.bulk_create(event_row(run, claim, event) for event in events if is_logged(event))


def skipped_entry(event: dict[str, Any]) -> dict[str, Any]:
    return {key: event[key] for key in SKIPPED if key in event}


PROGRESS = ("phase", "progress", "eta_s", "message", "params")
EVENT_MESSAGES = {
    "model": N_("%(model)s is trained: %(metric)s %(score_val).4g in validation, %(fit_time_s).1f s."),
    "skipped": N_("%(model)s was skipped: %(reason)s"),
}


def is_logged(event: dict[str, Any]) -> bool:
    """A model is logged when it lands, not again when its holdout figures come in."""
    return event["type"] in LOGGED and event.get("score_holdout") is None


def event_row(run: Run, claim: Claim, event: dict[str, Any]) -> RunEvent:
    message = EVENT_MESSAGES.get(event["type"]) or event.get("message") or ""
    named = {key: event[key] for key in ("model", "reason", "metric", "score_val", "fit_time_s", "phase") if event.get(key) is not None}
    params = named | (event.get("params") or {})
    at = datetime.fromtimestamp(event["t"], UTC)
    return RunEvent(run=run, attempt=claim.attempt, at=at, type=event["type"], message=message, params=params)


def run_succeed(*, claim: Claim, result: dict[str, Any], rows: list[dict[str, Any]], artefacts_key: str) -> Run:
    """Store a run's outcome, also of one that was canceled with something finished; call it inside the publishing transaction.

    Raises LostLease.
    """
    job_finish(claim, state=JobState.CANCELED if result.get("canceled") else JobState.SUCCEEDED)
    run = Run.objects.select_related("project").get(job_id=claim.job_id)
    LeaderboardRow.objects.filter(run=run).delete()
    LeaderboardRow.objects.bulk_create(LeaderboardRow(run=run, model=row["model"], family=row["family"], row=row) for row in rows)
    run.result, run.artefacts_key = result, artefacts_key
    run.skipped_models = result.get("skipped_models", [])
    run.save(update_fields=["result", "artefacts_key", "skipped_models"])
    return run
