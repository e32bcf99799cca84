"""A mended copy of a file whose records do not all fit: strict CSV, with what did not fit kept beside it, line and text."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

from workers.engine.bundle.runtime.dialect import Dialect
from workers.engine.bundle.runtime.plain import Rules, tally
from workers.engine.bundle.runtime.refusal import gettext_noop

MAX_TEXT = 10_000  # characters of a row that are kept
END = "\r\n"  # so that a cell with either of both is quoted
PIECE = 1 << 19  # bytes judged at once
HELD = 500  # rows held before they are written
REASONS = {
    "ragged_rows": gettext_noop("The row does not have as many fields as the header."),
    "short_rows": gettext_noop("The row has fewer fields than the header."),
    "footer": gettext_noop("The row stands below the table."),
    "empty_rows": gettext_noop("The row holds nothing but delimiters and stands at the end of the file."),
    "units_row": gettext_noop("The row holds the units of the columns."),
}


@dataclass(frozen=True)
class SetAsideRow:
    """One row that was left out. ``line`` is the 1-based physical line, ``row`` its number among all data rows of the file;
    ``reason`` is an English sentence."""

    line: int
    row: int
    code: str
    reason: str
    text: str


@dataclass
class SetAside:
    """Rows left out, kept on disk; iterate over it to see them. ``counts`` holds rows by code; ``header``: whether the first
    record is one."""

    path: Path
    counts: Counter[str] = field(default_factory=Counter)
    header: bool = True
    _held: list[str] = field(default_factory=list)

    def add(self, line: int, record: int, code: str, text: str) -> None:
        """Keep one row, which is the record with this number, the header counted."""
        self.counts[code] += 1
        self._held.append(json.dumps([line, record, code, text[:MAX_TEXT]]) + "\n")
        if len(self._held) >= HELD:
            self._flush()

    def _flush(self) -> None:
        with self.path.open("a", encoding="utf-8") as handle:
            handle.writelines(self._held)
        self._held.clear()

    def __iter__(self) -> Iterator[SetAsideRow]:
        if not self.counts:
            return
        self._flush()
        with self.path.open(encoding="utf-8") as handle:
            for entry in handle:
                line, record, code, text = json.loads(entry)
                yield SetAsideRow(line, record - self.header, code, REASONS[code], text)

    def __len__(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class Mend:
    """What to do. ``width``: fields a record must have (None: any); ``short``: fill or set_aside the records with fewer. Of
    longer ones an empty surplus is trimmed; the others are set aside under ``code``."""

    start: int  # byte
    first_line: int
    width: int | None = None
    short: str = "set_aside"
    code: str = "ragged_rows"
    escaped: bool = False
    spaced: bool = False


@dataclass
class Mended:
    """How many records were filled, trimmed and set aside."""

    filled: int = 0
    trimmed: int = 0
    set_aside: int = 0


def mended(path: Path, target: Path, dialect: Dialect, mend: Mend, aside: SetAside) -> Mended:
    """Write the copy; blank lines stay, so that lines keep their numbers. Raises csv.Error where the quotes make no sense."""
    done = Mended()
    rules = Rules(ord(dialect.delimiter), ord(dialect.quote), mend.width, 1 << 30) if mend.width and not mend.spaced else None
    with path.open("rb") as handle, target.open("w", encoding="utf-8", newline="") as out:
        handle.seek(mend.start)
        lines = _Lines(handle, dialect.quote if mend.escaped else None)
        reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True, skipinitialspace=mend.spaced)
        writer = csv.writer(out, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator=END)
        record = 0
        while True:
            record += lines.copy_plain(rules, out) if rules else 0
            line = mend.first_line + lines.copied + reader.line_num
            row = next(reader, None)
            if row is None:
                return done
            record += bool(row)
            if fitting := _fitting(row, mend, done):
                writer.writerow(fitting)
            else:
                if row:
                    aside.add(line, record, mend.code, _as_line(row, dialect))
                    done.set_aside += 1
                out.write(END)


class _Lines:
    """The lines of a file for the csv reader, which sees only the pieces of it that are not plain."""

    def __init__(self, handle: BinaryIO, escaped_quote: str | None) -> None:
        self.handle, self.escaped_quote = handle, escaped_quote
        self.copied = 0  # physical lines the reader did not see
        self._next: bytes | None = None  # a piece that was looked at
        self._text = codecs.getincrementaldecoder("utf-8")()
        self._rest, self._lines = "", deque[str]()

    def copy_plain(self, rules: Rules, out: TextIO) -> int:
        """Between two records: copy the pieces that follow as long as they are plain. Returns their records."""
        records = 0
        while not (self._lines or self._rest):
            self._next = self._next or self._piece()
            counts = tally(self._next, rules) if self._next else None
            if counts is None:
                break
            out.flush()
            out.buffer.write(self._next)
            records, self.copied, self._next = records + counts.records, self.copied + counts.lines, None
        return records

    def _piece(self) -> bytes:
        """A piece that ends with a line where the file lets it; empty at the end."""
        piece = self.handle.read(PIECE)
        return piece if piece.endswith(b"\n") or not piece else piece + self.handle.readline(PIECE)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while not self._lines:
            piece = self._next or self._piece()
            self._next = None
            lines = io.StringIO(self._rest + self._text.decode(piece, final=not piece), newline="").readlines()
            # The last line may go on, and a return at its end may be half of a line end.
            self._rest = lines.pop() if lines and piece and not lines[-1].endswith("\n") else ""
            self._lines.extend(lines)
            if not piece and not lines:
                raise StopIteration
        line = self._lines.popleft()
        return _unescaped(line, self.escaped_quote) if self.escaped_quote and "\\" in line else line


def _fitting(row: list[str], mend: Mend, done: Mended) -> list[str]:
    """The record as it can stand in the copy; empty when it cannot."""
    if mend.width is None or len(row) == mend.width or not row:
        return row
    if len(row) > mend.width:
        if any(cell.strip() for cell in row[mend.width :]):
            return []
        done.trimmed += 1
        return row[: mend.width]
    if mend.short != "fill":
        return []
    done.filled += 1
    return row + [""] * (mend.width - len(row))


def _unescaped(line: str, quote: str) -> str:
    """A quote after an odd number of backslashes stands for itself; other backslashes are text."""
    return re.sub(rf"(?<!\\)((?:\\\\)*)\\{quote}", lambda match: match[1] + quote * 2, line)


def _as_line(row: list[str], dialect: Dialect) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator="").writerow(row)
    return buffer.getvalue()


def cut(path: Path, target: Path, offset: int) -> Path:
    """A copy of the file up to a byte."""
    left = offset
    with path.open("rb") as reader, target.open("wb") as writer:
        while left and (piece := reader.read(min(left, 4 << 20))):
            writer.write(piece)
            left -= len(piece)
    return target
