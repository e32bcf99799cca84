"""What a user may do to a run that is under way, and with one that is over."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobState
from automl_portal.jobs.services import job_cancel, job_pause, job_resume
from automl_portal.projects.models import PUBLISHED, LeaderboardRow, Project, Run
from automl_portal.projects.selectors import artefact
from automl_portal.projects.services import SEARCH, run_queue
from automl_portal.projects.settings import setup_settings

NOT_BASE = ("baseline", "ensemble")


def run_cancel(*, by: Membership, run: Run, keep: bool = True) -> None:
    """Ask for the end of a run. `keep`: publish what it has finished, if that is anything. Raises Problem when it is over."""
    role_required(by, Role.ANALYST)
    if not run.job.is_active:
        raise Problem("run_over", N_("This run is over already."), status=409)
    keep = keep and has_models(run)
    job_cancel(run.job, keep=keep)
    audit(by=by, action="run.cancel", obj=run, detail={"keep": keep})


def run_pause(*, by: Membership, run: Run) -> None:
    """Ask a run to wait; it keeps what it has and frees its worker. Raises Problem when it cannot."""
    role_required(by, Role.ANALYST)
    if not job_pause(run.job):
        raise Problem("run_not_pausable", N_("Only a run that is queued or running can be paused."), status=409)
    audit(by=by, action="run.pause", obj=run)


def run_resume(*, by: Membership, run: Run) -> None:
    """Let a paused run go on. Raises Problem when it is not paused."""
    role_required(by, Role.ANALYST)
    if run.job.is_pausing:
        raise Problem("run_still_pausing", N_("This run is still being paused; try again in a few seconds."), status=409)
    if not job_resume(run.job):
        raise Problem("run_not_paused", N_("This run is not paused."), status=409)
    audit(by=by, action="run.resume", obj=run)


@transaction.atomic
def run_continue(*, by: Membership, run: Run, time_limit: float | None = None, idempotency_key: str | None = None) -> Run:
    """A new run that goes on from what this one kept: same split, same holdout, its models kept, the remaining ones tried.

    `time_limit`: seconds for the new run, the same as before when left out. Raises Problem when nothing was kept.
    """
    role_required(by, Role.ANALYST)
    if not search_kept(run):
        raise Problem(
            "run_not_continuable", N_("This run can no longer be continued: its search is not kept. Start a new run."), status=409
        )
    given = {**run.settings, **({} if time_limit is None else {"time_limit": time_limit})}
    chosen = setup_settings(run.project.use_case, run.project.problem_type, given)
    settings = {**run.settings, "time_limit": chosen["time_limit"]}
    return run_queue(
        by=by, project=run.project, dataset=run.dataset, settings=settings, idempotency_key=idempotency_key, of=run, continues=run
    )


@transaction.atomic
def run_replay(*, by: Membership, run: Run, dataset: Dataset | None = None, idempotency_key: str | None = None) -> Run:
    """A new run that fits the recipe of this run's published model, and nothing else, on another version of the data (or the same).

    It sets rows apart and tests anew. Raises Problem when there is no recipe or the data lacks its columns.
    """
    role_required(by, Role.ANALYST)
    if not run.is_published or not storage.path_of(f"{run.artefacts_key}/recipe.json").is_file():
        raise Problem("run_without_recipe", N_("This run has no recipe: only a published run has one."), status=409)
    data = dataset or run.dataset
    if data.status != DatasetStatus.READY:
        raise Problem("dataset_not_ready", N_("The dataset is not ready: answer its findings, or upload it again."), status=409)
    setup = artefact(run, "recipe.json")["setup"]
    there = {column["name"] for column in data.columns}
    missing = sorted({setup["label"], *(name for names in setup["roles"].values() for name in names)} - there)
    if missing:
        raise Problem("columns_missing", N_("The data lacks columns of the recipe: %(columns)s."), params={"columns": ", ".join(missing)})
    return run_queue(by=by, project=run.project, dataset=data, settings=run.settings, idempotency_key=idempotency_key, of=run, replays=run)


def has_models(run: Run) -> bool:
    """Whether the run has trained anything worth keeping so far."""
    return LeaderboardRow.objects.filter(run=run).exclude(family__in=NOT_BASE).exists()


def search_kept(run: Run) -> bool:
    """Whether another run can go on from this one."""
    return run.is_published and bool(run.artefacts_key) and storage.path_of(f"{run.artefacts_key}/{SEARCH}").is_dir()


def searches_prune(project: Project) -> int:
    """Keep the searches of the project's newest published runs only (AUTOML_KEPT_SEARCHES); how many were removed."""
    published = project.runs.filter(PUBLISHED).exclude(artefacts_key="").order_by("-number")
    waiting = set(project.runs.filter(job__state__in=(JobState.QUEUED, JobState.RUNNING)).values_list("continues", flat=True))
    removed = 0
    for run in published[django_settings.KEPT_SEARCHES :]:
        if run.pk not in waiting and search_kept(run):
            storage.remove(f"{run.artefacts_key}/{SEARCH}")
            removed += 1
    return removed
