"""Bad input, on the real stack: each with its stable code in the API and on the page, a sentence, and no traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_path import sign_in
from tests.stack import Stack

pytestmark = pytest.mark.browser
ROWS = "".join(f"{n},{'yes' if n % 3 else 'no'},{n * 7 % 13}\n" for n in range(120))
GOOD = ("n,label,other\n" + ROWS).encode()
FILES = {
    "file_empty": ("empty.csv", b""),
    "no_rows": ("header.csv", b"a,b,c\n"),
    "not_csv": ("report.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
    "nul_byte": ("nul.csv", b"a,b\n" + b"1,x\n" * 60 + b"1,x\x00y\n"),
    "ragged_rows": ("ragged.csv", b"a,b\n" + b"1,2\n" * 50 + b"1,2,3\n" * 10),
    "unclosed_quote": ("quote.csv", b"a,b\n" + b"1,2\n" * 50 + b'1,"2\n' + b"1,2\n" * 50),
    "duplicate_columns": ("twice.csv", b"a,a\n" + b"1,2\n" * 60),
}


def no_traceback(text: str) -> None:
    assert "Traceback" not in text and "Error:" not in text


@pytest.mark.parametrize("code", FILES)
def test_a_file_that_cannot_be_used(stack: Stack, page: Page, tmp_path: Path, code: str) -> None:
    name, content = FILES[code]
    dataset = stack.dataset(name, content)
    assert (dataset["status"], dataset["error"]["code"]) == ("rejected", code)
    assert [finding["code"] for finding in dataset["findings"]] == [code]
    no_traceback(str(dataset))
    sign_in(page, stack)
    page.goto(f"{stack.base}/datasets/{dataset['id']}")
    expect(page.locator("main")).to_contain_text(dataset["error"]["message"])
    expect(page.locator("main")).to_contain_text(code)


def test_a_cell_of_300_mb_is_refused_without_being_read(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    with open(path, "wb") as file:
        file.write(b"a,b\n1,")
        for _ in range(300):
            file.write(b"x" * 1024**2)
        file.write(b"\n")
    dataset = stack.dataset("cell.csv", path.read_bytes(), seconds=180)
    os.unlink(path)
    assert (dataset["status"], dataset["error"]["code"]) == ("rejected", "cell_too_large")


@pytest.fixture(scope="module")
def good(stack: Stack) -> dict[str, Any]:
    dataset = stack.dataset("good.csv", GOOD)
    assert dataset["status"] == "ready"
    return dataset


@pytest.mark.parametrize(
    ("label", "code"),
    [("lable", "label_unknown"), ("", "label_unknown"), ("constant", "target_constant"), ("nothing", "target_all_missing")],
)
def test_a_label_that_cannot_be_learned(stack: Stack, label: str, code: str) -> None:
    lines = ["n,label,constant,nothing"] + [f"{n},{'yes' if n % 3 else 'no'},same," for n in range(120)]
    dataset = stack.dataset("labels.csv", "\n".join(lines).encode())
    answer = stack.project(dataset, "general/table", label)
    assert (answer["_status"], answer["code"]) == (422, code)
    assert answer["detail"] and "%(" not in answer["detail"]


def test_the_page_names_a_label_that_cannot_be_learned(stack: Stack, page: Page) -> None:
    lines = ["n,constant,label"] + [f"{n},same,{'yes' if n % 3 else 'no'}" for n in range(120)]
    dataset = stack.dataset("one_class.csv", "\n".join(lines).encode())
    sign_in(page, stack)
    page.goto(f"{stack.base}/projects/new/general/table/{dataset['id']}")
    page.get_by_label("Label", exact=True).select_option("constant")
    expect(page.locator("main")).to_contain_text("target_constant")


def test_a_scoring_file_without_a_needed_column(stack: Stack, page: Page, good: dict[str, Any], tmp_path: Path) -> None:
    project = stack.project(good, "general/table", "label", settings={"time_limit": 30})
    run = stack.run_over(stack.start(project), 90)
    assert run["status"] == "succeeded"
    ended, _output = stack.predict(project, "rows.csv", b"n,othr\n1,2\n3,4\n")
    assert (ended["status"], ended["error"]["code"]) == ("failed", "missing_columns")
    assert "other" in ended["error"]["message"] and "othr" in ended["error"]["message"]
    path = tmp_path / "rows.csv"
    path.write_text("n,othr\n1,2\n3,4\n")
    sign_in(page, stack)
    page.goto(f"{stack.base}/projects/{project['id']}/predict")
    page.get_by_label("Drop a file with the columns").set_input_files(path)
    expect(page.locator("main")).to_contain_text("missing_columns", timeout=60_000)
    no_traceback(page.locator("main").inner_text())
