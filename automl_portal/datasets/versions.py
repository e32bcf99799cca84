"""The versions of a dataset: what changes data that is in use never changes it in place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.selectors import dataset_versions
from automl_portal.datasets.services import IMPORT_WALL_S
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job, JobKind
from automl_portal.jobs.services import job_create
from automl_portal.uploads.selectors import Incoming
from automl_portal.uploads.services import upload_keep


def dataset_extend(*, by: Membership, dataset: Dataset, upload: Incoming, mode: str, idempotency_key: str | None = None) -> Dataset:
    """A new version with a file's rows after the old ones (`append`) or in their place (`replace`). Raises Problem."""
    role_required(by, Role.ANALYST)
    if mode not in ("append", "replace"):
        raise Problem("mode_unknown", N_("Choose one of: %(choices)s."), params={"choices": "append, replace"})
    if mode == "append" and dataset.status not in (DatasetStatus.READY, DatasetStatus.NEEDS_ANSWERS):
        raise Problem(
            "dataset_not_ready",
            N_("Rows are added only to a dataset that was read; this one is being imported, or was rejected."),
            status=409,
        )
    source = asdict(upload_keep(upload, folder="datasets"))
    change = {"what": mode, "files": [source["filename"]]}
    try:
        if mode == "append":
            version = version_create(
                by=by, dataset=dataset, change=change, sources=[*dataset.sources, source], idempotency_key=idempotency_key
            )
        else:
            # What was said about the old file (its encoding, its sheet) says nothing about the new one; what was said of a column does.
            kept = {name: answer for name, answer in dataset.answers.items() if ":" in name}
            version = version_create(by=by, dataset=dataset, change=change, sources=[source], answers=kept, idempotency_key=idempotency_key)
    except BaseException:
        storage.remove(source["key"])
        raise
    if source not in version.sources:  # the key was used before, so the file is there already
        storage.remove(source["key"])
    return version


def version_restore(*, by: Membership, version: Dataset, idempotency_key: str | None = None) -> Dataset:
    """Make an older version the newest again, as a new version with its files, answers and types. Raises Problem."""
    role_required(by, Role.ANALYST)
    return version_create(by=by, dataset=version, change={"what": "restore", "restored": version.version}, idempotency_key=idempotency_key)


@transaction.atomic
def version_create(
    *,
    by: Membership,
    dataset: Dataset,
    change: dict[str, Any],
    sources: list[dict[str, Any]] | None = None,
    answers: dict[str, Any] | None = None,
    types: dict[str, str] | None = None,
    idempotency_key: str | None = None,
) -> Dataset:
    """The next version: as `dataset`, but for what is given. Its import starts at once."""
    job, created = job_create(
        team=dataset.team, kind=JobKind.IMPORT, created_by=by.user, wall_limit_s=IMPORT_WALL_S, idempotency_key=idempotency_key
    )
    change = {**change, "of": dataset.version}
    if not created:
        return Dataset.objects.filter(job=job).first() or version_like(dataset, change)
    Dataset.objects.select_for_update().get(pk=dataset.family)  # two versions at once get two numbers
    files = dataset.sources if sources is None else sources
    last = dataset_versions(dataset).aggregate(last=Max("version"))["last"]
    version = Dataset.objects.create(
        team=dataset.team,
        name=dataset.name,
        filename=files[-1]["filename"],
        bytes=sum(source["bytes"] for source in files),
        sha256=files[0]["sha256"] if len(files) == 1 else "",
        sources=files,
        answers=dataset.answers if answers is None else answers,
        types=dataset.types if types is None else types,
        root=dataset.root or dataset,
        version=last + 1,
        change=change,
        job=job,
        created_by=by.user,
    )
    audit(by=by, action="dataset.version", obj=version, detail={"version": version.version, **version.change})
    return version


def version_like(dataset: Dataset, change: dict[str, Any]) -> Dataset:
    """The version that an Idempotency-Key was used for, when answers have given it another job since. Raises Problem when it is gone."""
    found = next((version for version in dataset_versions(dataset) if version.change == change), None)
    if found is None:
        raise Problem("dataset_gone", N_("The dataset that was made with this Idempotency-Key is deleted; use another key."), status=409)
    return found


def reread_before(dataset: Dataset, idempotency_key: str | None) -> Dataset | None:
    """What came of an earlier request with this key; None when there was none."""
    if not idempotency_key:
        return None
    job = Job.objects.filter(team=dataset.team, kind=JobKind.IMPORT, idempotency_key=idempotency_key).first()
    return None if job is None else Dataset.objects.filter(job=job).first() or dataset


def dataset_reread(
    *, by: Membership, dataset: Dataset, change: dict[str, Any], idempotency_key: str | None = None, **changed: Any
) -> Dataset:
    """Import with other `answers` or `types`: in place, or as a new version when somebody relies on the data as it is."""
    if dataset.is_used:
        return version_create(by=by, dataset=dataset, change=change, idempotency_key=idempotency_key, **changed)
    job, _created = job_create(
        team=dataset.team, kind=JobKind.IMPORT, created_by=by.user, wall_limit_s=IMPORT_WALL_S, idempotency_key=idempotency_key
    )
    Dataset.objects.filter(pk=dataset.pk).update(job=job, **changed)
    return Dataset.objects.select_related("job").get(pk=dataset.pk)
