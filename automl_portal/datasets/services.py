"""Writes for datasets: take a file in, stop its import, delete it."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role, Team
from automl_portal.accounts.services import audit, role_required
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.selectors import dataset_versions
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job, JobKind
from automl_portal.jobs.services import job_cancel, job_create
from automl_portal.uploads.selectors import Incoming
from automl_portal.uploads.services import upload_keep

IMPORT_WALL_S = 3600


def dataset_create(*, by: Membership, upload: Incoming, name: str = "", idempotency_key: str | None = None) -> Dataset:
    """`dataset_find_or_create` for those who do not mind which of the two it was."""
    return dataset_find_or_create(by=by, upload=upload, name=name, idempotency_key=idempotency_key)[0]


def dataset_find_or_create(*, by: Membership, upload: Incoming, name: str = "", idempotency_key: str | None = None) -> tuple[Dataset, bool]:
    """Keep an uploaded file and start its import. Returns (dataset, created).

    The very same file, when nobody has answered or used its dataset yet, gives that dataset instead of a second one.
    """
    role_required(by, Role.ANALYST)
    kept = upload_keep(upload, folder="datasets")
    created = False
    try:
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=by.team_id)  # of two identical files at once, one finds the other
            same = same_file(by.team, kept.sha256)
            untouched = next((dataset for dataset in same if is_untouched(dataset)), None)
            if untouched is not None:
                return untouched, False
            job, created = job_create(
                team=by.team, kind=JobKind.IMPORT, created_by=by.user, wall_limit_s=IMPORT_WALL_S, idempotency_key=idempotency_key
            )
            if not created:
                return job_dataset(job, same), False
            dataset = Dataset.objects.create(
                team=by.team,
                name=(name.strip() or Path(kept.filename).stem)[:200],
                filename=kept.filename,
                bytes=kept.bytes,
                sha256=kept.sha256,
                sources=[asdict(kept)],
                job=job,
                identical_to=same[0] if same else None,
                created_by=by.user,
            )
            detail = {"filename": kept.filename, "bytes": kept.bytes, "sha256": kept.sha256}
            audit(by=by, action="dataset.create", obj=dataset, detail=detail)
    except BaseException:
        created = False
        raise
    finally:
        if not created:
            storage.remove(kept.key)
    return dataset, True


def same_file(team: Team, sha256: str) -> list[Dataset]:
    """The team's datasets that were made of this very file alone, the newest first; those whose import broke off left out."""
    datasets = Dataset.objects.filter(team=team, sha256=sha256).select_related("job").prefetch_related("findings")
    return [each for each in datasets if len(each.sources) == 1 and (each.status != DatasetStatus.REJECTED or each.findings.all())]


def is_untouched(dataset: Dataset) -> bool:
    """Whether the dataset is still as the file made it, and nothing relies on it."""
    touched = dataset.answers or dataset.types or dataset.is_used or dataset.root_id or dataset.later_versions.exists()
    return not touched


def job_dataset(job: Job, same: list[Dataset]) -> Dataset:
    """The dataset that an Idempotency-Key was used for: answers give a dataset another job, not another file. Raises Problem when it is gone."""
    dataset = Dataset.objects.filter(job=job).first() or next(iter(same), None)
    if dataset is None:
        raise Problem("dataset_gone", N_("The dataset that was made with this Idempotency-Key is deleted; use another key."), status=409)
    return dataset


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
