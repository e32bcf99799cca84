"""Writes for datasets: take a file in, stop its import, delete it."""

from __future__ import annotations

import hashlib
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
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.selectors import dataset_versions
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobKind
from automl_portal.jobs.services import job_cancel, job_create

IMPORT_WALL_S = 3600
SPARE_BYTES = 500 * 1024**2


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
                sources=[source_entry(key, filename, size, digest)],
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


def source_entry(key: str, filename: str, size: int, digest: str) -> dict[str, Any]:
    """One upload as an entry of `Dataset.sources`."""
    return {"key": key, "filename": filename, "bytes": size, "sha256": digest}


def clean_filename(name: str) -> str:
    """The name as it is shown: no folders, no control or direction characters, at most 255 characters."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in base if character.isprintable())[-255:] or "file"


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
    if dataset.is_used:
        raise Problem(
            "dataset_in_use", N_("A project or one of its runs uses this version of the dataset; delete the project first."), status=409
        )
    family = list(dataset_versions(dataset).exclude(pk=dataset.pk))
    shared = {source["key"] for version in family for source in version.sources}
    keys = [source["key"] for source in dataset.sources if source["key"] not in shared]
    audit(by=by, action="dataset.delete", obj=dataset, detail={"name": dataset.name, "version": dataset.version, "sha256": dataset.sha256})
    if dataset.root is None and family:
        first = min(family, key=lambda version: version.version)
        Dataset.objects.filter(root=dataset).update(root=first)
        Dataset.objects.filter(pk=first.pk).update(root=None)
    dataset.delete()
    transaction.on_commit(partial(storage.remove_all, [*keys, dataset.data_key] if dataset.data_key else keys))
