"""Home: what waits, what runs, what finished, then the projects."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.selectors import datasets_named, newest_versions, team_datasets, waiting_datasets
from automl_portal.projects.models import Run
from automl_portal.projects.selectors import active_runs, champion_score, finished_runs, team_projects, undecided_runs


@require_GET
@member_page()
def home(request: TeamRequest) -> HttpResponse:
    team = request.membership.team
    query = request.GET.get("q", "").strip()
    projects = team_projects(team)
    if query:
        found = projects.filter(name__icontains=query)
        context: dict[str, Any] = {
            "query": query,
            "datasets": datasets_named(newest_versions(team_datasets(team)), query),
            "projects": rows(found),
        }
        return render(request, "projects/search.html", context)
    waiting, undecided, running = waiting_datasets(team), undecided_runs(team), active_runs(team)
    context = {
        "heading": heading(waiting, undecided, running),
        "waiting": waiting,
        "undecided": undecided,
        "running": running,
        "finished": finished_runs(team),
        "projects": rows(projects),
    }
    return render(request, "projects/home.html", context)


def rows(projects: Any) -> list[dict[str, Any]]:
    """One row of the projects table each: the project, its champion's score, its last run."""
    return [{"project": project, "score": champion_score(project), "run": next(iter(project.runs.all()), None)} for project in projects]


def heading(waiting: list[Dataset], undecided: list[Run], running: list[Run]) -> str:
    """One sentence: what waits for the reader and what is under way."""
    parts = []
    todo = len(waiting) + len(undecided)
    if todo:
        parts.append(ngettext("%(n)s thing waits for you", "%(n)s things wait for you", todo) % {"n": todo})
    if running:
        parts.append(ngettext("%(n)s run is under way", "%(n)s runs are under way", len(running)) % {"n": len(running)})
    return _(", ").join(parts) if parts else _("Nothing waits for you")
