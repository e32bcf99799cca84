"""The whole path in a browser, on the real stack: from signing in to downloaded predictions."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import Watch
from tests.stack import EMAIL, PASSWORD, ROOT, Stack

pytestmark = pytest.mark.browser
SAMPLE = ROOT / "domains" / "finance" / "credit_default" / "sample.csv"
BUDGET_S = 90


def sign_in(page: Page, stack: Stack) -> None:
    page.goto(stack.base + "/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="New project").first).to_be_visible()


def test_from_a_file_to_predictions(stack: Stack, page: Page, tmp_path: Path) -> None:
    watch = Watch(page, stack.base)
    page.goto(stack.base)
    watch.check()
    sign_in(page, stack)
    watch.check()

    page.get_by_role("link", name="New project").first.click()
    watch.check()
    page.get_by_role("link", name="Credit default").first.click()
    watch.check()
    page.get_by_label("Drop a file here").set_input_files(SAMPLE)
    expect(page.get_by_role("link", name="Set up the project").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("row", name="monthly_income").first).to_be_visible()
    watch.check()

    page.get_by_role("link", name="Set up the project").first.click()
    expect(page.get_by_label("Label", exact=True)).to_have_value("defaulted")
    expect(page.get_by_role("radio", name="defaulted = 1")).to_be_checked()
    expect(page.get_by_label("Role of sex")).to_have_value("sensitive")
    expect(page.get_by_label("Role of age")).to_have_value("sensitive")
    watch.check()
    page.get_by_role("radio", name="Custom").check()
    page.get_by_role("spinbutton", name="Seconds").fill(str(BUDGET_S))
    page.get_by_role("button", name="Create the project and check the label").click()
    expect(page.get_by_role("button", name="Start the run")).to_be_visible()
    page.get_by_role("button", name="Start the run").click()

    models = page.locator("#run-search table tbody tr")
    expect(models.first).to_be_visible(timeout=60_000)
    watch.check()
    count = models.count()
    expect(models.nth(count)).to_be_visible(timeout=60_000)  # the board grows while the search goes on
    expect(page.get_by_role("link", name="See the leaderboard")).to_be_visible(timeout=(BUDGET_S + 30) * 1000)
    watch.check()

    page.get_by_role("link", name="See the leaderboard").click()
    for family in ("Tree", "Linear", "Transformer", "Neural", "Baseline", "Ensemble"):
        expect(page.locator("table.leaderboard")).to_contain_text(family, ignore_case=True)
    watch.check()
    rail = page.locator(".rail")
    rail.get_by_role("link", name="Evaluate").click()
    for name in ("ROC", "Precision", "Calibration", "Confusion"):
        expect(page.locator("main")).to_contain_text(name, ignore_case=True)
    expect(page.locator("figure canvas, figure svg").first).to_be_visible()
    watch.check()
    rail.get_by_role("link", name="Explain").click()
    expect(page.locator("main")).to_contain_text("past_delays")
    watch.check()

    rail.get_by_role("link", name="Leaderboard").click()
    page.get_by_role("button", name="Promote").first.click()
    page.get_by_label("Why this one").fill("The first predictor of this project.")
    page.locator("#promote").get_by_role("button", name="Promote", exact=True).click()
    expect(page.get_by_text("Champion").first).to_be_visible()
    with page.expect_download() as bundle:
        page.get_by_role("link", name="Bundle").first.click()
    with zipfile.ZipFile(bundle.value.path()) as archive:
        assert {"manifest.json", "score.py", "verify.py", "golden.csv", "model_document.html"} <= set(archive.namelist())

    rail.get_by_role("link", name="Predict").click()
    watch.check()
    rows = SAMPLE.read_text().splitlines()
    scoring = tmp_path / "applicants.csv"
    scoring.write_text("\n".join(rows[:101]))
    page.get_by_label("Drop a file with the columns").set_input_files(scoring)
    expect(page.get_by_text("Rows in the file", exact=True)).to_be_visible(timeout=90_000)
    watch.check()
    with page.expect_download() as output:
        page.get_by_role("link", name="Download the output").click()
    scored = list(csv.DictReader(io.StringIO(Path(output.value.path()).read_text())))
    assert [row["row"] for row in scored] == [str(number) for number in range(1, 101)]
    assert [row["application_id"] for row in scored] == [line.split(",")[0] for line in rows[1:101]]
    assert all(0 <= float(row["probability_1"]) <= 1 for row in scored)
