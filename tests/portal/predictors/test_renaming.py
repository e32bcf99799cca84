"""Names that a file gives its columns, accepted on the page or sent with the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.jobs.models import JobState
from automl_portal.jobs.services import Claim
from automl_portal.predictors.models import BatchPrediction
from automl_portal.predictors.services import prediction_prepare
from tests.portal import cast, results

SignIn = Callable[[Membership], Client]
RENAME = {"Duration_months": "duration"}


def refused(alice: Membership) -> BatchPrediction:
    """A prediction whose file lacks columns, the file still kept."""
    run = results.published(cast.project(alice))
    made = results.prediction(run.predictor, state=JobState.FAILED)
    made.input_key = f"predictions/{made.pk}/upload.bin"
    path = storage.path_of(made.input_key)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"status,Duration_months,amount\nno account,12,1000\n")
    made.save()
    return made


def test_one_click_scores_the_same_file_with_the_names(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    made = refused(alice)
    answer = signed_in(bob).post(reverse("prediction_again", args=[made.project_id, made.pk]), {"rename": json.dumps(RENAME)})
    again = BatchPrediction.objects.exclude(pk=made.pk).get()
    assert answer["Location"] == reverse("prediction_detail", args=[made.project_id, again.pk])
    assert (again.rename, again.predictor, again.filename, again.created_by) == (RENAME, made.predictor, made.filename, bob.user)
    assert again.input_key != made.input_key
    assert storage.path_of(again.input_key).read_bytes() == storage.path_of(made.input_key).read_bytes()


def test_names_picked_in_the_form(alice: Membership, signed_in: SignIn) -> None:
    made = refused(alice)
    fields = {"to": ["duration", "amount"], "from": ["Duration_months", ""]}
    signed_in(alice).post(reverse("prediction_again", args=[made.project_id, made.pk]), fields)
    assert BatchPrediction.objects.exclude(pk=made.pk).get().rename == RENAME


def test_the_job_is_told_the_names(alice: Membership, api: Callable[..., Client], tmp_path: Path) -> None:
    run = results.published(cast.project(alice))
    file = SimpleUploadedFile("march.csv", b"status,Duration_months,amount\nno account,12,1000\n", content_type="text/csv")
    path = f"/api/v1/projects/{run.project_id}/predictions"
    answer = api(alice).post(path, {"file": file, "rename": json.dumps(RENAME)})
    assert answer.status_code == 202 and answer.json()["rename"] == RENAME
    made = BatchPrediction.objects.get()
    spec = prediction_prepare(claim=Claim(job_id=made.job_id, token=1, attempt=1, owner="test"), job_dir=tmp_path)
    assert spec["rename"] == RENAME


def test_in_the_api_the_same_file_is_scored_again(alice: Membership, charlie: Membership, api: Callable[..., Client]) -> None:
    made = refused(alice)
    path = f"/api/v1/predictions/{made.pk}/again"
    answer = api(alice).post(path, {"rename": RENAME}, content_type="application/json")
    assert answer.status_code == 202 and answer.json()["rename"] == RENAME and answer.json()["status"] == "queued"
    assert api(charlie).post(path, {"rename": RENAME}, content_type="application/json").status_code == 404
    storage.remove(made.input_key)
    gone = api(alice).post(path, {"rename": RENAME}, content_type="application/json")
    assert (gone.status_code, gone.json()["code"]) == (409, "file_gone")


@pytest.mark.parametrize("rename", ["{", "[]", '{"a": 1}', '{"a": "unknown"}', '{"a": "duration", "b": "duration"}', "[" * 5000])
def test_a_renaming_that_cannot_be_used(rename: str, alice: Membership, api: Callable[..., Client]) -> None:
    run = results.published(cast.project(alice))
    file = SimpleUploadedFile("march.csv", b"a\n1\n", content_type="text/csv")
    answer = api(alice).post(f"/api/v1/projects/{run.project_id}/predictions", {"file": file, "rename": rename})
    assert (answer.status_code, answer.json()["code"]) == (422, "rename_invalid") and answer.json()["detail"]
    assert BatchPrediction.objects.count() == 0


def test_a_viewer_starts_nothing(alice: Membership, signed_in: SignIn) -> None:
    made = refused(alice)
    viewer = signed_in(cast.member("victor@example.com", alice.team, Role.VIEWER))
    assert viewer.post(reverse("prediction_again", args=[made.project_id, made.pk]), {"rename": json.dumps(RENAME)}).status_code == 403
    assert BatchPrediction.objects.count() == 1
