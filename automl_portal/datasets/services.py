"""Writes for datasets: take a file in, import it, answer its questions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.datasets.models import Dataset, DatasetStatus, Finding
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobKind, JobState
from automl_portal.jobs.services import Claim, LostLease, job_cancel, job_create, job_finish, job_published_by

IMPORT_WALL_S = 3600
SPARE_BYTES = 500 * 1024**2
LIMITS = {"max_cell_bytes": 1024**2, "max_columns": 5000, "min_rows": 20}


def dataset_create(*, by: Membership, upload: UploadedFile[Any], name: str = "", idempotency_key: str | None = None) -> Dataset:
    """Keep an uploaded file and start its import."""
    role_required(by, Role.ANALYST)
    key, size, digest = upload_keep(upload, folder="datasets")
    try:
        with transaction.atomic():
            job, created = job_create(
                team=by.team, kind=JobKind.IMPORT, created_by=by.user, wall_limit_s=IMPORT_WALL_S, idempotency_key=idempotency_key
            )
            if not created:
                storage.remove(key)
                return Dataset.objects.get(job=job)
            filename = clean_filename(upload.name or "file")
            dataset = Dataset.objects.create(
                team=by.team,
                name=(name.strip() or Path(filename).stem)[:200],
                filename=filename,
                bytes=size,
                sha256=digest,
                upload_key=key,
                job=job,
                created_by=by.user,
            )
            audit(by=by, action="dataset.create", obj=dataset, detail={"filename": filename, "bytes": size, "sha256": digest})
    except BaseException:
        storage.remove(key)
        raise
    return dataset


def upload_keep(upload: UploadedFile[Any], *, folder: str) -> tuple[str, int, str]:
    """Move an uploaded file under the storage. Returns (key, bytes, sha256). Raises Problem when it is too large or the disk is full."""
    size = upload.size or 0
    if size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1024**2
        raise Problem(
            "file_too_large", N_("The file is larger than %(limit)s MB, the limit of this service."), status=413, params={"limit": limit}
        )
    if shutil.disk_usage(settings.STORAGE_DIR).free < SPARE_BYTES:
        raise Problem("disk_full", N_("The service's disk is full; nothing was kept. Ask the operator to make room."), status=507)
    digest = hashlib.sha256()
    for chunk in upload.chunks(1024**2):
        digest.update(chunk)
    key = f"{folder}/{uuid.uuid4()}/upload.bin"
    target = storage.path_of(key)
    target.parent.mkdir(parents=True)
    # The upload handler wrote to the same disk, so a hard link keeps the bytes without a second copy.
    source = getattr(upload, "temporary_file_path", None)
    if source is not None:
        os.link(source(), target)
    else:
        target.write_bytes(b"".join(upload.chunks()))
    return key, size, digest.hexdigest()


def clean_filename(name: str) -> str:
    """The name as it is shown: no folders, no control or direction characters, at most 255 characters."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in base if character.isprintable())[-255:] or "file"


def import_prepare(*, claim: Claim, job_dir: Path) -> dict[str, Any]:
    """The spec of an import, with the uploaded file linked into the job's folder."""
    dataset = Dataset.objects.get(job_id=claim.job_id)
    os.link(storage.path_of(dataset.upload_key), job_dir / "upload.bin")
    answers = {finding.key: finding.answer for finding in dataset.findings.exclude(answer=None)}
    return {"verb": "import", "input": "upload.bin", "filename": dataset.filename, "answers": answers, "limits": LIMITS}


def import_publish(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
    """Make an import visible: its files, its report and its findings. Raises LostLease."""
    dataset = Dataset.objects.get(job_id=claim.job_id)
    key = f"datasets/{dataset.pk}/v{claim.token}-{claim.job_id}"
    storage.keep_all(job_dir, ("data.parquet", "report.json"), key)
    report = json.loads(storage.path_of(f"{key}/report.json").read_text())
    findings = report.pop("findings", [])
    try:
        with transaction.atomic():
            job_finish(claim, state=JobState.SUCCEEDED)
            Dataset.objects.filter(pk=dataset.pk).update(report=report, rows=report["rows"], data_key=key)
            findings_replace(dataset, findings)
    except LostLease:
        if not job_published_by(claim):
            storage.remove(key)
            raise
    if dataset.data_key not in ("", key):
        storage.remove(dataset.data_key)


def import_refused(*, claim: Claim, error: dict[str, Any]) -> None:
    """End an import that cannot be: the job carries the error, the dataset shows it as its one finding."""
    with transaction.atomic():
        job_finish(claim, state=JobState.FAILED, error=error)
        dataset = Dataset.objects.get(job_id=claim.job_id)
        findings_replace(dataset, [{**error, "key": error["code"], "level": "REJECT"}])


def findings_replace(dataset: Dataset, findings: list[dict[str, Any]]) -> None:
    dataset.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(
            dataset=dataset,
            key=item.get("key") or item["code"],
            code=item["code"],
            level=item["level"],
            column=item.get("column"),
            rows=item.get("rows"),
            message=item.get("message", ""),
            params=item.get("params") or {},
            choices=item.get("choices") or [],
            examples=item.get("examples") or [],
            answer=item.get("answer"),
        )
        for item in findings
    )


@transaction.atomic
def dataset_answer(*, by: Membership, dataset: Dataset, answers: dict[str, Any]) -> None:
    """Store answers to findings and import again with them. `answers` maps a finding's id to the value chosen."""
    role_required(by, Role.ANALYST)
    if dataset.status not in (DatasetStatus.NEEDS_ANSWERS, DatasetStatus.READY):
        raise Problem("dataset_not_ready", N_("This dataset is still being imported, or was rejected."), status=409)
    if dataset.projects.exists():
        raise Problem("dataset_in_use", N_("A project uses this dataset as it is; upload the file again to answer otherwise."), status=409)
    findings = {str(finding.pk): finding for finding in dataset.findings.all()}
    for finding_id, value in answers.items():
        finding = findings.get(str(finding_id))
        if finding is None:
            raise Problem("finding_unknown", N_("There is no finding %(id)s in this dataset."), params={"id": finding_id})
        values = [choice["value"] for choice in finding.choices]
        if value not in values:
            raise Problem("choice_unknown", N_("Choose one of: %(choices)s."), params={"choices": ", ".join(values)}, column=finding.column)
        Finding.objects.filter(pk=finding.pk).update(answer=value)
    if Finding.objects.filter(dataset=dataset, level="ASK", answer=None).exists():
        return
    job, _created = job_create(team=dataset.team, kind=JobKind.IMPORT, created_by=by.user, wall_limit_s=IMPORT_WALL_S)
    Dataset.objects.filter(pk=dataset.pk).update(job=job)
    audit(by=by, action="dataset.answer", obj=dataset, detail={"answers": {findings[str(k)].key: v for k, v in answers.items()}})


def dataset_cancel(*, by: Membership, dataset: Dataset) -> None:
    """Ask for the end of an import. Raises Problem when it is over."""
    role_required(by, Role.ANALYST)
    if dataset.job is None or not dataset.job.is_active:
        raise Problem("import_over", N_("This import is over already."), status=409)
    job_cancel(dataset.job)
    audit(by=by, action="dataset.cancel", obj=dataset, detail={"name": dataset.name})


@transaction.atomic
def dataset_delete(*, by: Membership, dataset: Dataset) -> None:
    """Remove a dataset and its files. Raises Problem when a project uses it."""
    role_required(by, Role.ANALYST)
    if dataset.projects.exists():
        raise Problem("dataset_in_use", N_("A project uses this dataset; delete the project first."), status=409)
    keys = [key for key in (dataset.upload_key, dataset.data_key) if key]
    audit(by=by, action="dataset.delete", obj=dataset, detail={"name": dataset.name, "sha256": dataset.sha256})
    dataset.delete()
    transaction.on_commit(partial(storage.remove_all, keys))
