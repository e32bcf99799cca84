"""The pages around the search: by keyboard, in both themes and languages, at both widths. Rows come from the cast, not from a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from automl_portal.accounts.services import token_create
from automl_portal.datasets.models import Dataset
from automl_portal.jobs.models import JobState
from tests.browser.watch import Watch
from tests.portal import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "A rather long name of a dataset, as analysts like to give them, 2026-05 final (2)"


@pytest.fixture
def pages(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of every page that needs no finished run."""
    monkeypatch.setattr("automl_portal.celery.app.send_task", lambda *args, **kwargs: None)  # no broker is there to hear
    alice = cast.owner("alice@example.com", "Alice's team")
    cast.member("bob@example.com", alice.team)
    token_create(membership=alice, name="nightly scoring")
    ready, asking, rejected = cast.dataset(alice), cast.dataset(alice, name=NAME), cast.dataset(alice, state=JobState.FAILED, report={})
    cast.finding(asking)
    cast.finding(asking, level="FIX", answer="drop", examples=[{"before": " yes", "after": "yes"}])
    cast.finding(rejected, level="REJECT", code="not_csv", column=None, message="This is a PDF file.", params={})
    project = cast.project(alice, on=ready)
    cast.run(project)
    details = [reverse("dataset_detail", args=[each.pk]) for each in Dataset.objects.all()]
    near = [
        reverse("codes"),
        reverse("dataset_column", args=[ready.pk, ready.columns[1]["id"]]),
        reverse("project_column", args=[project.pk, ready.columns[1]["id"]]),
        reverse("version_compare", args=[cast.dataset(alice, root=ready, version=2).pk]),
    ]
    own = [reverse(name, args=[project.pk]) for name in ("project_overview", "project_data", "project_setup")]
    start = reverse("project_new_use_case", args=["finance", "credit_default"])
    new = reverse("project_setup_new", args=["general", "table", ready.pk])
    return [
        "/",
        "/?q=credit",
        reverse("project_new"),
        start,
        new,
        reverse("dataset_list"),
        *details,
        *near,
        *own,
        reverse("team"),
        "/nothing-here",
    ]


@pytest.fixture
def alice(pages: list[str], live_server: Any, page: Page) -> Iterator[Page]:
    """Alice's browser, signed in."""
    page.goto(live_server.url + "/sign-in")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("waits for you")
    yield page


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh-hans")])
def test_every_page_is_usable(theme: str, language: str, alice: Page, pages: list[str], live_server: Any, context: BrowserContext) -> None:
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in (("theme", theme), ("django_language", language))]
    )
    watch = Watch(alice, live_server.url)
    for path in pages:
        alice.goto(live_server.url + path)
        watch.check(expect_errors=path == "/nothing-here")


def test_keys_reach_search_and_help(alice: Page) -> None:
    alice.keyboard.press("/")
    expect(alice.get_by_role("searchbox")).to_be_focused()
    alice.keyboard.type("credit?")
    expect(alice.get_by_role("searchbox")).to_have_value("credit?")
    alice.keyboard.press("Tab")
    alice.keyboard.press("?")
    expect(alice.get_by_role("dialog")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("dialog")).to_be_hidden()


def test_arrow_keys_walk_the_rows(alice: Page, live_server: Any) -> None:
    alice.goto(live_server.url + reverse("dataset_list"))
    links = alice.locator("table[data-rows] tbody a")
    links.first.focus()
    alice.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    alice.keyboard.press("End")
    expect(links.last).to_be_focused()


def test_theme_is_kept(alice: Page) -> None:
    alice.get_by_label("Theme").click()
    alice.get_by_role("button", name="Dark").click()
    expect(alice.locator("html")).to_have_attribute("data-theme", "dark")
    alice.reload()
    expect(alice.locator("html")).to_have_attribute("data-theme", "dark")


def test_upload_that_is_refused_says_why_and_lets_one_try_again(alice: Page, live_server: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    alice.goto(live_server.url + reverse("dataset_list"))
    alice.locator("#upload-file").set_input_files({"name": "big.csv", "mimeType": "text/csv", "buffer": b"a,b\n" * 100})
    expect(alice.get_by_role("alert")).to_contain_text("larger than")
    expect(alice.locator("#upload-file")).to_be_visible()


def test_custom_budget_and_another_label_on_the_set_up_page(alice: Page, pages: list[str], live_server: Any) -> None:
    alice.goto(live_server.url + next(path for path in pages if path.startswith("/projects/new/general")))
    expect(alice.get_by_label("Seconds", exact=True)).to_be_hidden()
    alice.get_by_role("radio", name="Custom").check()
    alice.get_by_label("Seconds", exact=True).fill("77")
    alice.get_by_label("Project name").fill("Kept")
    alice.get_by_label("Label", exact=True).select_option("sex")
    expect(alice.get_by_role("heading", level=1)).to_contain_text("sex")
    expect(alice.get_by_label("Seconds", exact=True)).to_have_value("77")
    expect(alice.get_by_label("Project name")).to_have_value("Kept")
