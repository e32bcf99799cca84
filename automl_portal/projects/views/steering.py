"""The buttons of the run page: cancel, pause, let go on, give more time, start again."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.errors import Problem
from automl_portal.projects.models import Run
from automl_portal.projects.services import run_start
from automl_portal.projects.steering import run_cancel, run_continue, run_pause, run_replay, run_resume
from automl_portal.projects.views.run import discard_word, run_of


def run_steered(request: TeamRequest, run: Run, act: Callable[[], Run | None], said: str = "") -> HttpResponse:
    """Act on a run, or tell why not; then on to the run that came of it, or back to this one."""
    try:
        made = act()
    except Problem as problem:
        messages.error(request, problem.sentence)
        made = None
    else:
        if said:
            messages.info(request, said)
    return redirect("run_detail", run.project_id, (made or run).pk)


@require_POST
@member_page(Role.ANALYST)
def run_cancel_page(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """End the search and publish what it has finished."""
    run = run_of(request, project_id, run_id)
    said = _("The run is being stopped; this takes up to 15 seconds.")
    return run_steered(request, run, lambda: run_cancel(by=request.membership, run=run), said)


@require_POST
@member_page(Role.ANALYST)
def run_discard(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """End the search and keep nothing; the run's number has to be typed."""
    run = run_of(request, project_id, run_id)
    if request.POST.get("confirm", "").strip() != discard_word(run):
        messages.error(request, _("Nothing was thrown away: type %(word)s to confirm.") % {"word": discard_word(run)})
        return redirect("run_detail", project_id, run_id)
    said = _("The run is being stopped; this takes up to 15 seconds.")
    return run_steered(request, run, lambda: run_cancel(by=request.membership, run=run, keep=False), said)


@require_POST
@member_page(Role.ANALYST)
def run_pause_page(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    run = run_of(request, project_id, run_id)
    return run_steered(request, run, lambda: run_pause(by=request.membership, run=run))


@require_POST
@member_page(Role.ANALYST)
def run_resume_page(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    run = run_of(request, project_id, run_id)
    return run_steered(request, run, lambda: run_resume(by=request.membership, run=run))


@require_POST
@member_page(Role.ANALYST)
def run_continue_page(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """A new run that goes on from this one."""
    run = run_of(request, project_id, run_id)
    limit = request.POST.get("time_limit", "")
    seconds = float(limit) if limit.isdecimal() else None
    return run_steered(request, run, lambda: run_continue(by=request.membership, run=run, time_limit=seconds))


@require_POST
@member_page(Role.ANALYST)
def run_replay_page(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """A new run that fits the recipe of this one's model on the project's present data."""
    run = run_of(request, project_id, run_id)
    return run_steered(request, run, lambda: run_replay(by=request.membership, run=run, dataset=run.project.dataset))


@require_POST
@member_page(Role.ANALYST)
def run_repeat(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """Start a new run with the settings of this one."""
    run = run_of(request, project_id, run_id)
    again = run_start(by=request.membership, project=run.project, settings=run.settings)
    return redirect("run_detail", project_id, again.pk)
