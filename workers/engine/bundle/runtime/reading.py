"""From an uploaded or scored file to raw cells: exactly what stands in the file, or a refusal that says where and why.

The import job and the bundle read through this module, so a file means the same to both. Nothing is typed here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import layout
from workers.engine.bundle.runtime.chunks import batches, resized
from workers.engine.bundle.runtime.columnar import refuse_wide
from workers.engine.bundle.runtime.decoding import Limits, Text, plain_text
from workers.engine.bundle.runtime.dialect import NO_QUOTE, SAMPLE, split_sample
from workers.engine.bundle.runtime.fitting import Fitting, Table
from workers.engine.bundle.runtime.mending import SetAside
from workers.engine.bundle.runtime.naming import name_columns
from workers.engine.bundle.runtime.refusal import Note, Question, ReadError, gettext_noop
from workers.engine.bundle.runtime.structure import Structure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Format", "Limits", "RawFile", "open_raw"]
WIDE = 1000  # columns


@dataclass(frozen=True)
class Format:
    """How the bytes were read; kept with the dataset and shown to the analyst."""

    kind: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str | None = '"'
    header: bool = True
    compression: str | None = None
    byte_order_mark: bool = False
    trailing_delimiter: bool = False
    blank_lines: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


@dataclass
class RawFile:
    """A file that passed the structural pass. ``names`` are trimmed; ``rows`` counts the data rows that are read."""

    path: Path  # UTF-8, decompressed
    names: list[str]
    rows: int
    format: Format
    structure: Structure
    set_aside: SetAside  # rows of the file that are not read
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)  # what was done on the way to the rows, and what was seen
    positions: list[int] = field(default_factory=list)  # where each of ``names`` stands in the file
    skip_lines: int = 0  # physical lines before the first data row
    dropped: list[tuple[str, str]] = field(default_factory=list)  # (name, code) of columns of the file that were left out
    units: dict[str, str] = field(default_factory=dict)  # by column, from a row of units under the header

    @property
    def rows_set_aside(self) -> int:
        """Rows of the file that are not read: what the file holds is this and ``rows``."""
        return len(self.set_aside)

    def chunks(self, rows: int | None = None) -> Iterator[pa.Table]:
        """The data rows in order, every cell as text and untouched, in tables of ``rows`` rows (None: as read, a few megabytes).

        Columns are named by position (``"0"``, ``"1"``…), because names in a file need not be unique.
        """
        return self._batches(self.positions) if rows is None else resized(self._batches(self.positions, slow=True), rows)

    def columns(self, positions: list[int]) -> Iterator[pa.Table]:
        """Some columns only, by their position in the file."""
        return self._batches(positions)

    def _batches(self, positions: list[int], slow: bool = False) -> Iterator[pa.Table]:
        return batches(
            self.path, self.structure, positions, skip_lines=self.skip_lines, width=self.structure.width + self.format.trailing_delimiter,
            delimiter=self.format.delimiter, quote=self.format.quote, slow=slow,
        )  # fmt: skip


def open_raw(
    path: Path, *, scratch: Path, filename: str = "", answers: Mapping[str, str] | None = None, limits: Limits | None = None
) -> RawFile:
    """Run the strict structural pass over ``path`` and hand back its raw cells.

    ``scratch`` is a folder for unpacked, decoded or mended copies, which the caller removes. ``answers`` settles questions
    by code; without one the recommended answer is taken and the question returned. ReadError: the codes of ``plain_text``,
    ``Fitting.table`` and ``name_columns``, too_many_columns, no_rows.
    """
    answers, limits = answers or {}, limits or Limits()
    text = plain_text(path, scratch, answers, limits)
    aside = SetAside(scratch / "set_aside.jsonl")
    table = Fitting(text, scratch, answers, limits, aside).table(filename)
    refuse_wide(table.structure.width, limits.max_columns)
    head = _head(table)
    raw = _unnamed(text, table, head, aside, answers)
    first = _first(table, head, raw)
    units = _units(raw, table, head, answers)
    names = name_columns(first, header=raw.format.header, columns=raw.columns, rows=raw.rows, answers=answers)
    raw.positions = names.positions
    raw.names = [names.names[place] for place in raw.positions]
    raw.dropped = [(names.names[place], code) for place, code in sorted(names.dropped.items())]
    raw.units = {name: unit for name, unit in zip(names.names, units, strict=False) if unit}
    raw.questions += names.questions
    raw.notes += [*names.notes, *_notes(text, raw, head)]
    return raw


def _unnamed(text: Text, table: Table, head: str, aside: SetAside, answers: Mapping[str, str]) -> RawFile:
    """The file with the header found, its columns not yet named."""
    dialect, structure = table.dialect, table.structure
    rows = split_sample(head, dialect.delimiter, dialect.quote)
    # A first record of another width than all others is no row among them.
    header, question = (True, None) if table.unnamed or table.trailing else layout.header(rows, answers)
    form = Format(
        kind=text.kind, encoding=text.encoding, delimiter=dialect.delimiter, quote=None if dialect.quote == NO_QUOTE else dialect.quote, header=header,
        compression=text.compression, byte_order_mark=text.mark, trailing_delimiter=table.trailing, blank_lines=structure.blank_lines,
    )  # fmt: skip
    aside.header = header
    return RawFile(
        table.path, [], structure.records - header, form, structure, aside, [*text.questions, *table.questions, *([question] if question else [])],
        [*text.notes, *table.notes], skip_lines=table.lines_before + (table.header_lines if header else 0),
    )  # fmt: skip


def _first(table: Table, head: str, raw: RawFile) -> list[str]:
    """The first record, as wide as the table. ReadError: no_rows."""
    rows = split_sample(head, table.dialect.delimiter, table.dialect.quote)
    first, width = (rows[0] if rows else []), raw.structure.width
    if raw.rows < 1:
        columns = ", ".join(name.strip()[:80] for name in first[:20])
        raise ReadError("no_rows", gettext_noop("The file has a header and no rows. Columns found: %(columns)s."), {"columns": columns})
    if table.unnamed:
        first = ["row_name", *first] if table.unnamed == "index" else [*first, f"column_{width}"]
    return (first + [""] * width)[:width]


def _units(raw: RawFile, table: Table, head: str, answers: Mapping[str, str]) -> list[str]:
    """The units of the columns, by position, and their row set aside; empty where there is none."""
    if not raw.format.header or raw.rows < 2:
        return []
    units, question = layout.units(split_sample(head, table.dialect.delimiter, table.dialect.quote), answers)
    raw.questions += [question] if question else []
    if units:
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=table.dialect.delimiter, quotechar=table.dialect.quote)
        record = [row for row in (next(reader) for _ in range(table.header_lines + 1)) if row][1:2]
        while not record:
            record = [row for row in [next(reader)] if row]
        raw.set_aside.add(table.first_line + reader.line_num - 1, 2, "units_row", table.dialect.delimiter.join(record[0]))
        raw.skip_lines, raw.rows = table.lines_before + reader.line_num, raw.rows - 1
    return units


def _head(table: Table) -> str:
    """The first record and a little more."""
    with table.path.open("rb") as handle:
        handle.seek(table.start)
        return handle.read(max(SAMPLE, 2 * table.structure.max_record)).decode("utf-8", "ignore")


def _notes(text: Text, raw: RawFile, head: str) -> list[Note]:
    """How the file had to be read, where that was not plain."""
    form, notes = raw.format, []
    if text.bytes.mixed and (not raw.structure.quoted_newlines or mixed_ends(head, form.quote or '"')):
        notes.append(Note("line_ends", gettext_noop("Lines end in more than one way (CR LF, LF, CR); each was read as a line end.")))
    if form.trailing_delimiter:
        message = gettext_noop("Every row ends with a delimiter; the empty field after it was left out.")
        notes.append(Note("trailing_delimiter", message))
    if form.blank_lines:
        notes.append(Note("blank_lines", gettext_noop("Blank lines skipped: %(count)d."), {"count": form.blank_lines}))
    if len(raw.names) > WIDE:
        message = gettext_noop("The table has %(count)d columns; a search over so many is slow. Leave out those that cannot matter.")
        notes.append(Note("many_columns", message, {"count": len(raw.names)}, level="WARN"))
    return notes


def mixed_ends(text: str, quote: str) -> bool:
    """Whether lines end in more than one way outside quoted cells."""
    outside = re.sub(f"{quote}[^{quote}]*{quote}", "", text)
    pairs = outside.count("\r\n")
    return sum(count > 0 for count in (pairs, outside.count("\n") - pairs, outside.count("\r") - pairs)) > 1
