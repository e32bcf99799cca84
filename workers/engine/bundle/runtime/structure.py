"""The strict structural pass: every byte of a delimited file, in bounded memory, before anything is interpreted.

Follows RFC 4180 as Arrow's reader does (a quote opens a cell only at its start), but says no where Arrow would guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.engine.bundle.runtime.pipes import in_order
from workers.engine.bundle.runtime.plain import CR, LF, Positions, Rules, Tally, tally
from workers.engine.bundle.runtime.refusal import ReadError, gettext_noop

CHUNK = 1 << 20  # bytes; what is made of them fits the processor's cache


@dataclass
class Structure:
    """What the pass counted. Lines and rows are 1-based; ``long`` and ``short`` hold (line, fields) of the first five."""

    width: int = 0
    records: int = 0  # the header included, blank lines not
    header_lines: int = 0  # physical lines up to the end of the first record
    blank_lines: int = 0
    quoted_newlines: bool = False
    max_record: int = 0  # bytes
    n_long: int = 0
    n_short: int = 0
    n_trailing: int = 0  # records with exactly one extra field, and that one empty
    n_one_more: int = 0  # records with exactly one extra field
    long: list[tuple[int, int]] = field(default_factory=list)
    short: list[tuple[int, int]] = field(default_factory=list)


def scan(path: Path, *, delimiter: str, quote: str | None, start: int = 0, first_line: int = 1, max_cell_bytes: int = 1 << 20) -> Structure:
    """Count the records and fields of a UTF-8 file from byte ``start``, which is line ``first_line``. ReadError: cell_too_large, unclosed_quote, malformed_quote.

    Pieces of the file get a quick look on several threads; those that are not plain, or do not begin a record, are scanned
    with care, in order.
    """
    scanner = _Scanner(ord(delimiter), ord(quote) if quote else None, max_cell_bytes)
    scanner.lines = first_line - 1
    pieces = _pieces(path, start)
    for piece in pieces:
        scanner.feed(piece, final=False)
        if scanner.found.width:  # the header is known
            break
    rules = Rules(scanner.delimiter, scanner.quote, scanner.found.width, max_cell_bytes)
    for piece, counts in in_order(lambda piece: (piece, tally(piece, rules)), pieces):
        if counts is None or not scanner.at_record:
            scanner.feed(piece, final=False)
        else:
            scanner.add(counts)
    scanner.feed(b"", final=True)
    return scanner.found


def _pieces(path: Path, start: int) -> Iterator[bytes]:
    """The bytes of a file in order, cut after a line end where there is one."""
    with path.open("rb") as handle:
        handle.seek(start)
        rest = b""
        while data := handle.read(CHUNK):
            cut = data.rfind(b"\n") + 1
            if cut:
                yield rest + data[:cut]
                rest = data[cut:]
            else:  # a cell as long as this is handed on at once, so that its size can be judged
                yield rest + data
                rest = b""
        if rest:
            yield rest


class _Scanner:
    def __init__(self, delimiter: int, quote: int | None, max_cell: int) -> None:
        self.delimiter, self.quote, self.max_cell = delimiter, quote, max_cell
        self.found = Structure()
        self.carry = b""
        self.inside = False  # in a quoted cell at the end of the last chunk
        self.opened_line = 0
        self.oversize_line = 0  # a quoted cell above the limit began here; it may yet turn out to be unclosed
        self.previous = LF  # the byte before the buffer
        self.lines = 0  # physical line ends before the buffer
        self.cell = 0  # bytes of the open cell so far
        self.record = 0  # bytes of the open record so far
        self.record_line = 0  # where the open record began, when it has bytes
        self.fields = 0  # delimiters of the open record so far

    @property
    def at_record(self) -> bool:
        """Whether the next byte begins a record."""
        return not (self.carry or self.inside or self.cell or self.record or self.fields) and self.previous == LF

    def add(self, counts: Tally) -> None:
        """Take the counts of a plain piece that began and ended with a record."""
        self.found.records += counts.records
        self.found.max_record = max(self.found.max_record, counts.max_record)
        self.found.quoted_newlines |= counts.quoted_newlines
        self.lines += counts.lines

    def feed(self, data: bytes, *, final: bool) -> None:
        buffer = self.carry + data
        keep = 0
        if final:
            if buffer[-1:] not in (b"\n", b"\r") and (buffer or self.record):
                buffer += b"\n"  # the last line needs no end of its own
        else:  # a run of quotes, or CR LF, must not be cut in two
            tail = bytes([CR] if self.quote is None else [CR, self.quote])
            keep = len(buffer) - len(buffer.rstrip(tail))
        self.carry = buffer[len(buffer) - keep :] if keep else b""
        buffer = buffer[: len(buffer) - keep] if keep else buffer
        if buffer:
            self._take(np.frombuffer(buffer, dtype=np.uint8))
        if len(self.carry) > self.max_cell:
            raise self._too_large(self.lines + 1)
        if final and self.inside:
            raise unclosed(self.opened_line)

    def _take(self, data: npt.NDArray[np.uint8]) -> None:
        ends = np.flatnonzero((data == LF) | (data == CR))
        pair = (data[ends] == LF) & (ends > 0) & (data[ends - 1] == CR)  # feed never cuts a pair
        line_ends = ends[~pair]
        separators = np.flatnonzero((data == self.delimiter) | (data == LF) | (data == CR))
        if pair.any():
            separators = separators[~np.isin(separators, ends[pair], assume_unique=True)]
        inside_after = self.inside
        if self.quote is not None:
            toggles = self._toggles(data, line_ends)
            if toggles.size or self.inside:
                within = ((np.searchsorted(toggles, separators) + self.inside) & 1).astype(bool)
                self.found.quoted_newlines |= bool((data[separators[within]] != self.delimiter).any())
                separators = separators[~within]
            inside_after = bool((toggles.size + self.inside) & 1)
            if inside_after:
                self._opened(toggles, line_ends)
        self._cells(data, separators, line_ends)
        self._records(data, separators, line_ends)
        if inside_after and self.cell > self.max_cell and not self.oversize_line:
            self.oversize_line = self.opened_line
        elif not inside_after and self.cell > self.max_cell:
            raise self._too_large(self._line(len(data), line_ends))
        self.inside, self.previous = inside_after, int(data[-1])
        self.lines += len(line_ends)

    def _cells(self, data: npt.NDArray[np.uint8], separators: Positions, line_ends: Positions) -> None:
        if not separators.size:
            self.cell += len(data)
            return
        sizes = np.diff(separators, prepend=-1 - self.cell) - 1
        worst = int(sizes.argmax())
        if sizes[worst] > self.max_cell:
            raise self._too_large(self.oversize_line or self._line(int(separators[worst]), line_ends))
        self.cell = len(data) - 1 - int(separators[-1])
        self.oversize_line = 0

    def _records(self, data: npt.NDArray[np.uint8], separators: Positions, line_ends: Positions) -> None:
        at = np.flatnonzero(data[separators] != self.delimiter)
        found = self.found
        if not at.size:
            self.record_line = self.record_line if self.record else self._line(0, line_ends)
            self.fields += len(separators)
            self.record += len(data)
            return
        stops = separators[at]
        fields = np.diff(at, prepend=-1 - self.fields)
        after = stops + 1  # where the next record begins; CR LF counts as one end
        after = after + ((data[stops] == CR) & (data[np.minimum(after, len(data) - 1)] == LF) & (after < len(data)))
        starts = np.concatenate(([0], after[:-1]))
        sizes = stops - starts
        sizes[0] += self.record
        blank = sizes == 0
        found.blank_lines += int(blank.sum())
        found.max_record = max(found.max_record, int(sizes.max()))
        kept = ~blank
        if kept.any():
            if not found.records:
                first = int(kept.argmax())
                found.width = int(fields[first])
                found.header_lines = self._line(int(stops[first]), line_ends)
            found.records += int(kept.sum())
            self._ragged(data, fields, stops, starts, kept, line_ends)
        self.fields = len(separators) - 1 - int(at[-1])
        self.record = len(data) - int(after[-1])
        self.record_line = self._line(int(after[-1]), line_ends)

    def _ragged(
        self,
        data: npt.NDArray[np.uint8],
        fields: Positions,
        stops: Positions,
        starts: Positions,
        kept: npt.NDArray[np.bool_],
        line_ends: Positions,
    ) -> None:
        found, width = self.found, self.found.width
        for rows, sample in ((kept & (fields > width), found.long), (kept & (fields < width), found.short)):
            for i in np.flatnonzero(rows)[: 5 - len(sample)]:
                line = self.record_line if i == 0 and self.record else self._line(int(starts[i]), line_ends)
                sample.append((line, int(fields[i])))
        more = kept & (fields == width + 1)
        found.n_long += int((kept & (fields > width)).sum())
        found.n_short += int((kept & (fields < width)).sum())
        found.n_one_more += int(more.sum())
        before = np.where(stops[more] > 0, data[stops[more] - 1], self.previous)
        found.n_trailing += int((before == self.delimiter).sum())

    def _toggles(self, data: npt.NDArray[np.uint8], line_ends: Positions) -> Positions:
        """Where the state changes between outside and inside a quoted cell; a doubled quote changes it twice."""
        quotes = np.flatnonzero(data == self.quote)
        if not quotes.size:
            return quotes
        before = np.where(quotes > 0, data[quotes - 1], self.previous)
        after = np.where(quotes + 1 < len(data), data[np.minimum(quotes + 1, len(data) - 1)], LF)
        opening = (np.arange(len(quotes)) + self.inside) % 2 == 0
        fine = _edge(np.where(opening, before, after), self.delimiter) | (np.where(opening, before, after) == self.quote)
        return quotes if fine.all() else self._walk(data, quotes, before, after, line_ends)

    def _opened(self, toggles: Positions, line_ends: Positions) -> None:
        """Note where the cell that is still open began; the second half of a doubled quote opens nothing."""
        last = len(toggles) - 1
        while last > 0 and toggles[last - 1] == toggles[last] - 1:
            last -= 2
        if last >= 0:
            self.opened_line = self._line(int(toggles[last]), line_ends)

    def _walk(self, data: npt.NDArray[np.uint8], quotes: Positions, before: Any, after: Any, line_ends: Positions) -> Positions:
        """The same, quote by quote, for a chunk with stray quotes: inside unquoted text they are plain characters."""
        starts, ends = _edge(before, self.delimiter), _edge(after, self.delimiter)
        toggles: list[int] = []
        inside, i, opened = self.inside, 0, self.opened_line
        while i < len(quotes):
            at = int(quotes[i])
            if not inside:
                if starts[i]:
                    inside, opened = True, self._line(at, line_ends)
                    toggles.append(at)
            elif ends[i]:
                inside = False
                toggles.append(at)
            elif after[i] == self.quote:
                i += 1
            elif self._line(at, line_ends) > opened:
                raise unclosed(opened)
            else:
                raise ReadError(
                    "malformed_quote",
                    gettext_noop("Line %(line)d has text after a closing quote. Double the quotes inside a quoted cell, or remove them."),
                    {"line": opened},
                    rows=[opened],
                )
            i += 1
        return np.asarray(toggles, dtype=np.intp)

    def _line(self, position: int, line_ends: Positions) -> int:
        return self.lines + int(np.searchsorted(line_ends, position)) + 1

    def _too_large(self, line: int) -> ReadError:
        return ReadError(
            "cell_too_large",
            gettext_noop(
                "A cell on line %(line)d is larger than %(limit)d bytes. Check for a missing quote, or leave that column out of the file."
            ),
            {"line": line, "limit": self.max_cell},
            rows=[line],
        )


def _edge(byte: Any, delimiter: int) -> npt.NDArray[np.bool_]:
    return np.asarray((byte == delimiter) | (byte == LF) | (byte == CR))


def unclosed(line: int) -> ReadError:
    """The refusal for a quoted cell that never ends; ``line`` is where it was opened."""
    return ReadError(
        "unclosed_quote",
        gettext_noop("A quote opened on line %(line)d is never closed. Close it, or remove it."),
        {"line": line},
        rows=[line],
    )
