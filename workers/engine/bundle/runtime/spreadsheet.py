"""A sheet of an Excel workbook as CSV: cached values, ISO dates, exact numbers. A row of the sheet is a line of the copy."""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workers.engine.bundle.runtime import magic
from workers.engine.bundle.runtime.refusal import Question, ReadError, gettext_noop, picked
from workers.engine.bundle.runtime.unpacking import Meter, damaged, refuse_too_large

MAX_CELLS = 20_000_000  # the box around the cells of all sheets, which the reader holds in memory
MAX_XML = 2 << 30  # bytes of the unzipped workbook
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_MIDNIGHT = dt.time()


def as_csv(path: Path, kind: str, scratch: Path, answers: Mapping[str, str], max_bytes: int | None) -> tuple[Path, list[Question]]:
    """(a CSV of one sheet in ``scratch``, the question which sheet). ``kind``: magic.XLSX or magic.XLS.

    ReadError: file_damaged, archive_encrypted, compression_ratio, too_many_bytes, too_many_cells, file_empty, answer_unknown.
    """
    if kind == magic.XLSX:
        _refuse_bomb(path, max_bytes)
    with _guarded(kind):
        import python_calamine

        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = [(name, size) for name in book.sheet_names if (size := _filled(book, name))]
        if not sheets:
            raise ReadError("file_empty", gettext_noop("The file is empty. Check the export and upload it again."))
        sheets.sort(key=lambda item: -item[1])
        name, question = _chosen(sheets, book, answers)
        target = _written(book.get_sheet_by_name(name), scratch / "sheet.csv", max_bytes)
    return target, [question] if question else []


def _written(sheet: Any, target: Path, max_bytes: int | None) -> Path:
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)  # ends lines in CR LF, so that a cell with either of both is quoted
        for number, row in enumerate(_trimmed(sheet)):
            writer.writerow(row)
            if number % 1000 == 0:
                refuse_too_large(handle.tell(), max_bytes)
    refuse_too_large(target.stat().st_size, max_bytes)
    return target


@contextmanager
def _guarded(kind: str) -> Iterator[None]:
    """The ways in which the reader of workbooks fails become refusals."""
    try:
        yield
    except ReadError:
        raise
    except BaseException as error:
        name = type(error).__name__
        if name == "PasswordError":
            raise ReadError("archive_encrypted", gettext_noop("The file is protected with a password. Upload it without one.")) from error
        # A panic of the reader is no Exception; its own errors, and cells no Python type can hold, are.
        if (
            name == "PanicException"
            or type(error).__module__.startswith("python_calamine")
            or isinstance(error, (ValueError, OverflowError))
        ):
            raise damaged(kind) from error
        raise


def _refuse_bomb(path: Path, max_bytes: int | None) -> None:
    """Every part is unzipped once, in pieces, and the box of its cells measured: the reader would hold all of it."""
    cells = 0
    try:
        with zipfile.ZipFile(path) as archive:
            meter = Meter(path.stat().st_size, None)
            for entry in archive.infolist():
                with archive.open(entry) as stream:
                    cells += _box(stream, meter, sheet=entry.filename.startswith("xl/worksheets/"))
                if meter.size > MAX_XML:
                    refuse_too_large(meter.size, min(MAX_XML, max_bytes or MAX_XML))
    except magic.DAMAGE as error:
        if magic.of_the_disk(error):
            raise
        raise damaged(magic.XLSX) from error
    if cells > MAX_CELLS:
        message = gettext_noop("The workbook spans %(cells)d cells; at most %(limit)d can be read. Save the sheet as CSV and upload that.")
        raise ReadError("too_many_cells", message, {"cells": cells, "limit": MAX_CELLS})


def _box(stream: Any, meter: Meter, *, sheet: bool) -> int:
    """Cells in the box around those a sheet names."""
    columns, rows, tail = 0, 0, b""
    while chunk := stream.read(1 << 20):
        meter.add(len(chunk))
        if sheet:
            for letters, number in set(_CELL.findall(tail + chunk)):
                columns, rows = max(columns, _column(letters)), max(rows, int(number))
            tail = chunk[-200:]
    return columns * rows


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _filled(book: Any, name: str) -> int:
    """Cells that are not empty."""
    return sum(sum(value != "" for value in row) for row in book.get_sheet_by_name(name).iter_rows())


def _chosen(sheets: list[tuple[str, int]], book: Any, answers: Mapping[str, str]) -> tuple[str, Question | None]:
    if len(sheets) == 1:
        return sheets[0][0], None
    choices = tuple((name, name) for name, _ in sheets)
    answer = picked(answers, "sheet", choices)
    examples = tuple((name, _first_row(book, name)) for name, _ in sheets[:5])
    message = gettext_noop("The workbook has %(count)d sheets with data. Pick the one to read.")
    return answer or sheets[0][0], Question("sheet", message, choices, answer, examples, {"count": len(sheets)})


def _first_row(book: Any, name: str) -> str:
    row: list[Any] = next((row for row in book.get_sheet_by_name(name).iter_rows() if any(value != "" for value in row)), [])
    return " | ".join(text(value)[:40] for value in row[:8])


def _trimmed(sheet: Any) -> Iterator[list[str]]:
    """Rows without the empty columns left and right; an empty row stays an empty line, so that line numbers are row numbers."""
    filled: set[int] = set()
    last = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        here = [place for place, value in enumerate(row) if value != ""]
        filled.update(here)
        last = number if here else last
    low, high = min(filled), max(filled) + 1
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > last:
            return
        cells = [text(value) for value in row[low:high]]
        yield cells if any(cells) else []


def text(value: Any) -> str:
    """A cell as text: ISO dates, every digit of a number, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)
