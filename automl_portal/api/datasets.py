"""Datasets and their findings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile
from pydantic import RootModel

from automl_portal.api.auth import idempotency_key, member, team
from automl_portal.api.paging import page
from automl_portal.datasets.answers import dataset_answer
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.selectors import team_dataset, team_datasets
from automl_portal.datasets.services import dataset_create, dataset_delete

router = Router(tags=["datasets"])


class AnswersIn(RootModel[dict[str, str]]):
    """{finding_id: choice}"""


def dataset_out(dataset: Dataset, *, whole: bool = False) -> dict[str, Any]:
    """A dataset as the API shows it; `whole` adds columns, findings and the preview."""
    job = dataset.job
    shown: dict[str, Any] = {
        "id": str(dataset.pk),
        "name": dataset.name,
        "filename": dataset.filename,
        "status": dataset.status.value,
        "rows": dataset.rows,
        "rows_set_aside": dataset.rows_set_aside,
        "bytes": dataset.bytes,
        "sha256": dataset.sha256,
        "created_at": dataset.created_at.isoformat(),
        "error": {**job.error, "message": job.sentence} if job and job.error else None,
    }
    if whole:
        shown |= {
            "format": dataset.report.get("format"),
            "columns": dataset.columns,
            "preview": dataset.report.get("preview"),
            "progress": job.progress if job else None,
            "findings": [
                {
                    "id": str(finding.pk),
                    "code": finding.code,
                    "level": finding.level,
                    "column": finding.column,
                    "rows": finding.rows,
                    "message": finding.sentence,
                    "choices": [choice["value"] for choice in finding.choices],
                    "choice_labels": {choice["value"]: _(choice.get("label", "")) for choice in finding.choices if choice.get("label")},
                    "answer": finding.answer,
                }
                for finding in dataset.findings.all()
            ],
        }
    return shown


@router.post("", response={201: dict[str, Any]})
def create(request: HttpRequest, file: File[UploadedFile], name: Form[str] = "") -> Status[dict[str, Any]]:
    """Upload a file (multipart `file`, optional `name`); its import starts at once."""
    dataset = dataset_create(by=member(request), upload=file, name=name, idempotency_key=idempotency_key(request))
    return Status(201, dataset_out(dataset))


@router.get("")
def listing(request: HttpRequest, offset: int = 0, limit: int = 100) -> dict[str, Any]:
    return page(team_datasets(team(request)), dataset_out, offset=offset, limit=limit)


@router.get("/{dataset_id}")
def detail(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    return dataset_out(team_dataset(team(request), dataset_id), whole=True)


@router.post("/{dataset_id}/answers")
def answers(request: HttpRequest, dataset_id: UUID, body: AnswersIn) -> dict[str, Any]:
    """`{finding_id: choice}`. Once nothing is open, the file is imported again with the answers."""
    dataset_answer(by=member(request), dataset=team_dataset(team(request), dataset_id), answers=body.root)
    return dataset_out(team_dataset(team(request), dataset_id), whole=True)


@router.delete("/{dataset_id}", response={204: None})
def delete(request: HttpRequest, dataset_id: UUID) -> Status[None]:
    dataset_delete(by=member(request), dataset=team_dataset(team(request), dataset_id))
    return Status(204, None)
