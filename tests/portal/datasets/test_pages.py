"""Uploading a file, and the data page with its findings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import Membership
from automl_portal.datasets.models import Dataset
from automl_portal.jobs.models import Job, JobState
from tests.portal import cast

SignedIn = Callable[[Membership], Client]


def csv() -> SimpleUploadedFile:
    return SimpleUploadedFile("loans.csv", b"a,b\n1,2\n", content_type="text/csv")


def page(client: Client, dataset: Dataset, query: str = "") -> str:
    return client.get(reverse("dataset_detail", args=[dataset.pk]) + query).content.decode()


def test_script_and_form_upload_to_the_same_view(alice: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    asked = client.post(
        reverse("dataset_upload"), {"file": csv(), "use_case": "finance/credit_default"}, headers={"Accept": "application/json"}
    )
    dataset = Dataset.objects.get()
    where = f"/datasets/{dataset.pk}?use_case=finance%2Fcredit_default"
    assert (asked.status_code, asked.json()) == (201, {"location": where})
    plain = client.post(reverse("dataset_upload"), {"file": csv(), "use_case": "finance/credit_default"})
    assert plain.status_code == 302 and plain.headers["Location"].endswith("?use_case=finance%2Fcredit_default")


def test_an_upload_too_large_says_so(alice: Membership, signed_in: SignedIn, settings: object) -> None:
    settings.MAX_UPLOAD_BYTES = 4  # type: ignore[attr-defined]
    answer = signed_in(alice).post(reverse("dataset_upload"), {"file": csv()}, headers={"Accept": "application/json"})
    assert answer.status_code == 413 and answer.json()["code"] == "file_too_large" and not Dataset.objects.exists()


def test_an_upload_never_leads_elsewhere(alice: Membership, signed_in: SignedIn) -> None:
    answer = signed_in(alice).post(reverse("dataset_upload"), {"back": "https://elsewhere.example/"})
    assert answer.headers["Location"] == reverse("dataset_list")


def test_importing_polls_and_can_be_canceled(alice: Membership, signed_in: SignedIn) -> None:
    dataset, client = cast.dataset(alice, state=None, report={}, rows=None), signed_in(alice)
    assert 'hx-trigger="every 1s"' in page(client, dataset)
    client.post(reverse("dataset_stop", args=[dataset.pk]))
    assert Job.objects.get(dataset=dataset).state == JobState.CANCELED
    text = page(client, dataset)
    assert "was canceled" in text and "hx-trigger" not in text


def test_a_question_comes_with_its_recommended_answer_chosen(alice: Membership, signed_in: SignedIn) -> None:
    dataset, client = cast.dataset(alice), signed_in(alice)
    finding = cast.finding(dataset)
    text = page(client, dataset)
    assert "raises one question that only you can answer" in text
    assert f'name="finding-{finding.pk}" value="drop" checked' in text
    client.post(reverse("dataset_answers", args=[dataset.pk]), {f"finding-{finding.pk}": "keep", "back": "/"})
    finding.refresh_from_db()
    assert finding.answer == "keep"


def test_an_answer_nobody_offered_is_refused_in_words(alice: Membership, signed_in: SignedIn) -> None:
    dataset, client = cast.dataset(alice), signed_in(alice)
    finding = cast.finding(dataset)
    answer = client.post(reverse("dataset_answers", args=[dataset.pk]), {f"finding-{finding.pk}": "explode"}, follow=True)
    assert "Choose one of: drop, keep." in answer.content.decode()


def test_a_dataset_in_use_is_answered_as_a_new_version(alice: Membership, signed_in: SignedIn) -> None:
    dataset, client = cast.dataset(alice), signed_in(alice)
    finding = cast.finding(dataset, level="FIX", answer="drop")
    cast.project(alice, on=dataset)
    assert "Apply as a new version" in page(client, dataset) and "Delete this dataset" not in page(client, dataset)
    answer = client.post(reverse("dataset_answers", args=[dataset.pk]), {f"finding-{finding.pk}": "keep"})
    version = Dataset.objects.get(version=2)
    assert answer.headers["Location"] == reverse("dataset_detail", args=[version.pk])


def test_a_rejected_file_shows_the_code_and_the_way_on(alice: Membership, signed_in: SignedIn) -> None:
    dataset = cast.dataset(alice, state=JobState.FAILED, report={}, rows=None)
    cast.finding(dataset, level="REJECT", code="not_csv", column=None, message="This is a PDF file.", params={})
    text = page(signed_in(alice), dataset, "?use_case=finance/credit_default")
    assert "cannot be used as it is" in text and "<code>not_csv</code>" in text
    assert reverse("project_new_use_case", args=["finance", "credit_default"]) in text


def test_names_and_cells_are_text_not_markup(alice: Membership, signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    report = {"rows": 30, "columns": [cast.column(evil, "category", 2, top=[{"value": evil, "count": 30}])]}
    report["preview"] = {"names": [evil], "as_read": [[evil]], "typed": [[evil]]}
    text = page(signed_in(alice), cast.dataset(alice, name=evil, report=report))
    assert evil not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize(("typed", "left"), [("german", 1), ("German credit", 0)])
def test_deleting_is_typed(typed: str, left: int, alice: Membership, signed_in: SignedIn) -> None:
    dataset = cast.dataset(alice)
    signed_in(alice).post(reverse("dataset_remove", args=[dataset.pk]), {"confirm": typed})
    assert Dataset.objects.count() == left


def test_search_finds_projects_and_datasets_of_the_team_only(alice: Membership, charlie: Membership, signed_in: SignedIn) -> None:
    cast.dataset(alice, name="Loans of May")
    cast.dataset(charlie, name="Loans of others")
    text = signed_in(alice).get("/?q=loans").content.decode()
    assert "Loans of May" in text and "Loans of others" not in text
