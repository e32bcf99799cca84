"""The page of one run, from queued to done.

It is kept fresh by polling a fragment every second: that goes through any proxy, holds no connection open, survives a restart of
the portal, and shows an event within two seconds. Morphing (htmx) changes only what differs, so focus and scrolling stay.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.errors import Problem
from automl_portal.projects.live import live
from automl_portal.projects.logs import log_files, run_log
from automl_portal.projects.models import Run
from automl_portal.projects.now import Now
from automl_portal.projects.plots.search import first_mentions
from automl_portal.projects.selectors import team_run
from automl_portal.projects.steering import search_kept


@require_GET
@member_page()
def run_detail(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    run = run_of(request, project_id, run_id)
    return render(request, "projects/run.html", context(request, run))


@require_GET
@member_page()
def run_live(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """The part that changes. Once the run is over it no longer asks to be polled."""
    return render(request, "projects/run/_live.html", context(request, run_of(request, project_id, run_id)) | {"is_fragment": True})


@require_GET
@member_page(Role.OWNER)
def run_log_page(request: TeamRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """What the engine printed, as a text file."""
    run = run_of(request, project_id, run_id)
    try:
        content = run_log(by=request.membership, run=run)
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("run_detail", project_id, run_id)
    headers = {"Content-Disposition": f'attachment; filename="run-{run.number}-engine.log"'}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)


def discard_word(run: Run) -> str:
    """What has to be typed before the models of a run are thrown away."""
    return str(run.number)


def run_of(request: TeamRequest, project_id: UUID, run_id: UUID) -> Run:
    """The team's run under this project's address. Raises Http404 for any other."""
    run = team_run(request.membership.team, run_id)
    if run.project_id != project_id:
        raise Http404
    return run


def context(request: TeamRequest, run: Run) -> dict[str, Any]:
    now, moment = live(run), Now(run, request.GET.get("curve", ""))
    return {
        "run": run,
        "job": run.job,
        "project": run.project,
        "live": now,
        "figure": now.figure,
        "now": moment,
        "learning": moment.figure,
        "events": first_mentions(list(run.events.all())),
        "may_write": request.membership.may(Role.ANALYST),
        "elapsed": run.job.seconds_running,
        "can_continue": search_kept(run),
        "discard_word": discard_word(run),
        "has_log": request.membership.may(Role.OWNER) and bool(log_files(run)),
    }
