"""Predictors: download, promote, predict rows; and the files they scored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Schema

from automl_portal.api.auth import member, team
from automl_portal.downloads import download
from automl_portal.predictors.models import BatchPrediction, Predictor
from automl_portal.predictors.online import rows_predict
from automl_portal.predictors.selectors import bundle_zip, output_path, team_prediction, team_predictor
from automl_portal.predictors.services import predictor_promote
from automl_portal.predictors.signing import public_key_hex

router = Router(tags=["predictors"])
predictions = Router(tags=["predictions"])


class PromoteIn(Schema):
    note: str = ""
    seen_version: int | None = None


class RowsIn(Schema):
    rows: list[dict[str, Any]]
    explain: int = 0


def predictor_out(predictor: Predictor) -> dict[str, Any]:
    return {
        "id": str(predictor.pk),
        "project": str(predictor.project_id),
        "run": str(predictor.run_id),
        "version": predictor.version,
        "model": predictor.model,
        "champion": predictor.is_champion,
        "holdout": predictor.holdout,
        "bundle": {"sha256": predictor.bundle_sha256, "bytes": predictor.bundle_bytes, "public_key": public_key_hex()},
        "input": [{"name": column["name"], "type": column["type"]} for column in predictor.input_columns],
        "created_at": predictor.created_at.isoformat(),
    }


def prediction_out(prediction: BatchPrediction) -> dict[str, Any]:
    job = prediction.job
    return {
        "id": str(prediction.pk),
        "project": str(prediction.project_id),
        "predictor": str(prediction.predictor_id),
        "status": job.state,
        "progress": job.progress,
        "eta_s": job.eta_s,
        "filename": prediction.filename,
        "rows": prediction.result.get("rows"),
        "columns": prediction.result.get("columns"),
        "warnings": [{"code": item["code"], "message": item["sentence"]} for item in prediction.warnings],
        "error": {**job.error, "message": job.sentence} if job.error else None,
        "created_at": prediction.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


@router.get("/{predictor_id}")
def detail(request: HttpRequest, predictor_id: UUID) -> dict[str, Any]:
    return predictor_out(team_predictor(team(request), predictor_id))


@router.get("/{predictor_id}/bundle")
def bundle(request: HttpRequest, predictor_id: UUID) -> HttpResponseBase:
    """The signed zip."""
    predictor = team_predictor(team(request), predictor_id)
    return download(request, bundle_zip(predictor), filename=f"predictor-v{predictor.version}.zip", content_type="application/zip")


@router.post("/{predictor_id}/promote")
def promote(request: HttpRequest, predictor_id: UUID, body: PromoteIn | None = None) -> dict[str, Any]:
    """Make it the champion. With `seen_version`, 409 when somebody promoted another one meanwhile."""
    choice = body or PromoteIn()
    predictor = team_predictor(team(request), predictor_id)
    champion = predictor_promote(by=member(request), predictor=predictor, note=choice.note, seen_version=choice.seen_version)
    return {**predictor_out(team_predictor(team(request), predictor_id)), "champion_version": champion.version}


@router.post("/{predictor_id}/predict")
def predict(request: HttpRequest, predictor_id: UUID, body: RowsIn) -> dict[str, Any]:
    """Score up to 1,000 rows at once."""
    return rows_predict(predictor=team_predictor(team(request), predictor_id), rows=body.rows, explain=body.explain)


@predictions.get("/{prediction_id}")
def prediction_detail(request: HttpRequest, prediction_id: UUID) -> dict[str, Any]:
    return prediction_out(team_prediction(team(request), prediction_id))


@predictions.get("/{prediction_id}/output")
def output(request: HttpRequest, prediction_id: UUID) -> HttpResponseBase:
    path = output_path(team_prediction(team(request), prediction_id), "output.csv")
    return download(request, path, filename="predictions.csv", content_type="text/csv; charset=utf-8")


@predictions.get("/{prediction_id}/rejected")
def rejected(request: HttpRequest, prediction_id: UUID) -> HttpResponseBase:
    path = output_path(team_prediction(team(request), prediction_id), "rejected.csv")
    return download(request, path, filename="rejected.csv", content_type="text/csv; charset=utf-8")
