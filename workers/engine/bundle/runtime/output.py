"""Writes the output and the rejected rows: UTF-8 CSV, exact numbers, no cell a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: Any) -> str:
    """One value as CSV text. Floats keep every digit (`repr`), missing is empty, dangerous text is neutralised."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    if type(value) is float:
        return repr(value) if math.isfinite(value) else ""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    text = str(value)
    return "" if text in ("NaT", "<NA>", "nan") else neutral(text)


def neutral(text: str) -> str:
    """Text that no spreadsheet runs: a leading quote mark before = + - @ and control characters, unless it is a number."""
    if not text.startswith(FORMULA_STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text if text[0] in "+-" else "'" + text


@contextmanager
def atomic_csv(path: Path, header: list[str]) -> Iterator[CsvWriter]:
    """A writer whose file appears at `path` whole, when the block ends well, or not at all."""
    # The name ends in .csv so that scoring inside a bundle's own folder never looks like a planted file.
    handle, temporary = tempfile.mkstemp(prefix=f"{path.stem}.", suffix=".part.csv", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            writer = CsvWriter(file)
            writer.rows([header])
            yield writer
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


class CsvWriter:
    """Writes rows of Python values."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._quoting = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def rows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Append rows, each an iterable of values."""
        for row in rows:
            cells = [cell(value) for value in row]
            # A carriage return ends a line for whoever reads the file, but the writer quotes only what ends its own.
            writer = self._quoting if any("\r" in text for text in cells) else self._writer
            writer.writerow(cells)
