"""The run and result pages in a browser: plots under the strict policy, the slider, the polled part, and no script at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from automl_portal.jobs.models import Job, JobState
from automl_portal.predictors.models import BatchPrediction
from automl_portal.projects.models import LeaderboardRow, Run
from tests.browser.watch import Watch
from tests.portal import cast, results

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS: dict[str, dict[str, Any]] = {
    "binary": {},
    "multiclass": {"use_case_key": "general/table", "problem_type": "multiclass", "label": "tier", "positive_class": None},
    "regression": {"use_case_key": "general/table", "problem_type": "regression", "label": "amount", "positive_class": None},
}


@pytest.fixture
def runs(live_server: Any, context: BrowserContext, monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """A run of each kind, one under way, one failed, one waiting; Alice is signed in."""
    monkeypatch.setattr("automl_portal.celery.app.send_task", lambda *args, **kwargs: None)  # nobody is there to hear
    alice = cast.owner("alice@example.com", "Alice's team")
    on = cast.dataset(alice)
    made = {kind: results.published(cast.project(alice, on, **fields)) for kind, fields in KINDS.items()}
    made["running"] = results.running(cast.project(alice, on))
    made["failed"] = cast.run(cast.project(alice, on), state=JobState.FAILED, error={"code": "x", "message": "It did not work."})
    made["queued"] = cast.run(cast.project(alice, on))
    page = context.new_page()
    page.goto(live_server.url + "/sign-in")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".topbar")).to_contain_text("Alice's team")
    page.close()
    return made


def of(run: Run, name: str) -> str:
    return reverse(name, args=[run.project_id, run.pk] if name.startswith("run_") else [run.project_id])


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh-hans")])
def test_every_page_is_usable(
    theme: str, language: str, runs: dict[str, Run], page: Page, live_server: Any, context: BrowserContext
) -> None:
    cookies = (("theme", theme), ("django_language", language))
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
    watch = Watch(page, live_server.url)
    predictor = runs["binary"].predictor
    scored = results.prediction(predictor)
    paths = [of(run, "run_detail") for run in runs.values()]
    paths += [of(runs[kind], name) for kind in KINDS for name in ("project_evaluate", "project_explain")]
    paths += [of(runs["binary"], "project_leaderboard"), of(runs["binary"], "project_predict"), of(runs["queued"], "project_explain")]
    refused = [results.prediction(predictor, state=JobState.FAILED, error=error) for error in (results.MISSING, results.CHANGED)]
    paths += [reverse("prediction_detail", args=[made.project_id, made.pk]) for made in (scored, *refused)]
    for path in paths:
        page.goto(live_server.url + path)
        for plot in page.locator("figure .plot").all():
            expect(plot.locator("svg")).to_have_count(1)
        watch.check()


def test_the_slider_moves_everything_together(runs: dict[str, Run], page: Page, live_server: Any) -> None:
    page.goto(live_server.url + of(runs["binary"], "project_evaluate"))
    slider = page.get_by_role("slider")
    expect(slider).to_be_enabled()
    before = {key: page.locator(f"[data-cutoff-value={key}]").inner_text() for key in ("tp", "fp", "precision", "recall", "cost")}
    for _step in range(40):
        slider.press("ArrowRight")
    for key, value in before.items():
        expect(page.locator(f"[data-cutoff-value={key}]")).not_to_have_text(value)
    page.get_by_role("button", name="Go to the cheapest cut-off").click()
    page.locator("#figure-cost summary").click()
    cheapest = min(float(cell.inner_text()) for cell in page.locator("#figure-cost tbody td").all())
    assert float(page.locator("[data-cutoff-value=cost]").inner_text()) <= cheapest + 1e-9


def test_a_plot_can_be_saved(runs: dict[str, Run], page: Page, live_server: Any) -> None:
    page.goto(live_server.url + of(runs["binary"], "project_evaluate"))
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as saved:
            page.get_by_role("button", name=f"Save ROC curve as {kind}").click()
        assert saved.value.suggested_filename == f"roc-curve.{kind.lower()}"
        assert Path(saved.value.path()).read_bytes().startswith(start)


def test_what_the_reader_opened_stays_open_while_models_land(runs: dict[str, Run], page: Page, live_server: Any) -> None:
    run = runs["running"]
    watch = Watch(page, live_server.url)
    page.goto(live_server.url + of(run, "run_detail"))
    page.locator("#run-log summary").click()
    page.get_by_role("button", name="Cancel the run").click()
    stay = page.get_by_role("button", name="Let it go on")
    stay.focus()
    row = LeaderboardRow.objects.filter(run=run).first()
    assert row is not None
    LeaderboardRow.objects.create(run=run, model="TabM", family="neural_net", row=row.row | {"model": "TabM", "score_val": 0.1})
    expect(page.get_by_role("heading", level=1)).to_contain_text("best TabM at log loss 0.100", timeout=2000)
    expect(stay).to_be_focused()
    expect(page.locator("#run-log-lines")).to_be_visible()
    expect(page.locator("#figure-search svg")).to_have_count(1)
    Job.objects.filter(pk=run.job_id).update(state=JobState.CANCELED, lease_expires_at=None, finished_at=timezone.now())
    expect(page.get_by_role("heading", level=1)).to_have_text("The run was canceled", timeout=3000)
    expect(page.locator(".rail a[aria-current=page] .dot-attention")).to_be_visible()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_timeout(1500)
    assert requests == [] and watch.problems == []


def test_a_lost_portal_leaves_the_page_as_it_is(runs: dict[str, Run], page: Page, live_server: Any) -> None:
    page.goto(live_server.url + of(runs["running"], "run_detail"))
    page.route(re.compile("/live$"), lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.wait_for_timeout(1500)
    expect(page.get_by_role("heading", level=1)).to_contain_text("models so far")


def test_a_file_to_score_is_uploaded_with_what_was_chosen_beside_it(runs: dict[str, Run], page: Page, live_server: Any) -> None:
    page.goto(live_server.url + of(runs["binary"], "project_predict"))
    page.get_by_label("Reasons per row").select_option("3")
    page.locator("#score-file").set_input_files({"name": "new.csv", "mimeType": "text/csv", "buffer": b"status,duration,amount\na,1,2\n"})
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for a worker")
    made = BatchPrediction.objects.get()
    assert (made.filename, made.explain, made.bytes) == ("new.csv", 3, 29)


def test_without_a_script_the_numbers_are_there(runs: dict[str, Run], context: BrowserContext, browser: Browser, live_server: Any) -> None:
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(live_server.url + of(runs["binary"], "project_evaluate"))
    expect(page.locator("#figure-roc .plot")).to_be_hidden()
    page.locator("#figure-roc summary").click()
    expect(page.locator("#figure-roc tbody tr").first).to_be_visible()
    page.goto(live_server.url + of(runs["binary"], "project_predict"))
    page.locator("#score-file").set_input_files({"name": "new.csv", "mimeType": "text/csv", "buffer": b"status,duration,amount\na,1,2\n"})
    page.get_by_role("button", name="Score it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for a worker")
    plain.close()
