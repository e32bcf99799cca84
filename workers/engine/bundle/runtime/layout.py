"""Where the table begins and ends in a delimited text: titles above, a missing header, a row of units, totals and notes below."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workers.engine.bundle.runtime.dialect import NUMBER, Dialect, split_sample
from workers.engine.bundle.runtime.refusal import Choices, Question, gettext_noop, picked

MOST_ABOVE, MOST_BELOW = 20, 20  # rows of titles above, of totals and notes below
TAIL = 256 << 10
_DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")
_MISSING = {"", "?", "-", "na", "n/a", "nan", "null", "none", "#n/a"}
_TOTAL = re.compile(
    r"(?i)\s*((grand|sub)?[ -]?totals?|sum|summe|gesamt(summe)?|insgesamt|total general|totaal|totale|итого|всего|合计|合計|总计|總計|小计|小計|計)\b\s*:?.*"
)
_NOTE = re.compile(r"(?i)(sources?|notes?|remarks?|quelle|stand|generated|exported|注|备注|備註|说明|說明|数据来源|資料來源)\b.*[ :：]")
_UNIT = re.compile(
    r"(?i)\s*([\[(].{1,20}[\])]|%|‰|°[cf]?|[kmcµ]?[glm]|[km]g/d?l|mmol/l|mmhg|[cmk]?m[²³23]|km/h|m/s|k?wh?|h|s|ms|min|hours?|days?|years?|yrs?|months?|"
    r"eur|usd|gbp|cny|rmb|jpy|chf|€|\$|£|¥|元|万元|岁|年|月|日|天|个|件|kg/m[²2]|bpm|pcs|units?|count)\s*"
)


def lines_above(text: str, dialect: Dialect) -> int:
    """Physical lines before the table, when a few emptier lines stand above many records of one width; 0 otherwise.

    Blank cells are no width: a title padded with delimiters is a title.
    """
    rows = split_sample(text, dialect.delimiter, dialect.quote)
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    if width < 3 or count < 0.9 * len(rows) - 5 or count < 10:
        return 0
    above = next((place for place, row in enumerate(rows) if len(row) == width and sum(map(bool, row)) > max(1, width // 2)), 0)
    if not 0 < above <= MOST_ABOVE or any(len(row) != width for row in rows[above : above + 10]):
        return 0
    if any(sum(map(bool, row)) > width / 2 for row in rows[:above]):
        return 0  # a header with a name too few is another matter
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter[0], quotechar=dialect.quote)
    seen = before = 0
    for row in reader:
        seen += bool(row)
        if seen > above:
            return before
        before = reader.line_num
    return 0


def preamble(raw: bytes, dialect: Dialect, answers: Mapping[str, str]) -> tuple[int, int, Question | None]:
    """(physical lines above the table to pass over, their bytes, the question about them): titles and notes some exports begin with."""
    lines = lines_above(raw.decode("utf-8", "ignore"), dialect)
    if not lines:
        return 0, 0, None
    choices: Choices = (
        ("skip", gettext_noop("Pass over the lines above the table")),
        ("keep", gettext_noop("They belong to the table")),
    )
    answer = picked(answers, "preamble", choices)
    above = raw.splitlines(keepends=True)[:lines]
    shown = tuple((line.decode("utf-8", "ignore").strip()[:200], "") for line in above[:5])
    question = Question("preamble", gettext_noop("The table does not begin on the first line."), choices, answer, shown)
    return (0, 0, question) if answer == "keep" else (lines, sum(map(len, above)), question)


def header(rows: list[list[str]], answers: Mapping[str, str]) -> tuple[bool, Question | None]:
    """(whether the first record holds the names, the question when it looks like data or was said to be)."""
    if not header_is_data(rows) and answers.get("header_missing") != "data":
        return True, None
    choices: Choices = (
        ("data", gettext_noop("It is data; name the columns column_1, column_2 and so on")),
        ("names", gettext_noop("It holds the column names")),
    )
    answer = picked(answers, "header_missing", choices)
    message = gettext_noop("The first row looks like data, not like column names.")
    shown = tuple((_shown(row), _shown(row)) for row in rows[:1])
    return answer == "names", Question("header_missing", message, choices, answer, shown)


def header_is_data(rows: list[list[str]]) -> bool:
    """Whether the first record looks like data: every column that holds numbers or dates below does so in the first record too.

    Where no column is measured: whether most of the first record's values come again below, each in its own column.
    Years as column names, one after the other, are names.
    """
    if len(rows) < 3:
        return False
    first, rest = rows[0], rows[1:200]
    numbers = [int(cell) for cell in first if re.fullmatch(r"(19|20)\d\d", cell.strip())]
    if len(numbers) > 2 and all(after - before == 1 for before, after in zip(numbers, numbers[1:], strict=False)):
        return False
    measured = words = again = 0
    for column, cell in enumerate(first):
        below = [row[column] for row in rest if column < len(row) and not _missing(row[column])]
        if below and sum(map(measure, below)) >= 0.9 * len(below):
            if _missing(cell):
                continue
            measured += 1
            if not measure(cell):
                return False
        elif below and cell.strip():
            words += 1
            again += cell in below
    return measured > 0 or (words > 1 and again > 0.5 * words)


def measure(value: str) -> bool:
    """Whether a cell is a number or a date."""
    return bool(NUMBER.fullmatch(value) or _DATE.fullmatch(value))


def _missing(value: str) -> bool:
    return value.strip().lower() in _MISSING


def units(rows: list[list[str]], answers: Mapping[str, str]) -> tuple[list[str], Question | None]:
    """(the units of the columns when the record under the header holds them and is to be left out, the question about it)."""
    if len(rows) < 5 or len(rows[1]) != len(rows[0]):
        return [], None
    second, rest = rows[1], rows[2:200]
    seen = 0
    for column, cell in enumerate(second):
        below = [row[column] for row in rest if column < len(row) and not _missing(row[column])]
        if not below or sum(map(measure, below)) < 0.9 * len(below) or _missing(cell):
            continue
        if not _UNIT.fullmatch(cell):
            return [], None
        seen += 1
    if not seen or any(len(cell) > 30 for cell in second) or (seen == 1 and sum(map(bool, second)) > 1 and len(second) > 4):
        return [], None
    choices: Choices = (
        ("drop", gettext_noop("It holds units; leave it out")),
        ("keep", gettext_noop("It is a row of data")),
    )
    answer = picked(answers, "units_row", choices)
    message = gettext_noop("The row under the header looks like units, not like data.")
    question = Question("units_row", message, choices, answer, ((_shown(second), ""),))
    return ([] if answer == "keep" else [cell.strip() for cell in second]), question


@dataclass(frozen=True)
class Footer:
    """What stands below the table. ``offset``: the byte where it begins; rows of nothing but delimiters are ``empty``."""

    offset: int
    lines: list[str]
    empty: int


def footer(path: Path, start: int, dialect: Dialect, width: int) -> Footer | None:
    """Totals and notes at the end of a file from byte ``start``, or None. ``width``: fields of the table."""
    tail = _tail(path, start, dialect)
    if width < 2 or len(tail) < 5:
        return None
    place = len(tail)
    while place > 1 and not tail[place - 1][2].strip(dialect.delimiter):
        place -= 1
    if place < 3:  # the header and a row must be left
        return None
    empty = sum(bool(cells) and len(cells) > 1 for _, cells, _ in tail[place:])
    body = [cells for _, cells, _ in tail[: max(0, place - MOST_BELOW)]] or [cells for _, cells, _ in tail[: place // 2]]
    usual = sum(map(_lonely, body)) > 0.02 * len(body) or sum(bool(cells) and bool(_TOTAL.fullmatch(_label(cells))) for cells in body) > 0
    low = place
    for at in range(place - 1, max(0, place - 1 - MOST_BELOW), -1):
        cells = tail[at][1]
        if usual or not (_is_total(cells, width) or _is_note(cells, width) or not any(cell.strip() for cell in cells)):
            break
        low = at
    if not any(cell.strip() for _, cells, _ in tail[low:place] for cell in cells):
        low = place
    while low < place and not tail[low][1]:  # blank lines are skipped anyway
        low += 1
    if low == place and not empty:
        return None
    return Footer(tail[low if low < place else place][0], [line for _, cells, line in tail[low:place] if cells], empty)


def footer_question(found: Footer, line: int, answers: Mapping[str, str]) -> Question | None:
    """Whether totals and notes are to be left out; None where there are none."""
    if not found.lines:
        return None
    choices: Choices = (
        ("drop", gettext_noop("Leave out the rows below the table")),
        ("keep", gettext_noop("They are rows of data")),
    )
    answer = picked(answers, "footer", choices)
    message = gettext_noop("The table seems to end before the file does: totals or notes stand below it.")
    shown = tuple((text[:200], "") for text in found.lines[:5])
    rows = tuple(range(line, line + min(5, len(found.lines))))
    return Question("footer", message, choices, answer, shown, rows=rows)


def _tail(path: Path, start: int, dialect: Dialect) -> list[tuple[int, list[str], str]]:
    """(offset, cells, text) of the last lines that are whole records, in order; a line with an open quote ends the search."""
    size = path.stat().st_size
    begin = max(start, size - TAIL)
    with path.open("rb") as handle:
        handle.seek(begin)
        raw = handle.read()
    lines = raw.splitlines(keepends=True)
    if begin > start:
        begin, lines = begin + len(lines[0]), lines[1:]
    found: list[tuple[int, list[str], str]] = []
    offset = begin + sum(map(len, lines))
    for line in reversed(lines[-5000:]):
        offset -= len(line)
        text = line.decode("utf-8", "ignore").rstrip("\r\n")
        if text.count(dialect.quote) % 2:
            break
        found.append((offset, next(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote), []), text))
    return found[::-1]


def _label(cells: list[str]) -> str:
    return next((cell for cell in cells[:3] if cell.strip()), "")


def _is_total(cells: list[str], width: int) -> bool:
    return bool(cells) and len(cells) <= width + 1 and bool(_TOTAL.fullmatch(_label(cells))) and sum(map(measure, cells)) > 0


def _lonely(cells: list[str]) -> bool:
    return bool(cells) and bool(cells[0].strip()) and not any(cell.strip() for cell in cells[1:])


def _is_note(cells: list[str], width: int) -> bool:
    text = cells[0].strip() if cells else ""
    if not _lonely(cells) or measure(text):
        return False
    marked = " " in text or ":" in text or "：" in text or text[:1] in "(*[" or not text.isascii()
    return marked if width > 2 else bool(_NOTE.match(text))


def _shown(row: list[str]) -> str:
    return " | ".join(cell[:40] for cell in row[:8])
