"""Runs and their results: the same JSON that the pages draw."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema, Status

from automl_portal.api.auth import idempotency_key, member, team
from automl_portal.datasets.selectors import team_dataset
from automl_portal.errors import Problem
from automl_portal.projects.logs import run_log
from automl_portal.projects.missing import missing_families, skipped_out
from automl_portal.projects.models import Run
from automl_portal.projects.selectors import artefact, artefact_path, leaderboard, team_run
from automl_portal.projects.steering import run_cancel, run_continue, run_pause, run_replay, run_resume, search_kept
from automl_portal.projects.tested import split_out

router = Router(tags=["runs"])


def run_out(run: Run) -> dict[str, Any]:
    job = run.job
    predictor = getattr(run, "predictor", None)
    return {
        "id": str(run.pk),
        "project": str(run.project_id),
        "dataset": str(run.dataset_id),
        "number": run.number,
        "status": job.state,
        "phase": job.phase,
        "progress": job.progress,
        "eta_s": job.eta_s,
        **live_out(run),
        "message": job.sentence,
        "attempt": job.attempt,
        "stopping": job.stop or None,
        "seconds_used": job.seconds_running,
        "continues": str(run.continues_id) if run.continues_id else None,
        "replays": str(run.replays_id) if run.replays_id else None,
        "can_continue": search_kept(run),
        "holdout_uses": run.holdout_uses,
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "error": {**job.error, "message": job.sentence} if job.error else None,
        "settings": run.settings,
        "plan": run.plan,
        "holdout": run.holdout,
        "predictor": str(predictor.pk) if predictor else None,
        "skipped_models": [skipped_out(entry) for entry in run.skipped_models],
        "missing_families": missing_families(run, leaderboard(run)),
        "warnings": [{"code": item["code"], "message": item["sentence"]} for item in run.warnings],
        "partial": run.result.get("partial", False),
        "rows": run.result.get("rows"),
        "split": split_out(run),
        "deployed_model": run.result.get("deployed_model"),
        "positive_class": run.result.get("positive_class"),
    }


def live_out(run: Run) -> dict[str, Any]:
    """How sure the time left is, what the run uses, and the model in training (its curve is for the page)."""
    low, high = run.live.get("eta") or (None, None)
    usage = run.live.get("usage", {})
    training = run.live.get("training") if run.job.is_active else None
    return {
        "eta_low_s": low if run.job.is_active else None,
        "eta_high_s": high if run.job.is_active else None,
        "memory_mb": usage.get("memory_mb") if run.job.is_active else None,
        "peak_memory_mb": usage.get("peak_memory_mb"),
        "energy_wh": run.result.get("energy_wh", usage.get("energy_wh")),
        "energy": run.result.get("energy"),
        "training": {key: value for key, value in training.items() if key != "points"} if training else None,
    }


@router.get("/{run_id}")
def detail(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    return run_out(team_run(team(request), run_id))


class CancelIn(Schema):
    keep: bool = True


class ReplayIn(Schema):
    dataset: UUID | None = None


class ContinueIn(Schema):
    time_limit: float | None = None


@router.post("/{run_id}/cancel", response={202: dict[str, Any]})
def cancel(request: HttpRequest, run_id: UUID, body: CancelIn | None = None) -> Status[dict[str, Any]]:
    """End the search. What it has finished is tested and published, unless `keep` is false."""
    run_cancel(by=member(request), run=team_run(team(request), run_id), keep=body.keep if body else True)
    return Status(202, run_out(team_run(team(request), run_id)))


@router.post("/{run_id}/pause", response={202: dict[str, Any]})
def pause(request: HttpRequest, run_id: UUID) -> Status[dict[str, Any]]:
    """Free the worker and keep what the run has; paused time does not count against its budget."""
    run_pause(by=member(request), run=team_run(team(request), run_id))
    return Status(202, run_out(team_run(team(request), run_id)))


@router.post("/{run_id}/resume", response={202: dict[str, Any]})
def resume(request: HttpRequest, run_id: UUID) -> Status[dict[str, Any]]:
    """Let a paused run go on."""
    run_resume(by=member(request), run=team_run(team(request), run_id))
    return Status(202, run_out(team_run(team(request), run_id)))


@router.post("/{run_id}/continue", response={202: dict[str, Any]})
def go_on(request: HttpRequest, run_id: UUID, body: ContinueIn | None = None) -> Status[dict[str, Any]]:
    """Give a run that is over `time_limit` seconds more: a new run with the same split that keeps the models of this one."""
    run = team_run(team(request), run_id)
    limit = body.time_limit if body else None
    more = run_continue(by=member(request), run=run, time_limit=limit, idempotency_key=idempotency_key(request))
    return Status(202, run_out(team_run(team(request), more.pk)))


@router.post("/{run_id}/replay", response={202: dict[str, Any]})
def replay(request: HttpRequest, run_id: UUID, body: ReplayIn | None = None) -> Status[dict[str, Any]]:
    """Fit the recipe of this run's published model on `dataset`, another version of the data (the run's own when left out): a new run."""
    run = team_run(team(request), run_id)
    dataset = team_dataset(team(request), body.dataset) if body and body.dataset else None
    again = run_replay(by=member(request), run=run, dataset=dataset, idempotency_key=idempotency_key(request))
    return Status(202, run_out(team_run(team(request), again.pk)))


@router.get("/{run_id}/recipe")
def recipe(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """What the published model is made of, exact enough to make it again."""
    return artefact(team_run(team(request), run_id), "recipe.json")


@router.get("/{run_id}/leaderboard")
def board(request: HttpRequest, run_id: UUID) -> list[dict[str, Any]]:
    """One row per model, best first. Holdout figures are empty until the search is over."""
    return leaderboard(team_run(team(request), run_id))


@router.get("/{run_id}/evaluation")
def evaluation(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    return artefact(team_run(team(request), run_id), "evaluation.json")


@router.get("/{run_id}/explanations")
def explanations(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    return artefact(team_run(team(request), run_id), "explanations.json")


@router.get("/{run_id}/decision")
def decision(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """The field's own figures on the holdout and the settings behind them."""
    run = team_run(team(request), run_id)
    facts = artefact(run, "evaluation.json").get("decision")
    if facts is None:
        raise Problem("no_decision", N_("This use case has no decision of its own; the prediction is the result."), status=404)
    return {"settings": run.settings.get("decision", {}), **facts}


@router.get("/{run_id}/learning-curves")
def learning_curves(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """{model: {measure, higher_is_better, folds: {fold: {points: [[epoch, loss, score_val], ...]}}}} of a published run."""
    return artefact(team_run(team(request), run_id), "learning_curves.json")


@router.get("/{run_id}/log")
def log(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What the engine printed, as text; for owners, because it may quote values of the data."""
    content = run_log(by=member(request), run=team_run(team(request), run_id))
    return HttpResponse(content, content_type="text/plain; charset=utf-8")


@router.get("/{run_id}/document")
def document(request: HttpRequest, run_id: UUID, format: Literal["html", "json"] = "html") -> HttpResponse:
    """The model document, as a page that stands alone or as the facts behind it."""
    path = artefact_path(team_run(team(request), run_id), f"document.{format}")
    content_type = "text/html; charset=utf-8" if format == "html" else "application/json"
    return HttpResponse(path.read_bytes(), content_type=content_type)
