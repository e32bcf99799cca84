from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.services import dataset_create, dataset_delete
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobState
from tests.portal import cast

CONTENT = b"a,b\n1,2\n"


def upload(name: str = "x.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, CONTENT)


def test_an_upload_is_kept_whole(alice: Membership) -> None:
    dataset = dataset_create(by=alice, upload=upload("../../etc/cred\u202eit.csv"))
    assert (dataset.status, dataset.filename) == (DatasetStatus.IMPORTING, "credit.csv")
    assert dataset.sha256 == hashlib.sha256(CONTENT).hexdigest()
    (source,) = dataset.sources
    assert storage.path_of(source["key"]).read_bytes() == CONTENT and source["filename"] == "credit.csv"


def test_the_same_idempotency_key_keeps_one_file(alice: Membership) -> None:
    first = dataset_create(by=alice, upload=upload(), idempotency_key="k")
    second = dataset_create(by=alice, upload=upload(), idempotency_key="k")
    assert first == second and Dataset.objects.count() == 1


def test_too_large_and_too_full_are_refused_with_nothing_kept(alice: Membership, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAX_UPLOAD_BYTES = 4
    with pytest.raises(Problem, match="file_too_large"):
        dataset_create(by=alice, upload=upload())
    settings.MAX_UPLOAD_BYTES = 400
    monkeypatch.setattr("automl_portal.uploads.services.SPARE_BYTES", 10**18)
    with pytest.raises(Problem, match="disk_full"):
        dataset_create(by=alice, upload=upload())
    assert Dataset.objects.count() == 0


def test_viewers_do_not_upload(alice: Membership) -> None:
    with pytest.raises(Problem, match="role_too_weak"):
        dataset_create(by=cast.member("victor@example.com", alice.team, Role.VIEWER), upload=upload())


def test_a_dataset_in_use_stays(alice: Membership) -> None:
    project = cast.project(alice)
    with pytest.raises(Problem, match="dataset_in_use"):
        dataset_delete(by=alice, dataset=project.dataset)
    project.delete()
    dataset_delete(by=alice, dataset=project.dataset)
    assert Dataset.objects.count() == 0


def test_states_follow_the_job(alice: Membership) -> None:
    assert cast.dataset(alice, state=None).status == DatasetStatus.IMPORTING
    assert cast.dataset(alice, state=JobState.FAILED).status == DatasetStatus.REJECTED
    ready = cast.dataset(alice)
    assert ready.status == DatasetStatus.READY
    cast.finding(ready)
    assert Dataset.objects.get(pk=ready.pk).status == DatasetStatus.NEEDS_ANSWERS
