"""Reads for projects and runs, always from the caller's team."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from automl_portal import storage
from automl_portal.accounts.models import Team
from automl_portal.accounts.selectors import found
from automl_portal.jobs.models import ACTIVE
from automl_portal.projects.models import PUBLISHED, LeaderboardRow, Project, Run

ARTEFACTS = ("evaluation.json", "explanations.json", "document.json", "document.html", "plan.json", "learning_curves.json", "recipe.json")


def team_projects(team: Team) -> QuerySet[Project]:
    return Project.objects.filter(team=team).select_related("dataset", "champion__predictor", "check_job").prefetch_related("runs__job")


def team_project(team: Team, project_id: UUID | str) -> Project:
    """A project of this team. Raises Http404 for any other."""
    return found(team_projects(team).filter(pk=project_id).first())


def team_runs(team: Team) -> QuerySet[Run]:
    return Run.objects.filter(project__team=team).select_related("job", "project", "dataset", "predictor")


def team_run(team: Team, run_id: UUID | str) -> Run:
    """A run of this team. Raises Http404 for any other."""
    return found(team_runs(team).filter(pk=run_id).first())


def last_run(project: Project) -> Run | None:
    return project.runs.select_related("job").first()


def last_published_run(project: Project) -> Run | None:
    """The newest run with results to show."""
    return project.runs.select_related("job", "predictor").filter(PUBLISHED).first()


def leaderboard(run: Run) -> list[dict[str, Any]]:
    """The rows, best first: by holdout score once it is known, by validation score while the search goes on."""
    rows = [entry.row for entry in LeaderboardRow.objects.filter(run=run)]
    score = "score_holdout" if all(row.get("score_holdout") is not None for row in rows) else "score_val"

    def key(row: dict[str, Any]) -> tuple[bool, float]:
        value = row.get(score)
        if value is None:
            return (True, 0.0)
        return (False, -value if row.get("higher_is_better") else value)

    return sorted(rows, key=key)


def artefact_path(run: Run, name: str) -> Path:
    """One of the run's files (ARTEFACTS). Raises Http404 before the run is published."""
    if name not in ARTEFACTS or not run.artefacts_key:
        raise Http404
    path = storage.path_of(f"{run.artefacts_key}/{name}")
    if not path.exists():
        raise Http404
    return path


def artefact(run: Run, name: str) -> dict[str, Any]:
    """A JSON artefact. Raises Http404 before the run is published."""
    content: dict[str, Any] = json.loads(artefact_path(run, name).read_text())
    return content


def active_runs(team: Team) -> list[Run]:
    """Queued and running, the newest first."""
    return list(team_runs(team).filter(job__state__in=ACTIVE).order_by("-created_at"))


def finished_runs(team: Team, limit: int = 5) -> list[Run]:
    """The runs that ended last, however they ended."""
    return list(team_runs(team).exclude(job__state__in=ACTIVE).order_by("-job__finished_at")[:limit])


def undecided_runs(team: Team) -> list[Run]:
    """Published runs of projects without a champion: the newest of each waits for a promotion."""
    newest: dict[Any, Run] = {}
    for run in team_runs(team).filter(PUBLISHED, project__champion=None).order_by("-number"):
        newest.setdefault(run.project_id, run)
    return list(newest.values())


def champion_score(project: Project) -> dict[str, Any] | None:
    """The champion's leaderboard row (metric, score_holdout, ci_low, ci_high); None without a champion."""
    champion = getattr(project, "champion", None)
    if champion is None:
        return None
    row = LeaderboardRow.objects.filter(run_id=champion.predictor.run_id, model=champion.predictor.model).first()
    return row.row if row else None
