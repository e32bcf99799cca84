"""What becomes of an upload: a dataset, a version of one, or a file to score."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.datasets.models import Dataset
from automl_portal.jobs.models import JobState
from automl_portal.predictors.models import BatchPrediction
from automl_portal.uploads.models import Upload
from automl_portal.uploads.services import upload_discard
from tests.portal import cast
from tests.portal.api.test_errors import check_problem
from tests.portal.uploads import tus

Api = Callable[..., Client]
CONTENT = b"a,b\n1,2\n3,4\n"


@pytest.fixture
def client(alice: Membership, api: Api) -> Client:
    return api(alice)


def test_an_upload_becomes_a_dataset_without_a_copy(client: Client) -> None:
    upload = tus.whole(client, CONTENT, filename="../loans.csv")
    answer = client.post("/api/v1/datasets", {"upload": upload, "name": "Loans"})
    assert answer.status_code == 201, answer.content
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.filename, dataset.bytes) == ("Loans", "loans.csv", len(CONTENT))
    assert dataset.sha256 == hashlib.sha256(CONTENT).hexdigest()
    row, kept = Upload.objects.get(), storage.path_of(dataset.sources[0]["key"])
    assert kept.samefile(row.path) and row.used_at and row.expires_at < timezone.now() + timedelta(hours=2)
    upload_discard(row)
    assert kept.read_bytes() == CONTENT


def test_asking_again_gives_the_same_dataset(client: Client) -> None:
    upload = tus.whole(client, CONTENT)
    first = client.post("/api/v1/datasets", {"upload": upload}).json()
    kept = set(storage.path_of("datasets").glob("*/upload.bin"))
    again = client.post("/api/v1/datasets", {"upload": upload})
    assert (again.status_code, again.json()["id"], again.json()["identical_to"]) == (200, first["id"], first["id"])
    assert set(storage.path_of("datasets").glob("*/upload.bin")) == kept


def test_an_unfinished_upload_is_no_dataset(client: Client) -> None:
    where = tus.begin(client, len(CONTENT))
    tus.patch(client, where, 0, CONTENT[:5])
    answer = client.post("/api/v1/datasets", {"upload": where.rsplit("/", 1)[-1]})
    body = check_problem(answer, 409, "upload_incomplete")
    assert "5" in body["detail"] and str(len(CONTENT)) in body["detail"] and not Dataset.objects.exists()


def test_the_last_byte_before_a_kill_counts(client: Client) -> None:
    """The portal ended after it wrote everything and before it noted that."""
    where = tus.begin(client, len(CONTENT))
    Upload.objects.get().path.write_bytes(CONTENT)
    assert client.post("/api/v1/datasets", {"upload": where.rsplit("/", 1)[-1]}).status_code == 201


def test_uploads_of_others_and_of_nobody(charlie: Membership, api: Api, client: Client) -> None:
    upload = tus.whole(client, CONTENT)
    assert api(charlie).post("/api/v1/datasets", {"upload": upload}).status_code == 404
    check_problem(client.post("/api/v1/datasets", {"upload": "x"}), 422, "request_invalid")
    check_problem(client.post("/api/v1/datasets", {}), 422, "file_missing")
    Upload.objects.update(expires_at=timezone.now())
    check_problem(client.post("/api/v1/datasets", {"upload": upload}), 410, "upload_expired")


def test_an_upload_becomes_a_version(alice: Membership, client: Client) -> None:
    dataset = cast.dataset(alice)
    answer = client.post(
        f"/api/v1/datasets/{dataset.pk}/versions", {"upload": tus.whole(client, CONTENT, filename="may.csv"), "mode": "append"}
    )
    assert answer.status_code == 201, answer.content
    assert [source["filename"] for source in Dataset.objects.get(pk=answer.json()["id"]).sources] == ["german_credit.csv", "may.csv"]


def test_an_upload_is_scored(alice: Membership, client: Client, signed_in: Callable[[Membership], Client]) -> None:
    project = cast.project(alice)
    cast.predictor(cast.run(project, state=JobState.SUCCEEDED))
    upload = tus.whole(client, CONTENT, filename="may.csv")
    answer = client.post(f"/api/v1/projects/{project.pk}/predictions", {"upload": upload, "explain": "3"})
    assert (answer.status_code, BatchPrediction.objects.get().filename) == (202, "may.csv")
    page = signed_in(alice).post(reverse("project_predict", args=[project.pk]), {"upload": upload}, headers={"Accept": "application/json"})
    assert page.status_code == 201 and BatchPrediction.objects.count() == 2


@pytest.mark.parametrize("how", ["script", "form"])
def test_a_page_takes_an_upload(alice: Membership, client: Client, signed_in: Callable[[Membership], Client], how: str) -> None:
    upload, browser = tus.whole(client, CONTENT), signed_in(alice)
    headers = {"Accept": "application/json"} if how == "script" else {}
    answers: list[Any] = [browser.post(reverse("dataset_upload"), {"upload": upload}, headers=headers) for _ in range(2)]
    where = reverse("dataset_detail", args=[Dataset.objects.get().pk])
    assert all((json.loads(answer.content)["location"] if how == "script" else answer.headers["Location"]) == where for answer in answers)
    assert b"is here already" in browser.get(where).content


def test_a_page_without_a_file_says_so(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    for data in ({}, {"upload": "nonsense"}, {"upload": "", "file": ""}):
        answer = signed_in(alice).post(reverse("dataset_upload"), data, headers={"Accept": "application/json"})
        assert answer.status_code in (404, 422) and answer.json()["code"] in ("file_missing", "upload_unknown")


def test_a_posted_file_is_kept_by_its_digest(client: Client) -> None:
    answer = client.post("/api/v1/datasets", {"file": SimpleUploadedFile("a.csv", CONTENT)})
    assert answer.status_code == 201 and answer.json()["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_a_form_that_cannot_be_read(client: Client) -> None:
    for body in (b"", b"nonsense", b"--x\r\n" + b"a: b\r\n" * 1000):
        answer = client.post("/api/v1/datasets", body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code in (400, 422) and answer.json()["code"] in ("request_invalid", "file_missing")
