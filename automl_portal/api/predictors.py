"""Predictors: download, promote, predict rows; and the files they scored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status

from automl_portal.api.auth import member, team
from automl_portal.downloads import download
from automl_portal.predictors.models import BatchPrediction, Predictor
from automl_portal.predictors.online import rows_predict
from automl_portal.predictors.selectors import bundle_zip, output_path, team_prediction, team_predictor
from automl_portal.predictors.services import prediction_again, predictor_promote
from automl_portal.predictors.signing import public_key_hex

router = Router(tags=["predictors"])
predictions = Router(tags=["predictions"])


class PromoteIn(Schema):
    note: str = ""
    seen_version: int | None = None


class AgainIn(Schema):
    rename: dict[str, str] = {}


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


def warning_out(item: dict[str, Any]) -> dict[str, Any]:
    return {"code": item["code"], "message": item["sentence"], "column": item["params"].get("column"), "params": item["params"]}


def prediction_out(prediction: BatchPrediction) -> dict[str, Any]:
    job = prediction.job
    return {
        "id": str(prediction.pk),
        "project": str(prediction.project_id),
        "predictor": str(prediction.predictor_id),
        "status": job.state,
        "status_detail": prediction.status_detail,
        "progress": job.progress,
        "eta_s": job.eta_s,
        "filename": prediction.filename,
        "rename": prediction.rename,
        "rows": prediction.result.get("rows"),
        "columns": prediction.result.get("columns"),
        "warnings": [warning_out(item) for item in prediction.warnings],
        "evaluation": prediction.evaluation,
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
    """A batch prediction. `rows`: in = scored + rejected, and how many of the scored are flagged `unusual`.

    `status_detail` of a succeeded one: `completed`, or `completed_with_warnings` when more than 20 % of the rows are
    flagged or a column is far from the training data. `evaluation`, when the file held the label: {label, rows, rows_without,
    metrics: [{metric, value, holdout, higher_is_better}]}. The error `missing_columns` carries in its params a `rename` to accept.
    """
    return prediction_out(team_prediction(team(request), prediction_id))


@predictions.post("/{prediction_id}/again", response={202: dict[str, Any]})
def again(request: HttpRequest, prediction_id: UUID, body: AgainIn | None = None) -> Status[dict[str, Any]]:
    """Score the same file once more under the names of `rename`: {column of the file: column of the predictor}."""
    prediction = team_prediction(team(request), prediction_id)
    rename = (body or AgainIn()).rename
    return Status(202, prediction_out(prediction_again(by=member(request), prediction=prediction, rename=rename)))


@predictions.get("/{prediction_id}/output")
def output(request: HttpRequest, prediction_id: UUID) -> HttpResponseBase:
    path = output_path(team_prediction(team(request), prediction_id), "output.csv")
    return download(request, path, filename="predictions.csv", content_type="text/csv; charset=utf-8")


@predictions.get("/{prediction_id}/rejected")
def rejected(request: HttpRequest, prediction_id: UUID) -> HttpResponseBase:
    path = output_path(team_prediction(team(request), prediction_id), "rejected.csv")
    return download(request, path, filename="rejected.csv", content_type="text/csv; charset=utf-8")
