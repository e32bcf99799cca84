"""The data page without a browser: what its forms do, what is grouped, and what is a safe text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import Membership
from automl_portal.datasets.columns_page import column_summary
from automl_portal.datasets.data_page import paired
from automl_portal.datasets.findings_page import findings_page
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.selectors import findings_by_level
from automl_portal.datasets.services import dataset_create
from automl_portal.ui.svg import paired_bars, sparkline
from domains.codes import CODES
from tests.portal import cast
from tests.portal.datasets.importing import imported, upload

SignedIn = Callable[[Membership], Client]
CHOICES = [{"value": "drop", "label": "Drop"}, {"value": "keep", "label": "Keep", "needs_reason": True}]


def asked(column: str, **more: Any) -> dict[str, Any]:
    key = f"personal_data:{column}"
    return {"key": key, "code": "personal_data", "level": "ASK", "column": column, "message": "?", "choices": CHOICES, **more}


@pytest.fixture
def dataset(alice: Membership) -> Dataset:
    return imported(dataset_create(by=alice, upload=upload()), findings=[asked("a"), asked("b")])


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_recommended_answers_are_taken_at_once(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client, address = signed_in(alice), reverse("dataset_answers", args=[dataset.pk])
    assert "Take the recommended answers" in text(client, reverse("dataset_detail", args=[dataset.pk]))
    client.post(address, {"recommended": ""})
    assert {key: answer["choice"] for key, answer in Dataset.objects.get().answers.items()} == {
        "personal_data:a": "drop",
        "personal_data:b": "drop",
    }


def test_answers_are_grouped_apart_and_taken_back(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client, address = signed_in(alice), reverse("dataset_answers", args=[dataset.pk])
    first = dataset.findings.get(column="a")
    client.post(address, {f"finding-{first.pk}": "keep", f"reason-{first.pk}": "Consent"})
    client.post(address, {f"finding-{dataset.findings.get(column='b').pk}": "drop"})
    done = imported(dataset, findings=[asked("a", answer="keep")])
    page = text(client, reverse("dataset_detail", args=[dataset.pk]))
    assert "Answered" in page and "Your answer: Keep." in page and "Consent" in page
    assert "<code>personal_data:b</code> drop" in page  # no finding speaks of the column that was left out
    shown = done.findings.get()
    again = client.post(address, {f"finding-{shown.pk}": "keep", f"reason-{shown.pk}": "Consent", "back": "/"})
    assert again.headers["Location"] == "/" and Dataset.objects.get().status == "ready"
    client.post(address, {"undo": "personal_data:b"})
    assert list(Dataset.objects.get().answers) == ["personal_data:a"] and Dataset.objects.get().status == "importing"


def test_findings_of_one_kind_are_told_once(alice: Membership) -> None:
    findings = [
        {"code": "constant_column", "key": f"constant_column:{n}", "level": "FIX", "column": f"c{n}", "message": "-"} for n in range(300)
    ]
    page = findings_page(findings_by_level(imported(dataset_create(by=alice, upload=upload()), findings=findings)), Dataset())
    (group,) = page["groups"]
    assert len(group["findings"]) == 300 and len(group["shown"]) == 1 and len(group["shown"][0].alike) == 299


def test_a_type_is_changed_in_place_or_for_a_project_as_a_new_version(alice: Membership, signed_in: SignedIn) -> None:
    client, dataset = signed_in(alice), imported(dataset_create(by=alice, upload=upload()))
    address = reverse("column_type", args=[dataset.pk, "c0001"])
    client.post(address, {"type": "text"})
    assert Dataset.objects.get().types == {"a": "text"}
    project = cast.project(alice, on=imported(dataset), label="a")
    page = reverse("project_data", args=[project.pk])
    answer = client.post(address, {"type": "category", "back": page}, follow=True)
    assert "This project keeps version 1 until you choose the new one." in answer.content.decode()
    assert Dataset.objects.get(version=2).types == {"a": "category"}
    wrong = client.post(reverse("column_type", args=[dataset.pk, "c0009"]), {"type": "text"}, follow=True)
    assert "There is no column c0009 in this dataset." in wrong.content.decode()


def test_rows_set_aside_are_counted_and_downloaded(alice: Membership, charlie: Membership, signed_in: SignedIn) -> None:
    made = dataset_create(by=alice, upload=upload())
    dataset = imported(made, rows=8, rows_set_aside=2, set_aside_reasons={"ragged_rows": 2}, set_aside="source,line\n")
    assert "10 rows in the file = 8 used + 2 set aside." in text(signed_in(alice), reverse("dataset_detail", args=[dataset.pk]))
    address = reverse("dataset_set_aside", args=[dataset.pk])
    assert b"".join(signed_in(alice).get(address)) == b"source,line\n"
    assert signed_in(charlie).get(address).status_code == 404


def test_a_column_that_is_not_there_is_not_found(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    assert signed_in(alice).get(reverse("dataset_column", args=[dataset.pk, "c0009"])).status_code == 404


def test_names_are_text_wherever_they_stand(alice: Membership, signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    entry = cast.column(evil, "category", 2, top=[{"value": evil, "count": 9}], unit=evil)
    made = imported(dataset_create(by=alice, upload=upload()), columns=[entry], findings=[asked(evil)])
    second = cast.dataset(alice, root=made, version=2, report={"columns": [cast.column(evil, "text")], "rows": 1})
    client = signed_in(alice)
    for path in (
        reverse("dataset_detail", args=[made.pk]),
        reverse("dataset_column", args=[made.pk, entry["id"]]),
        reverse("version_compare", args=[second.pk]),
        reverse("dataset_detail", args=[made.pk]) + f"?column={evil}",
    ):
        assert evil not in text(client, path), path


def test_every_code_has_its_anchor(alice: Membership, signed_in: SignedIn) -> None:
    page = text(signed_in(alice), reverse("codes"))
    assert all(f'id="{code}"' in page for code in CODES)


@pytest.mark.parametrize(
    ("raw", "typed", "kind", "differs"),
    [
        ("0.50", 0.5, "number", False),
        ("1", 1, "integer", False),
        ("1.234,5", 1234.5, "number", True),
        ("yes", True, "boolean", True),
        ("n/a", None, "number", True),
        ("", None, "text", False),
        (" x", "x", "category", True),
        ("2024-01-31", "2024-01-31T00:00:00", "datetime", False),
        ("2024-01-31 00:00:00", "2024-01-31T00:00:00", "datetime", False),
        ("31/01/2024", "2024-01-31T00:00:00", "datetime", True),
    ],
)
def test_a_cell_differs_only_when_reading_changed_it(raw: str, typed: Any, kind: str, differs: bool) -> None:
    assert paired(raw, typed, kind)["differs"] is differs


def test_every_kind_of_column_has_its_picture_and_its_words() -> None:
    dates = cast.column("d", "datetime", min="2024-01-01", max="2024-12-31T10:30:00", histogram={"edges": [0, 86400], "counts": [3]})
    words = cast.column("t", "text", length_histogram={"edges": [1, 90], "counts": [3]})
    assert column_summary(dates) == "1 Jan 2024 to 31 Dec 2024, 10:30" and "1 Jan 1970 to 2 Jan 1970" in sparkline(dates)
    assert column_summary(words) == "1 to 90 characters long" and "Lengths from 1 to 90" in sparkline(words)
    assert sparkline(cast.column("e", "empty", 0)) == "" and paired_bars([], [], "x") == ""
    assert paired_bars([0.5, 0.5], [1.0, 0.0], "x").count("<rect") == 4
