from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workers.engine.bundle.runtime import mending
from workers.engine.bundle.runtime.dialect import Dialect
from workers.engine.bundle.runtime.mending import Mend, SetAside, mended

CELL = st.text(alphabet='ab",\n\r é', max_size=4)
COMMA = Dialect(",")


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.reader(handle, strict=True) if row]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["fill", "set_aside"]),
    st.sampled_from([1, 2, 5, 16, 1 << 19]),
)
def test_rows_that_fit_are_copied_and_the_others_kept_beside(
    tmp_path: Path, rows: list[list[str]], end: str, short: str, piece: int
) -> None:
    source = tmp_path / "x.csv"
    buffer = io.StringIO()
    # The writer quotes what ends its own lines: CR LF makes it quote either, whatever ends the lines here.
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        buffer.write(line.getvalue().removesuffix("\r\n") + end)
    source.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    whole = read(source)
    (tmp_path / "aside").unlink(missing_ok=True)
    aside = SetAside(tmp_path / "aside", header=False)
    before, mending.PIECE = mending.PIECE, piece
    try:
        done = mended(source, tmp_path / "copy.csv", COMMA, Mend(0, 1, 2, short), aside)
    finally:
        mending.PIECE = before
    expected, left = [], []
    for number, row in enumerate(whole, start=1):
        if len(row) > 2 and any(cell.strip() for cell in row[2:]) or (len(row) < 2 and short != "fill"):
            left.append((number, row))
        else:
            expected.append((row + [""])[:2])
    assert read(tmp_path / "copy.csv") == expected
    assert [(kept.row, next(csv.reader([kept.text], strict=False))[0][:1]) for kept in aside if kept.text.isprintable()] == [
        (number, row[0][:1]) for number, row in left if all(cell.isprintable() for cell in row)
    ]
    assert [kept.row for kept in aside] == [number for number, _ in left] and done.set_aside == len(left) == len(aside)


@pytest.mark.parametrize("piece", [8, 64, 1 << 19])
def test_lines_keep_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(mending, "PIECE", piece)
    source = tmp_path / "x.csv"
    source.write_text('a,b\n1,2\n\n"x\ny",2\n3\n' + "1,2\n" * 40 + "1,2,3\n1,2,\n")
    aside = SetAside(tmp_path / "aside")
    done = mended(source, tmp_path / "copy.csv", COMMA, Mend(0, 1, 2), aside)
    assert [(row.line, row.row, row.text) for row in aside] == [(6, 3, "3"), (47, 44, "1,2,3")]
    assert (done.trimmed, done.set_aside) == (1, 2)
    assert (tmp_path / "copy.csv").read_text(encoding="utf-8").splitlines()[46:] == ["", "1,2"]


def test_backslashes_are_undone_only_before_quotes(tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text('a,b\n"C:\\new","say \\"hi\\""\n"end\\\\",x\n')
    mended(source, tmp_path / "copy.csv", COMMA, Mend(0, 1, escaped=True), SetAside(tmp_path / "aside"))
    assert read(tmp_path / "copy.csv")[1:] == [["C:\\new", 'say "hi"'], ["end\\\\", "x"]]


def test_very_many_rows_are_kept_on_disk(tmp_path: Path) -> None:
    aside = SetAside(tmp_path / "aside")
    for number in range(2000):
        aside.add(number, number + 1, "footer", "x" * 20_000 if number == 0 else str(number))
    rows = list(aside)
    assert len(aside) == len(rows) == 2000 and len(rows[0].text) == mending.MAX_TEXT and rows[-1].text == "1999"
    assert len(list(aside)) == 2000, "it can be read again"
