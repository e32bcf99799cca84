"""A project's first page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.projects.board import in_sentence
from automl_portal.projects.models import Project, Run
from automl_portal.projects.selectors import champion_score, last_run, team_project
from automl_portal.projects.setup_page import note_sentence
from automl_portal.ui.figures import significant


@require_GET
@member_page()
def overview(request: TeamRequest, project_id: UUID) -> HttpResponse:
    project = team_project(request.membership.team, project_id)
    run, score = last_run(project), champion_score(project)
    context = {
        "project": project,
        "run": run,
        "runs": project.runs.select_related("job", "predictor")[:10],
        "champion": getattr(project, "champion", None),
        "score": score,
        "notes": [note_sentence(note) for note in project.notes],
        "heading": heading(project, run, score),
    }
    return render(request, "projects/overview.html", context)


def heading(project: Project, run: Run | None, score: dict[str, Any] | None) -> str:
    """Where the project stands, in one sentence."""
    if score:
        interval = {"low": significant(score.get("ci_low")), "high": significant(score.get("ci_high"))}
        return _("The champion predicts %(label)s with %(metric)s %(score)s (%(low)s to %(high)s)") % {
            "label": project.label,
            "metric": in_sentence(score["metric"]),
            "score": significant(score.get("score_holdout")),
            **interval,
        }
    if run is None:
        return _("Everything is set up to predict %(label)s; no run has been started yet") % {"label": project.label}
    if run.job.is_active:
        return _("Run %(n)s is looking for models that predict %(label)s") % {"n": run.number, "label": project.label}
    if run.is_published:
        return _("Run %(n)s has results; no predictor is in use yet") % {"n": run.number}
    return _("Run %(n)s ended without a predictor") % {"n": run.number}
