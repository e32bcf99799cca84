"""A scored file on the real stack: names to accept, rows that are rejected, what differs from training, what the labels say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_path import sign_in
from tests.browser.watch import Watch
from tests.stack import Stack

pytestmark = pytest.mark.browser


def table(rows: int, seed: int) -> list[list[str]]:
    """Amount and kind decide the label, mostly."""
    chance = random.Random(seed)
    made = []
    for number in range(rows):
        amount, kind = chance.gauss(2000, 500), chance.choice(["car", "house"])
        late = amount + (400 if kind == "car" else 0) + chance.gauss(0, 300) > 2200
        made.append([f"{seed}-{number}", f"{amount:.2f}", kind, "yes" if late else "no"])
    return made


def as_csv(header: str, rows: list[list[str]]) -> bytes:
    return "\n".join([header, *(",".join(row) for row in rows)]).encode() + b"\n"


def test_a_file_with_everything(stack: Stack, page: Page, tmp_path: Path) -> None:
    dataset = stack.dataset("loans.csv", as_csv("customer,amount,kind,late", table(600, seed=1)))
    roles = {"id": ["customer"]}
    project = stack.project(dataset, "general/table", "late", positive_class="yes", roles=roles, settings={"time_limit": 60})
    run = stack.run_over(stack.start(project), 120)
    assert run["status"] == "succeeded", run["error"]

    rows = table(300, seed=2)
    rows[10][1], rows[11][2] = "many", "yacht"
    rows[20] = ["2-20", "1", "car", "yes", "surplus"]
    path = tmp_path / "march.csv"
    path.write_bytes(as_csv("customer,Amount ,knid,late", rows))
    sign_in(page, stack)
    watch = Watch(page, stack.base)
    page.goto(f"{stack.base}/projects/{project['id']}/predict")
    page.locator("#score-file").set_input_files(path)
    expect(page.locator("main")).to_contain_text("2 columns are missing", timeout=60_000)
    watch.check()
    page.get_by_role("button", name="Score with these names").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("298 rows are scored, 2 were rejected", timeout=60_000)
    main = page.locator("main")
    expect(main).to_contain_text("300 rows in the file = 298 scored + 2 rejected")
    expect(main).to_contain_text("Compared with late in the file (298 rows)")
    expect(main).to_contain_text("unseen_categories")
    expect(page.locator("section", has=page.get_by_role("heading", name="Rejected rows"))).to_contain_text("ragged_rows")
    watch.check()
    assert watch.problems == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the output").click()
    output = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(output) == 301 and output[0].endswith(",unusual") and output[12].endswith("kind: new value") and output[21].startswith("21,")
