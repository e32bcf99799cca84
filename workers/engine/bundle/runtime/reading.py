"""From an uploaded or scored file to raw cells: exactly what stands in the file, or a refusal that says where and why.

The import job and the bundle read through this module, so a file means the same to both. Nothing is typed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import sniffing
from workers.engine.bundle.runtime.refusal import Note, Question, ReadError, gettext_noop
from workers.engine.bundle.runtime.structure import Structure, scan
from workers.engine.bundle.runtime.unpacking import as_utf8, decompressed

if TYPE_CHECKING:
    import pyarrow as pa

MAX_NAME = 1000  # characters


@dataclass(frozen=True)
class Limits:
    """What a file may cost. Bytes, columns, and bytes once decompressed (None: no limit of its own)."""

    max_cell_bytes: int = 1 << 20
    max_columns: int = 5000
    max_bytes: int | None = None


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
    """A file that passed the structural pass. ``names`` are trimmed; ``rows`` counts data rows."""

    path: Path  # UTF-8, decompressed
    names: list[str]
    rows: int
    format: Format
    structure: Structure
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)  # what was done on the way to the rows, and what was seen
    positions: list[int] = field(default_factory=list)  # where each of ``names`` stands in the file
    skip_lines: int = 0  # physical lines before the first data row
    dropped: list[tuple[str, str]] = field(default_factory=list)  # (name, code) of columns of the file that were left out
    trimmed_names: list[str] = field(default_factory=list)  # as they stood in the file, where trimming changed them
    blank_names: list[str] = field(default_factory=list)  # made up, because the header cell was blank

    def chunks(self, rows: int | None = None) -> Iterator[pa.Table]:
        """The data rows in order, every cell as text and untouched, in tables of ``rows`` rows (None: as read, a few megabytes).

        Columns are named by position (``"0"``, ``"1"``…), because names in a file need not be unique.
        """
        tables = self._batches()
        return tables if rows is None else _resized(tables, rows)

    def _batches(self) -> Iterator[pa.Table]:
        import pyarrow as pa
        from pyarrow import csv

        width = self.structure.width + self.format.trailing_delimiter
        names = [str(i) for i in range(width)]
        reader = csv.open_csv(
            self.path,
            read_options=csv.ReadOptions(
                block_size=max(4 << 20, 2 * self.structure.max_record + (1 << 16)),
                skip_rows=self.skip_lines,
                column_names=names,
            ),
            parse_options=csv.ParseOptions(
                delimiter=self.format.delimiter,
                quote_char=self.format.quote or False,
                newlines_in_values=self.structure.quoted_newlines,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,  # the first pass did
                column_types={name: pa.string() for name in names},
                include_columns=[names[place] for place in self.positions],
                null_values=[],
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            if batch.num_rows:
                yield pa.Table.from_batches([batch]).rename_columns([str(place) for place in range(len(self.names))])


def open_raw(
    path: Path, *, scratch: Path, filename: str = "", answers: Mapping[str, str] | None = None, limits: Limits | None = None
) -> RawFile:
    """Run the strict structural pass over ``path`` and hand back its raw cells.

    ``scratch`` is a folder for a decompressed or transcoded copy, which the caller removes. ``answers`` settles questions
    by code (``encoding``, ``header_missing``); without one the recommended answer is taken and the question returned.
    ReadError codes: file_empty, not_csv, not_text, nul_byte, compression_ratio, too_many_bytes, invalid_encoding,
    cell_too_large, unclosed_quote, malformed_quote, ragged_rows, header_shorter_than_rows, too_many_columns,
    duplicate_columns, column_name_too_long, no_rows, gzip_damaged, answer_unknown.
    """
    answers, limits = answers or {}, limits or Limits()
    plain, compression = decompressed(path, scratch, limits.max_bytes)
    with plain.open("rb") as handle:
        head = handle.read(4096)
    sniffing.refuse_if_not_text(head)
    text, encoding, skip, questions = as_utf8(plain, head, scratch, answers)
    with text.open("rb") as handle:
        handle.seek(skip)
        raw = handle.read(sniffing.SAMPLE)
    sample = raw.decode("utf-8", "ignore")
    if not sample.strip("\ufeff \t\r\n,;|\"'") and text.stat().st_size <= sniffing.SAMPLE:
        raise ReadError("file_empty", gettext_noop("The file is empty. Check the export and upload it again."))
    quote = sniffing.sniff_quote(sample)
    delimiter = sniffing.sniff_delimiter(sample, quote, filename)
    lines, question = _preamble(sample, delimiter, quote, answers)
    if question:
        questions.append(question)
        skip += sum(len(line) for line in raw.splitlines(keepends=True)[:lines])
        sample = "".join(sample.splitlines(keepends=True)[lines:])
    found = scan(text, delimiter=delimiter, quote=quote, start=skip, first_line=lines + 1, max_cell_bytes=limits.max_cell_bytes)
    trailing = _refuse_ragged(found)
    if found.width > limits.max_columns:
        raise ReadError(
            "too_many_columns",
            gettext_noop("The file has %(columns)d columns; at most %(limit)d can be read. Leave out those you do not need."),
            {"columns": found.width, "limit": limits.max_columns},
        )
    first = sniffing.split_sample(_head(text, skip, found), delimiter, quote)[0]
    header, question = _has_header(sniffing.split_sample(sample, delimiter, quote), answers)
    questions += [question] if question else []
    names, trimmed, blank = _names(first if header else [""] * found.width)
    form = Format(
        encoding=encoding, delimiter=delimiter, quote=quote, header=header, compression=compression,
        byte_order_mark=sniffing.bom(head) is not None, trailing_delimiter=trailing, blank_lines=found.blank_lines,
    )  # fmt: skip
    rows = found.records - header
    if rows < 1:
        raise ReadError(
            "no_rows", gettext_noop("The file has a header and no rows. Columns found: %(columns)s."), {"columns": ", ".join(names[:20])}
        )
    return RawFile(
        text, names, rows, form, found, questions, trimmed_names=trimmed, blank_names=blank if header else [],
        positions=list(range(len(names))), skip_lines=found.header_lines if header else lines,
    )  # fmt: skip


def _names(first: list[str]) -> tuple[list[str], list[str], list[str]]:
    """(column names, the raw ones that trimming changed, the ones made up for blank cells). ReadError on duplicates."""
    stripped = [name.lstrip("\ufeff") for name in first]
    names = [name.strip(" \t\r\n\u00a0") for name in stripped]
    trimmed = [before for before, name in zip(stripped, names, strict=True) if before != name and name]
    blank: list[str] = []
    counts = Counter(names)
    for position, name in enumerate(names, start=1):
        if len(name) > MAX_NAME:
            raise ReadError(
                "column_name_too_long",
                gettext_noop(
                    "The name of column %(position)d has %(length)d characters; at most %(limit)d can be kept. Is the first row really the header?"
                ),
                {"position": position, "length": len(name), "limit": MAX_NAME},
            )
        if name and counts[name] > 1:
            places = [place for place, other in enumerate(names, start=1) if other == name]
            raise ReadError(
                "duplicate_columns",
                gettext_noop("The column name %(name)s stands in columns %(positions)s. Give each column its own name."),
                {"name": name, "positions": ", ".join(map(str, places))},
                column=name,
            )
    taken = set(names)
    for position, name in enumerate(names):
        if not name:
            made = f"column_{position + 1}"
            while made in taken:
                made += "_"
            names[position] = made
            taken.add(made)
            blank.append(made)
    return names, trimmed, blank


def _resized(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    import pyarrow as pa

    held: list[pa.Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        while count >= rows:
            joined = pa.concat_tables(held)
            yield joined.slice(0, rows)
            held, count = [joined.slice(rows)], count - rows
    if count:
        yield pa.concat_tables(held)


def _refuse_ragged(found: Structure) -> bool:
    """ReadError when records differ in width. True when the only surplus is an empty field after a trailing delimiter, on every row."""
    data = found.records - 1
    if found.n_long == found.n_short == 0:
        return False
    if found.n_one_more == data and found.n_short == 0:
        if found.n_trailing == data:
            return True
        raise ReadError(
            "header_shorter_than_rows",
            gettext_noop(
                "Every row has %(found)d fields but the header names %(expected)d. Add the missing column name; reading on would shift every value."
            ),
            {"expected": found.width, "found": found.width + 1},
        )
    lines = sorted(found.long + found.short)[:5]
    raise ReadError(
        "ragged_rows",
        gettext_noop(
            "%(count)d rows do not have %(expected)d fields as the header does. First: line %(line)d has %(found)d. Check for stray delimiters or missing quotes."
        ),
        {"count": found.n_long + found.n_short, "expected": found.width, "line": lines[0][0], "found": lines[0][1]},
        rows=[line for line, _ in lines],
        examples=[{"before": f"line {line}", "after": f"{fields} fields"} for line, fields in lines],
    )


def _head(text: Path, skip: int, found: Structure) -> str:
    """The first record and a little more."""
    with text.open("rb") as handle:
        handle.seek(skip)
        return handle.read(max(sniffing.SAMPLE, 2 * found.max_record)).decode("utf-8", "ignore")


def _preamble(sample: str, delimiter: str, quote: str | None, answers: Mapping[str, str]) -> tuple[int, Question | None]:
    """(physical lines above the table to pass over, the question about them): titles and notes some exports begin with."""
    lines = sniffing.lines_above(sample, delimiter, quote)
    if not lines:
        return 0, None
    answer = answers.get("preamble")
    above = sample.splitlines()[:lines]
    question = Question(
        "preamble",
        gettext_noop("The table does not begin on the first line."),
        (
            ("skip", gettext_noop("Pass over the lines above the table")),
            ("keep", gettext_noop("They belong to the table")),
        ),
        answer,
        tuple((line[:200], "") for line in above[:5]),
    )
    return (0 if answer == "keep" else lines), question


def _has_header(rows: list[list[str]], answers: Mapping[str, str]) -> tuple[bool, Question | None]:
    if not sniffing.header_is_data(rows):
        return True, None
    answer = answers.get("header_missing")
    question = Question(
        "header_missing",
        gettext_noop("The first row looks like data, not like column names."),
        (
            ("data", gettext_noop("It is data; name the columns column_1, column_2 and so on")),
            ("names", gettext_noop("It holds the column names")),
        ),
        answer,
        (("", " | ".join(cell[:40] for cell in rows[0][:8])),),
    )
    return answer != "data" if answer else False, question
