"""How the cells of a delimited text are told apart: quote and delimiter, with a question where the text allows two readings."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from workers.engine.bundle.runtime.refusal import Choices, Note, Question, gettext_noop, picked

SAMPLE = 256 << 10
ROWS = 1000
csv.field_size_limit(1 << 30)  # how large a cell may be is for the structural pass to say, with the line
ONE_COLUMN = "\x1f"  # a delimiter that no text holds
NO_QUOTE = "\x1e"  # likewise a quote
RUN = "  "  # any number of spaces
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
RARE = {"caret": "^", "tilde": "~", "control": "\x01", "space": " ", "spaces": RUN}
MARKS = {**DELIMITERS, **RARE, "none": ONE_COLUMN}
LABELS = {
    "comma": gettext_noop("Comma"),
    "semicolon": gettext_noop("Semicolon"),
    "tab": gettext_noop("Tab"),
    "pipe": gettext_noop("Vertical bar"),
    "caret": gettext_noop("Caret (^)"),
    "tilde": gettext_noop("Tilde (~)"),
    "control": gettext_noop("Control character 1"),
    "space": gettext_noop("Space"),
    "spaces": gettext_noop("Any number of spaces"),
    "none": gettext_noop("None: the file has one column"),
}
NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?\s*%?\s*")
_MARK = r"([\t !#-&(-/:-@\[-`{-~])"  # ASCII, and neither a letter, a digit nor a quote
_SEP = re.compile(rf"(?i)sep={_MARK}\r?\n|sep={_MARK}\r")


@dataclass(frozen=True)
class Dialect:
    """``quote`` wraps cells that hold delimiters or line ends."""

    delimiter: str
    quote: str = '"'


@dataclass(frozen=True)
class _Candidate:
    name: str
    share: float  # of the records, with the usual width
    agreement: float  # the same, less where the first record is of another width
    width: int
    clean: float  # share of the cells that hold no other delimiter

    @property
    def score(self) -> float:
        return self.agreement + 0.2 * self.clean


def split_sample(text: str, delimiter: str, quote: str) -> list[list[str]]:
    """The first 1,000 records of a text sample. The last one may be cut off by the sample's end, so it is left out if there are more."""
    rows: list[list[str]] = []
    run = delimiter == RUN
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter[0], quotechar=quote, skipinitialspace=run):
            if run and row and not row[-1]:  # spaces at the end of the line
                row.pop()
            if row:
                rows.append(row)
            if len(rows) > ROWS:
                break
    except csv.Error:
        pass  # the structural pass gives the exact answer
    return rows[:-1] if len(rows) > 2 and (len(rows) > ROWS or len(text) >= SAMPLE // 4) else rows


def sniff_quote(text: str) -> str:
    """The double quote, unless cells are wrapped in single quotes and never in double ones."""
    if re.search(r'(^|[,;\t|])"', text, re.MULTILINE):
        return '"'
    single = len(re.findall(r"(?:^|[,;\t|])'(?:[^'\n]|'')*'(?=[,;\t|\r\n])", text, re.MULTILINE))
    openings = len(re.findall(r"(?:^|[,;\t|])'", text, re.MULTILINE))
    return "'" if single >= 3 and single == openings else '"'


def delimiter_line(text: str) -> tuple[str, int] | None:
    """(delimiter, characters) of the line ``sep=;`` with which Excel is told the delimiter."""
    match = _SEP.match(text)
    return (match[1] or match[2], match.end()) if match else None


def sniff_delimiter(text: str, quote: str, filename: str, answers: Mapping[str, str]) -> tuple[str, Question | Note | None]:
    """(the delimiter on which nearly every record agrees, the question when two readings are as good, else a note but for commas).

    A comma where there is only one column and no delimiter at all. ReadError: answer_unknown.
    """
    ranked = sorted(_candidates(text, quote, DELIMITERS), key=lambda item: (-item.score, -item.width))
    if filename.lower().removesuffix(".gz").removesuffix(".zst").endswith((".tsv", ".tab")):
        ranked.sort(key=lambda item: item.name != "tab")
    sure = [item for item in ranked if item.agreement >= 0.99]
    if not sure:
        rare = [item for item in _candidates(text, quote, RARE) if item.agreement >= 0.99 and item.width > 2]
        ranked = sorted(rare, key=lambda item: -item.width) + ranked
    answer = picked(answers, "delimiter", tuple(LABELS.items()))
    if not ranked:
        return MARKS[answer or "comma"], None
    best = ranked[0]
    prose = best.share < 0.5 and len((split_sample(text, MARKS[best.name], quote) or [[]])[0]) == 1
    names = list(dict.fromkeys([*(["none"] if prose else []), *(item.name for item in ranked), "comma", "none", answer or "none"]))
    choices = tuple((name, LABELS[name]) for name in names)
    delimiter = MARKS[answer or names[0]]
    rivals = [item for item in ranked[1:] if item.agreement >= 0.5 and best.score - item.score < 0.08]
    if prose or rivals or best.name in ("space", "spaces"):
        return delimiter, _asked(text, quote, choices, answer)
    return delimiter, _noted(best.name, choices, answer) if best.name != "comma" or answer else None


def _asked(text: str, quote: str, choices: Choices, answer: str | None) -> Question:
    examples = []
    for name, label in choices[:3]:
        rows = split_sample(text, MARKS[name], quote)[1:2] or [[]]
        examples.append((label, " | ".join(cell[:40] for cell in rows[0][:8])))
    message = gettext_noop("More than one delimiter could separate the cells. Pick the one with which a row reads right.")
    return Question("delimiter", message, choices, answer, tuple(examples))


def _noted(name: str, choices: Choices, answer: str | None) -> Note:
    """The delimiter, where it is not the comma."""
    shown = {"tab": "tab", "control": "0x01", "none": "-"}.get(answer or name, MARKS[answer or name])
    message = gettext_noop("The cells are separated by: %(delimiter)s")
    return Note("delimiter", message, {"delimiter": shown}, choices=choices, answer=answer or name)


def _candidates(text: str, quote: str, marks: Mapping[str, str]) -> list[_Candidate]:
    found = []
    for name, mark in marks.items():
        rows = split_sample(text, mark, quote)
        widths = Counter(map(len, rows))
        if not widths or max(widths) == 1:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        if width == 1 and len(rows[0]) == 1:
            continue
        share = agreement = count / len(rows)
        if abs(len(rows[0]) - width) > 1 or (mark in RARE.values() and len(rows[0]) != width):
            agreement /= 2  # a header of another width: a title above, or the wrong delimiter
        if mark == RUN and RUN not in text:
            continue
        others = re.compile("[" + re.escape("".join(set(DELIMITERS.values()) - {mark, ","})) + "]")
        cells = [cell for row in rows[:200] for cell in row]
        clean = sum(
            not others.search(cell) and (mark.isspace() or "," not in cell or bool(NUMBER.fullmatch(cell)) or " " in cell) for cell in cells
        )
        found.append(_Candidate(name, share, agreement, width, clean / len(cells)))
    # Between quotes a mark such as the one in &amp; is text: with it as the delimiter, text would follow a closing quote.
    return [item for item in found if _well_quoted(text, marks[item.name], quote)] or found


def _well_quoted(text: str, mark: str, quote: str) -> bool:
    """Whether every closing quote of the sample is followed by the delimiter or the end of the line."""
    if quote not in text:
        return True
    try:
        list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark[0], quotechar=quote, strict=True), ROWS))
    except csv.Error as error:
        return "expected after" not in str(error)  # the sample may end within a cell
    return True


def spaced_quotes(text: str, dialect: Dialect) -> bool:
    """Whether cells are quoted after a space (``1, "a, b"``): every such opening has its close before a delimiter."""
    mark, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    if dialect.delimiter.isspace() or not re.search(f"{mark}[ \t]+{quote}", text):
        return False
    body = f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}"
    # A cell quoted as it should be is taken whole, so that nothing inside it counts.
    kinds = re.compile(
        f"(?:^|{mark}){body}(?=[\r\n]|{mark}|$)|({mark}[ \t]+{body}(?=[ \t]*(?:[\r\n]|{mark}|$)))|({mark}[ \t]+{quote})", re.MULTILINE
    )
    closed = opened = 0
    for match in kinds.finditer(text):
        closed, opened = closed + bool(match[1]), opened + bool(match[2])
    return closed > 0 and opened <= (len(text) >= SAMPLE // 4)  # the last may be cut off by the sample's end


def noted(code: str, choices: Choices = (), answer: str | None = None) -> Note:
    """What had to be done about quotes, as a note."""
    messages = {
        "escaped_quotes": gettext_noop("Quotes inside cells were written with a backslash before them; they were read as quotes."),
        "spaced_quotes": gettext_noop("Quoted cells began after a space; the spaces around the quotes were left out."),
        "delimiter_line": gettext_noop("The first line only names the delimiter; it was used and left out."),
    }
    return Note(code, messages[code], choices=choices, answer=answer)
