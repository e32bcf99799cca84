"""The data page walked by an analyst: questions, types, columns, versions and a project's roles, at both widths. No worker runs: the test leaves what an import would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from automl_portal.accounts.models import Membership
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.services import dataset_create
from automl_portal.projects.models import Project
from tests.browser.watch import Watch
from tests.portal import cast
from tests.portal.datasets.importing import imported, upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVIL = "<img src=x onerror=alert(1)> اسم 列名 😀 " + "long " * 60
CHOICES = [{"value": "drop", "label": "Leave the column out"}, {"value": "keep", "label": "Keep the column", "needs_reason": True}]
ASKED = {
    "key": "personal_data:email",
    "code": "personal_data",
    "level": "ASK",
    "column": "email",
    "message": "%(column)s holds e-mail addresses.",
    "params": {"column": "email"},
    "choices": CHOICES,
}
TRIMMED = {"code": "spaces_trimmed", "level": "FIX", "message": "Spaces were removed.", "examples": [{"before": " WD ", "after": "WD"}]}


def column(number: int, name: str, type: str = "number", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"c{number:04d}",
        "type": type,
        "missing": 3,
        "unique": 40,
        "role_guess": None,
        "top": [],
        "other": 0,
        **more,
    }


def columns(shift: float, last: int) -> list[dict[str, Any]]:
    edges = [float(value) + shift for value in range(11)]
    classes = [{"value": "1", "count": 700}, {"value": "0", "count": 300}]
    return [
        column(
            1, "amount", min=edges[0], max=edges[-1], median=5.0, histogram={"edges": edges, "counts": [5, 9, 20, 40, 60, 70, 40, 20, 9, 5]}
        ),
        column(2, "email", "category", top=[{"value": "a@example.com", "count": 2}], other=900),
        column(3, "seen", "datetime", min="2024-01-01", max="2024-12-31", histogram={"edges": [1.7e9, 1.71e9, 1.73e9], "counts": [10, 30]}),
        column(4, "note", "text", length_histogram={"edges": [1, 100, 200], "counts": [90, 10]}),
        column(5, "target", "integer", unique=2, missing=0, top=classes),
        column(6, EVIL, "category", top=[{"value": EVIL, "count": 9}]),
        *(column(number, f"measure_{number:03d}", histogram={"edges": [0, 1, 2], "counts": [1, 2]}) for number in range(7, last + 1)),
    ]


def left(shift: float = 0.0, last: int = 14, **more: Any) -> dict[str, Any]:
    """What the import leaves: columns of every kind, rows set aside, the first rows."""
    names = [each["name"] for each in columns(0.0, 6)]
    raw = [["1,5", "a@example.com", "31/12/2024", "n/a", "1", EVIL]] * 3
    typed = [[1.5, "a@example.com", "2024-12-31T00:00:00", None, 1, EVIL]] * 3
    return {
        "rows": 1000,
        "rows_set_aside": 2,
        "set_aside_reasons": {"ragged_rows": 2},
        "set_aside": "source,line,code,reason,text\n",
        "columns": columns(shift, last),
        "preview": {"names": names, "as_read": raw, "typed": typed},
        "format": {"kind": "csv", "encoding": "utf-8", "delimiter": ";"},
        **more,
    }


@pytest.fixture
def alice(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Membership:
    monkeypatch.setattr("automl_portal.celery.app.send_task", lambda *args, **kwargs: None)  # no broker is there to hear
    return cast.owner("alice@example.com", "Alice's team")


@pytest.fixture
def visit(alice: Membership, live_server: Any, page: Page) -> Callable[[str], Page]:
    """Alice's browser, signed in, at an address."""
    page.goto(live_server.url + "/sign-in")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        return page

    return go


def detail(dataset: Dataset) -> str:
    return reverse("dataset_detail", args=[dataset.pk])


def test_an_analyst_answers_retypes_and_looks_closely(alice: Membership, visit: Callable[[str], Page], live_server: Any) -> None:
    dataset = imported(dataset_create(by=alice, upload=upload("loans.csv")), **left(findings=[ASKED, TRIMMED]))
    page = visit(detail(dataset))
    watch = Watch(page, live_server.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("raises one question")
    expect(page.get_by_text("1,002 rows in the file = 1,000 used + 2 set aside.")).to_be_visible()
    watch.check()

    page.get_by_role("radio", name="Keep the column").check()
    page.get_by_role("button", name="Apply the answers").click()
    expect(page.get_by_text("Say why: this choice is kept with its reason.")).to_be_visible()
    page.get_by_role("radio", name="Keep the column").check()
    page.get_by_label("Reason, kept with the data").fill("Consent of 2024")
    page.get_by_role("button", name="Apply the answers").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is being read")
    imported(dataset, **left(findings=[{**ASKED, "answer": "keep"}, TRIMMED]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("is ready")
    expect(page.get_by_text("Consent of 2024")).to_be_visible()
    watch.check()

    page.get_by_label("Type of amount").select_option("text")
    expect(page.get_by_role("heading", level=1)).to_contain_text("is being read")
    assert Dataset.objects.get().types == {"amount": "text"}
    imported(dataset, **left(findings=[{**ASKED, "answer": "keep"}]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("is ready")

    page.get_by_role("link", name="amount", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("amount holds 40 different values")
    expect(page.locator(".plot > *").first).to_be_visible()
    watch.check()
    page.get_by_role("link", name="Next column").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("email holds")
    watch.check()


def test_hundreds_of_columns_are_searched_and_paged(alice: Membership, visit: Callable[[str], Page], live_server: Any) -> None:
    page = visit(detail(imported(dataset_create(by=alice, upload=upload()), **left(last=259))))
    watch = Watch(page, live_server.url)
    rows = page.locator("#columns tbody tr")
    expect(rows).to_have_count(100)
    expect(page.get_by_role("heading", name="259 columns", level=2)).to_be_visible()
    page.get_by_role("link", name="Later columns").click()
    expect(page.get_by_text("101 to 200 of 259")).to_be_visible()
    page.get_by_label("Name holds").fill("measure_25")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_count(10)
    watch.check()
    page.get_by_label("As in the file", exact=True).check()
    expect(page.get_by_text("31/12/2024").first).to_be_visible()


def test_data_is_added_and_compared(alice: Membership, visit: Callable[[str], Page], live_server: Any) -> None:
    dataset = imported(dataset_create(by=alice, upload=upload("may.csv")), **left())
    page = visit(detail(dataset))
    watch = Watch(page, live_server.url)
    page.get_by_text("Add or replace data").click()
    page.locator("#version-file").set_input_files({"name": "june.csv", "mimeType": "text/csv", "buffer": b"a,b\n3,4\n"})
    expect(page.get_by_role("heading", level=1)).to_contain_text("is being read")
    second = Dataset.objects.get(version=2)
    imported(second, **left(shift=4.0))
    expect(page.get_by_role("heading", level=1)).to_contain_text("is ready")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("From version 1 to 2: amount moved")
    watch.check()
    page.goto(live_server.url + "/help/codes#personal_data")
    expect(page.locator("#personal_data")).to_be_in_viewport()
    watch.check()


def test_a_project_keeps_its_version_until_another_is_chosen(alice: Membership, visit: Callable[[str], Page], live_server: Any) -> None:
    dataset = imported(dataset_create(by=alice, upload=upload("may.csv")), **left())
    leak = {"code": "leakage_suspect", "column": "amount", "message": "%(column)s gives the label away.", "params": {"column": "amount"}}
    ties = {"associations": [{"column": "amount", "measure": "auc", "value": 0.71, "correlation": -0.4}], "findings": [leak]}
    project = cast.project(alice, on=dataset, use_case_key="general/table", label="target", positive_class="1", roles={}, label_report=ties)
    page = visit(reverse("project_data", args=[project.pk]))
    watch = Watch(page, live_server.url)
    expect(page.get_by_text("AUC 0.71")).to_be_visible()
    expect(page.get_by_text("correlation -0.40")).to_be_visible()
    expect(page.get_by_text("amount gives the label away.")).to_be_visible()
    watch.check()
    page.get_by_label("Role of amount").select_option("exclude")
    expect(page.get_by_text("Measuring what each column tells of target.")).to_be_visible()
    assert Project.objects.get().roles["exclude"] == ["amount"]
    page.get_by_label("Type of note").select_option("category")
    expect(page.get_by_text("Version 2 of this data is being read. The project uses version 1.")).to_be_visible()
    second = imported(Dataset.objects.get(version=2), **left())
    page.get_by_role("button", name="Use version 2").click()
    expect(page.get_by_text("The next run learns from version 2 of the data.")).to_be_visible()
    assert Project.objects.get().dataset == second
    watch.check()
