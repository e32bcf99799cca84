"""Uploading in Chromium against the real stack: seen, stopped, broken, killed, reloaded, and always whole in the end."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_main_path import sign_in
from tests.browser.watch import Watch
from tests.portal.uploads.tus import VERSION
from tests.stack import Stack

pytestmark = pytest.mark.browser
LINES = 4_000_000
CONTENT = "n,label\n" + "".join(f"{n:03d},y\n" for n in range(1000)) * (LINES // 1000)  # 24 MB
SLOW = 4 * 1024**2  # bytes a second
WAIT_MS = 60_000


@pytest.fixture
def slow(page: Page) -> None:
    """A connection on which 24 MB take some seconds."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW})


@pytest.fixture
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file of 24 MB that no other test has."""
    path = tmp_path / "loans.csv"
    path.write_text(CONTENT + f"{abs(hash(request.node.name)) % 1000:03d},n\n")
    return path


@pytest.fixture
def at_datasets(page: Page, stack: Stack) -> Page:
    sign_in(page, stack)
    page.goto(f"{stack.base}/datasets")
    return page


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def landed(page: Page, stack: Stack) -> dict[str, Any]:
    """The dataset whose page this has become."""
    expect(page).to_have_url(re.compile(r"/datasets/[0-9a-f-]{36}"), timeout=WAIT_MS)
    dataset: dict[str, Any] = stack.call("GET", f"/datasets/{page.url.split('/')[-1][:36]}")
    return dataset


def moving(page: Page) -> None:
    """The bar has left 0 and tells the speed and how long it will take."""
    expect(page.locator(".upload-status")).to_contain_text(re.compile(r"MB / 24 MB · .*/s · about .* left"), timeout=WAIT_MS)


def drop(page: Page, name: str, content: str) -> None:
    """Drop a file on the page's drop zone."""
    data = page.evaluate_handle(
        "([name, content]) => { const data = new DataTransfer(); data.items.add(new File([content], name)); return data; }", [name, content]
    )
    page.dispatch_event(".dropzone", "drop", {"dataTransfer": data})


def test_a_file_is_dropped_the_service_killed_and_the_upload_goes_on(at_datasets: Page, stack: Stack, slow: None) -> None:
    page, watch = at_datasets, Watch(at_datasets, stack.base)
    drop(page, "dropped.csv", CONTENT)
    moving(page)
    expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    for portal in stack.processes("automl_portal.asgi"):
        portal.kill()
    expect(page.locator(".upload-status")).to_contain_text("trying again")
    dataset = landed(page, stack)
    assert (dataset["sha256"], dataset["filename"]) == (hashlib.sha256(CONTENT.encode()).hexdigest(), "dropped.csv")
    watch.check(expect_errors=True)  # the browser reports what it could not reach


def test_a_reloaded_page_offers_to_go_on(at_datasets: Page, stack: Stack, slow: None, path: Path) -> None:
    page, watch = at_datasets, Watch(at_datasets, stack.base)
    page.locator("#upload-file").set_input_files(path)
    moving(page)
    page.reload()
    ask = page.locator(".upload-ask:visible")
    expect(ask).to_contain_text("Continue the upload of loans.csv?")
    expect(page.get_by_role("status").last).to_contain_text("Continue the upload of loans.csv?")
    expect(ask).to_contain_text(re.compile(r"[1-9][\d.]* MB / 24 MB"))
    watch.check(expect_errors=True)
    with page.expect_file_chooser() as chooser:
        ask.get_by_role("button", name="Continue").click()
    chooser.value.set_files(path)
    dataset = landed(page, stack)
    assert dataset["sha256"] == digest(path)
    page.goto(f"{stack.base}/datasets")
    expect(page.locator("#upload-file")).to_be_visible()
    expect(page.locator(".upload-ask:visible")).to_have_count(0)


def test_a_file_that_was_on_its_way_before_asks_first(at_datasets: Page, stack: Stack, slow: None, path: Path, tmp_path: Path) -> None:
    page, other = at_datasets, tmp_path / "other.csv"
    other.write_text(CONTENT + "000,other\n")
    for each in (path, other):
        page.locator("#upload-file").set_input_files(each)
        moving(page)
        page.reload()
    ask = page.locator(".upload-ask:visible")
    expect(ask).to_contain_text("Continue the upload of other.csv?")
    page.locator("#upload-file").set_input_files(path)
    expect(ask).to_contain_text("Continue the upload of loans.csv?")
    ask.get_by_role("button", name="Start again").click()
    assert landed(page, stack)["sha256"] == digest(path)
    page.goto(f"{stack.base}/datasets")
    ask.get_by_role("button", name="Discard it").click()
    expect(ask).to_have_count(0)
    page.reload()
    expect(page.locator("#upload-file")).to_be_visible()
    expect(ask).to_have_count(0)


def test_pause_continue_and_cancel(at_datasets: Page, stack: Stack, slow: None, path: Path) -> None:
    page, watch = at_datasets, Watch(at_datasets, stack.base)
    made = []
    page.on("response", lambda answer: made.append(answer.headers["location"]) if answer.url.endswith("/uploads") else None)
    page.locator("#upload-file").set_input_files(path)
    moving(page)
    page.get_by_role("button", name="Pause").click()
    status = page.locator(".upload-status")
    expect(status).to_contain_text("Paused")
    expect(status.get_by_role("button", name="Continue")).to_be_focused()
    watch.check()
    status.get_by_role("button", name="Continue").click()
    expect(status).to_contain_text("Uploading")
    moving(page)
    with page.expect_response(lambda answer: answer.request.method == "DELETE" and answer.status == 204):
        page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("was canceled")
    assert page.request.head(stack.base + made[0], headers=VERSION).status == 404
    page.reload()
    expect(page.locator("#upload-file")).to_be_visible()
    expect(page.locator(".upload-ask:visible")).to_have_count(0)


def test_without_javascript_the_form_posts_the_file(browser: Browser, stack: Stack, path: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, stack)
    page.goto(f"{stack.base}/datasets")
    page.locator("#upload-file").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    assert landed(page, stack)["sha256"] == digest(path)
    page.context.close()


def test_a_hostile_file_is_shown_as_text(at_datasets: Page, stack: Stack) -> None:
    page, watch = at_datasets, Watch(at_datasets, stack.base)
    page.on("dialog", lambda dialog: watch.problems.append(f"a dialog: {dialog.message}"))
    head = "<script>alert(1)</script>,=cmd|' /C calc'!A0,<img src=x onerror=alert(2)>,label"
    rows = "".join(
        f'"<b onclick=alert(3)>{n}</b>",=HYPERLINK(""http://evil/{n}""),@SUM(A{n}),{"yes" if n % 3 else "no"}\n' for n in range(60)
    )
    name = "../../<img src=x onerror=alert(4)>\u202egpj.csv"
    page.locator("#upload-file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": f"{head}\n{rows}".encode()})
    dataset = landed(page, stack)
    assert dataset["filename"] == "<img src=x onerror=alert(4)>gpj.csv"
    stack.wait(lambda: stack.call("GET", f"/datasets/{dataset['id']}")["status"] != "importing", 60)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(4)>gpj")
    assert page.locator("main img, main script, main [onclick], main [onerror], main a[href*=evil]").count() == 0
    watch.check()
    page.goto(f"{stack.base}/datasets")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(4)>gpj")
    watch.check()


def test_a_bomb_is_refused_with_its_code(at_datasets: Page, stack: Stack) -> None:
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 50_000_000, compresslevel=9)  # 200 MB in 200 KB
    at_datasets.locator("#upload-file").set_input_files({"name": "bomb.csv.gz", "mimeType": "application/gzip", "buffer": bomb})
    dataset = landed(at_datasets, stack)
    stack.wait(lambda: stack.call("GET", f"/datasets/{dataset['id']}")["status"] != "importing", 120)
    ended = stack.call("GET", f"/datasets/{dataset['id']}")
    assert (ended["status"], ended["error"]["code"]) == ("rejected", "compression_ratio")
    at_datasets.reload()
    expect(at_datasets.locator("main")).to_contain_text("compression_ratio")
