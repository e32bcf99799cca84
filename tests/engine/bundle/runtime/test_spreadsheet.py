from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from workers.engine.bundle.runtime import spreadsheet
from workers.engine.bundle.runtime.reading import RawFile, open_raw
from workers.engine.bundle.runtime.refusal import ReadError


def book(*sheets: tuple[str, dict[str, Any]]) -> bytes:
    """An Excel file whose sheets hold these cells by address."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, cells in sheets:
        sheet = made.create_sheet(name)
        for address, value in cells.items():
            sheet[address] = value
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def table(top: int = 1, left: str = "A", rows: int = 12) -> dict[str, Any]:
    """Two columns, the header at ``top``."""
    right = chr(ord(left) + 1)
    cells: dict[str, Any] = {f"{left}{top}": "a", f"{right}{top}": "b"}
    for i in range(rows):
        cells |= {f"{left}{top + 1 + i}": i, f"{right}{top + 1 + i}": f"x{i}"}
    return cells


def read(folder: Path, data: bytes, **answers: str) -> RawFile:
    (folder / "upload").write_bytes(data)
    return open_raw(folder / "upload", scratch=folder, filename="x.csv", answers=answers)


def cells(raw: RawFile) -> list[list[str]]:
    return [list(row.values()) for part in raw.chunks() for row in part.to_pylist()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"), (1.5, "1.5"), (0.1, "0.1"), (1e300, "1e+300"), (12345678901234, "12345678901234"), (True, "true"), (False, "false"),
        ("  x\ny", "  x\ny"), ("00501", "00501"), (dt.datetime(2024, 1, 2), "2024-01-02"), (dt.date(2024, 1, 2), "2024-01-02"),
        (dt.datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05"), (dt.time(3, 4), "03:04:00"), ("=1/0", ""), ("#N/A", ""),
    ],
)  # fmt: skip
def test_a_cell_is_text_of_full_precision(tmp_path: Path, value: object, text: str) -> None:
    sheet = table() | {"C1": "c"} | {f"C{i}": value for i in range(2, 14)}
    if text == "":
        sheet["C2"] = "last"  # else the column would be empty and go
    assert cells(read(tmp_path, book(("one", sheet))))[-1][2] == text


def test_empty_rows_and_columns_around_the_table_go_and_lines_are_rows_of_the_sheet(tmp_path: Path) -> None:
    raw = read(tmp_path, book(("one", table(top=4, left="C"))))
    assert raw.names == ["a", "b"] and raw.rows == 12 and cells(raw)[0] == ["0", "x0"]
    raw = read(tmp_path, book(("one", table(top=4, left="C", rows=20) | {"E4": "c", "C30": "Source: the bank"})))
    assert [row.line for row in raw.set_aside] == [30] and raw.rows == 20


def test_a_title_above_is_a_preamble(tmp_path: Path) -> None:
    raw = read(tmp_path, book(("one", table(top=4, rows=20) | {"C4": "c", "A1": "Report", "A2": "January"})))
    assert raw.names == ["a", "b", "c"] and raw.rows == 20 and [question.code for question in raw.questions] == ["preamble"]


def test_of_several_sheets_the_fullest_is_read_and_the_choice_is_asked(tmp_path: Path) -> None:
    data = book(("empty", {}), ("small", table(rows=3)), ("large", table(rows=12)))
    raw = read(tmp_path, data)
    (question,) = raw.questions
    assert (question.code, [value for value, _ in question.choices], raw.rows) == ("sheet", ["large", "small"], 12)
    assert read(tmp_path, data, sheet="small").rows == 3
    with pytest.raises(ReadError, match="answer_unknown"):
        read(tmp_path, data, sheet="empty")


def test_a_box_too_large_to_hold_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="too_many_cells"):
        read(tmp_path, book(("one", table() | {"XFD1048576": "far"})))


def test_a_workbook_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO(book(("one", table())))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb", b"0" * (64 << 20))
    with pytest.raises(ReadError, match="compression_ratio"):
        read(tmp_path, buffer.getvalue())


@pytest.mark.parametrize("place", [60, 300, 1000, 2000, 3000, 4000])
def test_a_damaged_workbook_is_refused_or_read_but_never_breaks(tmp_path: Path, place: int) -> None:
    data = bytearray(book(("one", table())))
    data[place : place + 8] = b"\xff" * 8
    try:
        assert read(tmp_path, bytes(data)).rows
    except ReadError as refused:
        assert refused.code in ("file_damaged", "archive_members", "file_empty", "archive_encrypted", "not_csv")


def test_numbers_keep_their_digits() -> None:
    assert spreadsheet.text(1234567890123456.0) == "1234567890123456" and spreadsheet.text(2.0**70) == repr(2.0**70)


def test_a_workbook_without_a_cell_is_empty(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="file_empty"):
        read(tmp_path, book(("one", {})))
