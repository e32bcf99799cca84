"""From a UTF-8 text to records of one width: dialect, where the table begins and ends, and what to do with rows that do not fit."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workers.engine.bundle.runtime import layout
from workers.engine.bundle.runtime.decoding import Limits, Text
from workers.engine.bundle.runtime.dialect import (
    NO_QUOTE,
    ONE_COLUMN,
    RUN,
    SAMPLE,
    Dialect,
    delimiter_line,
    noted,
    sniff_delimiter,
    sniff_quote,
    spaced_quotes,
    split_sample,
)
from workers.engine.bundle.runtime.encoding import line_at
from workers.engine.bundle.runtime.mending import Mend, SetAside, cut, mended
from workers.engine.bundle.runtime.refusal import Choices, Note, Question, ReadError, gettext_noop, picked
from workers.engine.bundle.runtime.structure import Structure, scan

FEW_SHORT = 0.001  # share of rows up to which short ones are only asked about
SET_ASIDE = ("set_aside", gettext_noop("Set these rows aside, in a list of their own"))
PLAIN: Choices = (("plain", gettext_noop("Read quote marks as plain text")),)
FILL = ("fill", gettext_noop("Take the cells that are not there as missing"))


@dataclass
class Table:
    """Records of one width in ``path`` from byte ``start``, which is line ``first_line``."""

    path: Path
    dialect: Dialect
    start: int
    first_line: int
    lines_before: int = 0  # physical lines of ``path`` before ``start``
    structure: Structure = field(default_factory=Structure)
    trailing: bool = False  # an empty field more than names, on every row
    unnamed: str | None = None  # index (the first column) or last: the header lacks the name of that column
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def header_lines(self) -> int:
        """Physical lines from ``start`` to the end of the first record."""
        return self.structure.header_lines - (self.first_line - 1)


class Fitting:
    """Finds the table of one text. ``aside`` takes the rows that do not belong to it."""

    def __init__(self, text: Text, scratch: Path, answers: Mapping[str, str], limits: Limits, aside: SetAside) -> None:
        self.text, self.scratch, self.answers, self.limits, self.aside = text, scratch, answers, limits, aside
        self.copies = 0

    def table(self, filename: str) -> Table:
        """ReadError: file_empty, cell_too_large, unclosed_quote, malformed_quote, ragged_rows, header_shorter_than_rows, answer_unknown."""
        found = self._begin(filename)
        self._scan(found)
        if found.structure.width == 1 and found.structure.n_long and not found.questions and found.dialect.delimiter == ",":
            found.dialect = Dialect(ONE_COLUMN, found.dialect.quote)  # no delimiter near the head: commas further down are text
            self._scan(found)
        self._end(found)
        self._fit(found)
        return found

    def _begin(self, filename: str) -> Table:
        """Quote, delimiter and the first line of the table, judged from the head of the file."""
        text = self.text
        with text.path.open("rb") as handle:
            handle.seek(text.start)
            raw = handle.read(SAMPLE)
        if not raw.strip(b"\xef\xbb\xbf \t\r\n,;|\"'") and text.path.stat().st_size <= SAMPLE:
            raise ReadError("file_empty", gettext_noop("The file is empty. Check the export and upload it again."))
        found = Table(text.path, text.dialect or Dialect(","), text.start, 1)
        named = None if text.dialect else delimiter_line(raw[:8].decode("utf-8", "ignore"))
        if named:
            found.start, found.first_line, raw = text.start + named[1], 2, raw[named[1] :]
            found.dialect = Dialect(named[0], sniff_quote(raw.decode("utf-8", "ignore")))
            found.notes.append(noted("delimiter_line"))
        lines, size, above = layout.preamble(raw, found.dialect if named or text.dialect else self._dialect(raw, filename)[0], self.answers)
        found.start, found.first_line = found.start + size, found.first_line + lines
        found.lines_before = found.first_line - 1
        found.questions += [above] if above else []
        if not (named or text.dialect):
            found.dialect, said = self._dialect(raw[size:], filename)
            found.questions += [said] if isinstance(said, Question) else []
            found.notes += [said] if isinstance(said, Note) else []
        if found.dialect.delimiter == RUN:
            self._collapse(found, raw[size:].decode("utf-8", "ignore"))
        elif not text.dialect and spaced_quotes(raw[size:].decode("utf-8", "ignore"), found.dialect):
            self._respaced(found)
        return found

    def _dialect(self, raw: bytes, filename: str) -> tuple[Dialect, Question | Note | None]:
        sample = raw.decode("utf-8", "ignore")
        quote = sniff_quote(sample)
        delimiter, said = sniff_delimiter(sample, quote, filename, self.answers)
        return Dialect(delimiter, quote), said

    def _scan(self, found: Table) -> None:
        """The structure; where the quotes make no sense as they stand, and backslashes precede some, with those undone."""
        try:
            found.structure = self._structure(found)
        except ReadError as error:
            if error.code not in ("unclosed_quote", "malformed_quote") or (not self._unescaped(found) and not self._unquoted(found, error)):
                raise
            return
        if _misfits(found.structure) and found.structure.width > 1:
            self._unescaped(found)

    def _unquoted(self, found: Table, error: ReadError) -> bool:
        """Offer to read quote marks as text where every record fits so; True when that was answered."""
        trial = replace(found, dialect=Dialect(found.dialect.delimiter, NO_QUOTE))
        try:
            trial.structure = self._structure(trial)
        except ReadError:
            return False
        if _misfits(trial.structure):
            return False
        if not picked(self.answers, error.code, PLAIN):
            error.choices = [{"value": value, "label": label} for value, label in PLAIN]
            return False
        found.dialect, found.structure = trial.dialect, trial.structure
        message = gettext_noop("Quote marks were read as plain text.")
        found.notes.append(Note(error.code, message, choices=PLAIN, answer="plain"))
        return True

    def _structure(self, found: Table) -> Structure:
        return scan(
            found.path, delimiter=found.dialect.delimiter, quote=found.dialect.quote, start=found.start, first_line=found.first_line,
            max_cell_bytes=self.limits.max_cell_bytes,
        )  # fmt: skip

    def _unescaped(self, found: Table) -> bool:
        """Read ``\\"`` as a quote if the whole file is regular then."""
        if not _holds(found.path, b"\\" + found.dialect.quote.encode()):
            return False
        done = self._rewritten(found, Mend(found.start, found.first_line, escaped=True))
        found.notes += [noted("escaped_quotes")] if done else []
        return done

    def _respaced(self, found: Table) -> None:
        """Leave out the spaces around quoted cells, unless they are said to be text."""
        choices: Choices = (("drop", gettext_noop("Leave the spaces out")), ("keep", gettext_noop("The quotes are part of the cells")))
        answer = picked(self.answers, "spaced_quotes", choices)
        if answer == "keep":
            message = gettext_noop("Quoted cells begin after a space; the quotes were read as part of the cells.")
            found.notes.append(Note("spaced_quotes", message, choices=choices, answer=answer))
        elif self._rewritten(found, Mend(found.start, found.first_line, spaced=True)):
            found.notes.append(noted("spaced_quotes", choices, "drop"))

    def _collapse(self, found: Table, sample: str) -> None:
        """Leave one space where any number separates the cells, if every record is as wide as the most then; else there is one column."""
        widths = Counter(map(len, split_sample(sample, RUN, found.dialect.quote)))
        mend = Mend(found.start, found.first_line, widths.most_common(1)[0][0], spaced=True)
        found.dialect = Dialect(" ", found.dialect.quote)
        if not self._rewritten(found, mend):
            found.dialect = Dialect(ONE_COLUMN, found.dialect.quote)

    def _rewritten(self, found: Table, mend: Mend) -> bool:
        """Take a rewritten copy when every record of it fits."""
        trial = replace(found, path=self._copy(), start=0, lines_before=0)
        spare = SetAside(self.scratch / f"spare-{self.copies}.jsonl")
        limit = csv.field_size_limit(self.limits.max_cell_bytes)
        try:
            done = mended(found.path, trial.path, found.dialect, mend, spare)
            trial.structure = self._structure(trial)
        except (csv.Error, ReadError):
            return False
        finally:
            csv.field_size_limit(limit)
        if done.set_aside or _misfits(trial.structure):
            return False
        found.path, found.start, found.lines_before, found.structure = trial.path, 0, 0, trial.structure
        return True

    def _end(self, found: Table) -> None:
        """Take off what stands below the table: empty rows, and totals and notes unless they are said to be data."""
        found_footer = layout.footer(found.path, found.start, found.dialect, found.structure.width)
        if not found_footer:
            return
        line = line_at(found.path, found_footer.offset) + (found.first_line - line_at(found.path, found.start))
        question = layout.footer_question(found_footer, line, self.answers)
        found.questions += [question] if question else []
        if question and question.answer == "keep":
            return
        path = found.path
        found.path = cut(path, self._copy(), found_footer.offset)
        before = found.structure
        found.structure = self._structure(found)
        self._keep_below(path, found_footer.offset, line, found)
        if not question:
            message = gettext_noop("Rows of nothing but delimiters at the end of the file were set aside: %(count)d.")
            found.notes.append(Note("empty_rows", message, {"count": before.records - found.structure.records}, rows=(line,)))

    def _keep_below(self, path: Path, offset: int, line: int, found: Table) -> None:
        record = found.structure.records
        with path.open("rb") as handle:
            handle.seek(offset)
            for number, raw in enumerate(handle.read().splitlines(), start=line):
                text = raw.decode("utf-8", "replace")
                if text:
                    record += 1
                    cells = next(csv.reader([text], delimiter=found.dialect.delimiter, quotechar=found.dialect.quote), [])
                    self.aside.add(number, record, "footer" if any(cell.strip() for cell in cells) else "empty_rows", text)

    def _fit(self, found: Table) -> None:
        """Make every record as wide as the header, as far as that is known or answered."""
        structure = found.structure
        rows = structure.records - 1
        if not _misfits(structure):
            return
        if structure.n_one_more == rows and not structure.n_short:
            found.trailing, found.unnamed = self._one_more(structure)
            if found.unnamed:
                structure.width += 1
            return
        if structure.n_long == structure.n_trailing and not structure.n_short:
            self._mend(found, "set_aside")
        elif structure.n_short == rows and not structure.n_long and self._header_trimmed(found):
            return
        elif not structure.n_long and structure.n_short <= FEW_SHORT * rows:
            choices: Choices = (FILL, SET_ASIDE)
            answer = picked(self.answers, "short_rows", choices)
            message = gettext_noop(
                "Rows with fewer fields than the header: %(count)d. The first, on line %(line)d, has %(found)d instead of %(expected)d."
            )
            first = structure.short[0]
            params = {"count": structure.n_short, "line": first[0], "found": first[1], "expected": structure.width}
            lines = tuple(line for line, _ in structure.short[:5])
            found.questions.append(Question("short_rows", message, choices, answer, params=params, rows=lines))
            self._mend(found, answer or "fill", "short_rows")
        else:
            self._ragged(found, rows)

    def _one_more(self, structure: Structure) -> tuple[bool, str | None]:
        """(an empty field after a trailing delimiter on every row, which column the header lacks as answered)."""
        if structure.n_trailing == structure.n_one_more:
            return True, None
        choices: Choices = (
            ("index", gettext_noop("The first column has no name; call it row_name")),
            ("last", gettext_noop("The last column has no name; call it after its position")),
        )
        answer = picked(self.answers, "header_shorter_than_rows", choices)
        if answer:
            return False, answer
        message = gettext_noop(
            "Every row has %(found)d fields but the header names %(expected)d. Add the missing column name; reading on would shift every value."
        )
        raise ReadError("header_shorter_than_rows", message, {"expected": structure.width, "found": structure.width + 1}, choices=choices)

    def _header_trimmed(self, found: Table) -> bool:
        """Take the delimiter off the end of a header that names one column less than it seems to, if every row fits then."""
        if not self._rewritten(found, Mend(found.start, found.first_line, found.structure.width - 1)):
            return False
        found.notes.append(Note("trailing_delimiter", gettext_noop("The header ends with a delimiter too many; it was left out.")))
        return True

    def _ragged(self, found: Table, rows: int) -> None:
        structure = found.structure
        count = structure.n_long + structure.n_short
        choices: Choices = () if count >= rows else (SET_ASIDE,) if structure.n_long else (SET_ASIDE, FILL)
        answer = self.answers.get("ragged_rows")
        if choices and picked(self.answers, "ragged_rows", choices):
            self._mend(found, str(answer))
            return
        lines = sorted(structure.long + structure.short)[:5]
        raise ReadError(
            "ragged_rows",
            gettext_noop(
                "Rows that do not have %(expected)d fields as the header does: %(count)d. The first, on line %(line)d, has %(found)d. Check for stray delimiters or missing quotes."
            ),
            {"count": count, "expected": structure.width, "line": lines[0][0], "found": lines[0][1]},
            rows=[line for line, _ in lines],
            choices=choices,
            examples=[{"before": f"line {line}", "after": f"{fields} fields"} for line, fields in lines],
        )

    def _mend(self, found: Table, short: str, code: str = "ragged_rows") -> None:
        target = self._copy()
        mend = Mend(found.start, found.first_line, found.structure.width, short, code)
        done = mended(found.path, target, found.dialect, mend, self.aside)
        found.path, found.start, found.lines_before = target, 0, 0
        blank = found.structure.blank_lines
        found.structure = self._structure(found)
        found.structure.blank_lines = blank
        if done.trimmed:
            message = gettext_noop(
                "Rows that end with a delimiter too many, with nothing after it: %(count)d. The empty fields were left out."
            )
            found.notes.append(Note("trailing_delimiter", message, {"count": done.trimmed}))
        if done.filled and code == "ragged_rows":
            message = gettext_noop("Cells that were not there were taken as missing, in rows: %(count)d.")
            found.notes.append(Note("ragged_rows", message, {"count": done.filled}, choices=(SET_ASIDE, FILL), answer=short))
        elif done.set_aside and code == "ragged_rows":
            message = gettext_noop("Rows that do not have as many fields as the header were set aside: %(count)d.")
            found.notes.append(Note("ragged_rows", message, {"count": done.set_aside}, choices=(SET_ASIDE,), answer=short))

    def _copy(self) -> Path:
        self.copies += 1
        return self.scratch / f"mended-{self.copies}"


def _misfits(structure: Structure) -> int:
    return structure.n_long + structure.n_short


def _holds(path: Path, needle: bytes) -> bool:
    """Whether two bytes stand somewhere in a file."""
    last = b""
    with path.open("rb") as handle:
        while piece := handle.read(4 << 20):
            if needle in last + piece:
                return True
            last = piece[-1:]
    return False
