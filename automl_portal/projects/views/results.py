"""The pages of a published run: leaderboard, evaluate, explain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.accounts.selectors import found
from automl_portal.projects.board import ORDERS, Board, board_of
from automl_portal.projects.evaluation import evaluation_page
from automl_portal.projects.missing import missing_families
from automl_portal.projects.models import PUBLISHED, Project, Run
from automl_portal.projects.plots import importance
from automl_portal.projects.selectors import artefact, last_published_run, last_run, team_project
from automl_portal.projects.text_page import text_page
from automl_portal.ui.words import word


@require_GET
@member_page()
def project_leaderboard(request: TeamRequest, project_id: UUID) -> HttpResponse:
    project = team_project(request.membership.team, project_id)
    run = chosen_run(request, project)
    if run is None:
        return no_results(request, project)
    board = board_of(run)
    if request.GET.get("format") == "csv":
        return board_csv(board, project, run)
    family, order = request.GET.get("family", ""), request.GET.get("sort", "score")
    order = order if order in ORDERS else "score"
    extra = {
        "board": board,
        "rows": board.shown(family=family, order=order),
        "family": family,
        "order": order,
        "metric_help": word(board.metric, "metric_help"),
        "missing": missing_families(run, board.rows),
    }
    return render(request, "projects/leaderboard.html", results_context(request, project, run) | extra)


def board_csv(board: Board, project: Project, run: Run) -> HttpResponse:
    name = slugify(project.name) or "project"
    headers = {"Content-Disposition": f'attachment; filename="leaderboard-{name}-run-{run.number}.csv"'}
    return HttpResponse(board.as_csv(), content_type="text/csv; charset=utf-8", headers=headers)


@require_GET
@member_page()
def project_evaluate(request: TeamRequest, project_id: UUID) -> HttpResponse:
    project = team_project(request.membership.team, project_id)
    run = chosen_run(request, project)
    if run is None:
        return no_results(request, project)
    page = evaluation_page(run, artefact(run, "evaluation.json"))
    return render(request, "projects/evaluate.html", results_context(request, project, run) | {"page": page})


@require_GET
@member_page()
def project_explain(request: TeamRequest, project_id: UUID) -> HttpResponse:
    project = team_project(request.membership.team, project_id)
    run = chosen_run(request, project)
    if run is None:
        return no_results(request, project)
    explanations = artefact(run, "explanations.json")
    extra = {
        "heading": importance.heading(explanations),
        "sentence": importance.sentence(explanations),
        "figure": importance.figure(explanations) if explanations.get("importance") else None,
        "text": text_page(explanations),
        "unmodelled": unmodelled(project),
    }
    return render(request, "projects/explain.html", results_context(request, project, run) | extra)


def chosen_run(request: TeamRequest, project: Project) -> Run | None:
    """The published run that ?run= names, or the newest. Raises Http404 for a number that is not one."""
    number = request.GET.get("run", "")
    if not number:
        return last_published_run(project)
    runs = project.runs.select_related("job", "predictor").filter(PUBLISHED)
    return found(runs.filter(number=int(number)).first() if number.isdecimal() and len(number) < 10 else None)


def no_results(request: TeamRequest, project: Project) -> HttpResponse:
    """What a results page teaches before the first result."""
    return render(request, "projects/no_results.html", {"project": project, "run": last_run(project)})


def results_context(request: TeamRequest, project: Project, run: Run) -> dict[str, Any]:
    champion = getattr(project, "champion", None)
    predictor = getattr(run, "predictor", None)
    return {
        "project": project,
        "run": run,
        "runs": project.runs.select_related("job").filter(PUBLISHED),
        "predictor": predictor,
        "champion": champion,
        "is_champion": champion is not None and predictor is not None and champion.predictor_id == predictor.pk,
        "may_write": request.membership.may(Role.ANALYST),
    }


def unmodelled(project: Project) -> list[dict[str, Any]]:
    """Roles whose columns the models did not see, with the columns."""
    roles = [("sensitive", project.roles.get("sensitive", [])), ("id", project.roles.get("id", []))]
    roles += [("group", project.roles.get("group", [])), ("exclude", project.roles.get("exclude", []))]
    return [{"role": role, "columns": names} for role, names in roles if names]
