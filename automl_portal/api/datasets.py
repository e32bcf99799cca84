"""Datasets and their findings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import RootModel

from automl_portal.api.auth import idempotency_key, member, team
from automl_portal.api.paging import page
from automl_portal.datasets.answers import dataset_answer, dataset_types
from automl_portal.datasets.diff import version_diff
from automl_portal.datasets.models import Dataset, Finding
from automl_portal.datasets.selectors import dataset_versions, team_dataset, team_datasets, version_before
from automl_portal.datasets.services import dataset_delete, dataset_find_or_create
from automl_portal.datasets.set_aside import set_aside_file
from automl_portal.datasets.versions import dataset_extend
from automl_portal.uploads.selectors import incoming_file

router = Router(tags=["datasets"])


class AnswerIn(Schema):
    """`reason` is asked for by choices that carry `needs_reason`."""

    choice: str
    reason: str = ""


class AnswersIn(RootModel[dict[str, str | AnswerIn | None]]):
    """{finding_id: choice} or {finding_id: {choice, reason}}; null takes an answer back"""


class TypesIn(RootModel[dict[str, str | None]]):
    """{column: integer | number | boolean | category | text | datetime, or null for what the file says}"""


def dataset_out(dataset: Dataset, *, whole: bool = False) -> dict[str, Any]:
    """A dataset as the API shows it; `whole` adds columns, findings, versions and the preview."""
    job = dataset.job
    shown: dict[str, Any] = {
        "id": str(dataset.pk),
        "name": dataset.name,
        "filename": dataset.filename,
        "status": dataset.status.value,
        "version": dataset.version,
        "rows": dataset.rows,
        "rows_in": dataset.rows_in,
        "rows_set_aside": dataset.rows_set_aside,
        "bytes": dataset.bytes,
        "sha256": dataset.sha256,
        "identical_to": str(dataset.identical_to_id) if dataset.identical_to_id else None,
        "created_at": dataset.created_at.isoformat(),
        "error": {**job.error, "message": job.sentence} if job and job.error else None,
    }
    return shown | (report_out(dataset) if whole else {})


def report_out(dataset: Dataset) -> dict[str, Any]:
    """What the import found, and where this version stands among the others."""
    return {
        "format": dataset.report.get("format"),
        "sources": dataset.report.get("sources", []),
        "columns": dataset.columns,
        "dropped_columns": dataset.report.get("dropped_columns", []),
        "types": dataset.types,
        "set_aside": f"/api/v1/datasets/{dataset.pk}/set-aside" if dataset.set_aside_key else None,
        "set_aside_reasons": dataset.report.get("set_aside_reasons", {}),
        "preview": dataset.report.get("preview"),
        "progress": dataset.job.progress if dataset.job else None,
        "findings": [finding_out(finding) for finding in dataset.findings.all()],
        "versions": [
            {
                "id": str(version.pk),
                "version": version.version,
                "created_at": version.created_at.isoformat(),
                "rows": version.rows,
                "status": version.status.value,
                "change": version.change,
            }
            for version in dataset_versions(dataset)
        ],
        "projects": [str(project.pk) for project in dataset.projects.all()],
        "runs": [str(run.pk) for run in dataset.runs.all()],
    }


def finding_out(finding: Finding) -> dict[str, Any]:
    """One finding; `message` is in the caller's language, `code` never changes."""
    return {
        "id": str(finding.pk),
        "code": finding.code,
        "level": finding.level,
        "column": finding.column,
        "rows": finding.rows,
        "message": finding.sentence,
        "examples": finding.examples,
        "choices": [choice["value"] for choice in finding.choices],
        "choice_labels": {choice["value"]: _(choice.get("label", "")) for choice in finding.choices if choice.get("label")},
        "needs_reason": [choice["value"] for choice in finding.choices if choice.get("needs_reason")],
        "answer": finding.answer,
        "reason": finding.reason,
    }


@router.post("", response={200: dict[str, Any], 201: dict[str, Any]})
def create(
    request: HttpRequest, file: File[UploadedFile | None] = None, upload: Form[UUID | None] = None, name: Form[str] = ""
) -> Status[dict[str, Any]]:
    """Make a dataset of a file: multipart `file`, or `upload`, the id of a finished upload; `name` is optional. Its import starts at once.

    Large files go through `/uploads` (tus 1.0.0, with the same token), which goes on after a lost connection.

    200 with `identical_to`, when the very same file is here already and nobody has answered its questions or used it yet.
    """
    incoming = incoming_file(member(request), file=file, upload=upload)
    dataset, created = dataset_find_or_create(by=member(request), upload=incoming, name=name, idempotency_key=idempotency_key(request))
    return Status(201, dataset_out(dataset)) if created else Status(200, dataset_out(dataset) | {"identical_to": str(dataset.pk)})


@router.get("")
def listing(request: HttpRequest, offset: int = 0, limit: int = 100) -> dict[str, Any]:
    """The team's datasets, every version of each, the newest first."""
    return page(team_datasets(team(request)), dataset_out, offset=offset, limit=limit)


@router.get("/{dataset_id}")
def detail(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """One version with its columns, findings and first rows; `rows_in` = `rows` + `rows_set_aside`. `projects` and `runs` rely on it."""
    return dataset_out(team_dataset(team(request), dataset_id), whole=True)


@router.post("/{dataset_id}/answers")
def answers(request: HttpRequest, dataset_id: UUID, body: AnswersIn) -> dict[str, Any]:
    """`{finding_id: choice}` or `{finding_id: {"choice", "reason"}}`; null takes an answer back.

    Once nothing is open, the file is imported again with the answers. A rejection that offers choices is answered in the same way.
    When a project uses the dataset, the answers make a new version, whose `id` is returned.
    """
    given = {key: answer.model_dump() if isinstance(answer, AnswerIn) else answer for key, answer in body.root.items()}
    dataset = team_dataset(team(request), dataset_id)
    answered = dataset_answer(by=member(request), dataset=dataset, answers=given, idempotency_key=idempotency_key(request))
    return dataset_out(team_dataset(team(request), answered.pk), whole=True)


@router.post("/{dataset_id}/types")
def types(request: HttpRequest, dataset_id: UUID, body: TypesIn) -> dict[str, Any]:
    """`{column: type}`: read columns as you say; null takes it back. Cells that do not fit become missing and are listed.

    When a project uses the dataset, this makes a new version, whose `id` is returned.
    """
    dataset = team_dataset(team(request), dataset_id)
    typed = dataset_types(by=member(request), dataset=dataset, types=body.root, idempotency_key=idempotency_key(request))
    return dataset_out(team_dataset(team(request), typed.pk), whole=True)


@router.post("/{dataset_id}/versions", response={201: dict[str, Any]})
def extend(
    request: HttpRequest,
    dataset_id: UUID,
    mode: Form[str] = "append",
    file: File[UploadedFile | None] = None,
    upload: Form[UUID | None] = None,
) -> Status[dict[str, Any]]:
    """A new version: `file` or `upload` as for a new dataset, and `mode` append (its rows after the old ones) or replace (in their place)."""
    dataset = team_dataset(team(request), dataset_id)
    incoming = incoming_file(member(request), file=file, upload=upload)
    version = dataset_extend(by=member(request), dataset=dataset, upload=incoming, mode=mode, idempotency_key=idempotency_key(request))
    return Status(201, dataset_out(team_dataset(team(request), version.pk), whole=True))


@router.get("/{dataset_id}/diff")
def diff(request: HttpRequest, dataset_id: UUID, against: UUID | None = None) -> dict[str, Any]:
    """What changed from the dataset `against` (the version before, when left out) to this one.

    Columns in both come with their population stability index (below 0.1 little, from 0.25 much), the most shifted first.
    """
    new = team_dataset(team(request), dataset_id)
    old = team_dataset(team(request), against) if against else version_before(new)
    found = version_diff(old, new)
    return {
        "from": {"id": str(old.pk), "version": old.version, "rows": old.rows},
        "to": {"id": str(new.pk), "version": new.version, "rows": new.rows},
        "added": found.added,
        "removed": found.removed,
        "retyped": [{"column": column.name, "from": column.old_type, "to": column.new_type} for column in found.retyped],
        "columns": [
            {
                "column": column.name,
                "type": column.new_type,
                "missing_share": [column.old_missing, column.new_missing],
                "shift": column.shift,
                "size": column.size,
            }
            for column in found.columns
        ],
    }


@router.get("/{dataset_id}/set-aside")
def set_aside(request: HttpRequest, dataset_id: UUID) -> HttpResponseBase:
    """The rows that were not used, as CSV: source, line, code, reason, text."""
    return set_aside_file(request, team_dataset(team(request), dataset_id))


@router.delete("/{dataset_id}", response={204: None})
def delete(request: HttpRequest, dataset_id: UUID) -> Status[None]:
    """Remove a version and the files that no other version needs; 409 while a project or a run relies on it."""
    dataset_delete(by=member(request), dataset=team_dataset(team(request), dataset_id))
    return Status(204, None)
