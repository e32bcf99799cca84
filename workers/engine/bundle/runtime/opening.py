"""Open a file to score: what training settled is not asked again, and whatever had to be assumed is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.engine.bundle.runtime.columns import warning
from workers.engine.bundle.runtime.placing import Lost
from workers.engine.bundle.runtime.reading import RawFile, open_raw
from workers.engine.bundle.runtime.refusal import Question, ReadError
from workers.engine.events import Refused, gettext_noop

# A row that is too long or too short is rejected, not the file.
ROWS = {"ragged_rows": "set_aside", "short_rows": "set_aside"}
# A file without a header is refused by the names it lacks, unless the training file had none either.
HEADER = {"header_missing": "names"}
QUIET = ("delimiter", "line_ends")  # notes of the reader that touch no row and no cell
TEXT = 500  # characters of a lost row


@dataclass
class Opened:
    """A file ready to be scored, the rows of it that could not be read, and what had to be assumed."""

    raw: RawFile
    lost: list[Lost] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)


def opened(path: Path, scratch: Path, filename: str, reading: Mapping[str, Any] | None = None) -> Opened:
    """Read ``path`` as far as its structure. ``reading``: the schema's, how the training file was read.

    ReadError: see `open_raw`. Refused: `header_missing`, when columns without names cannot be told apart by their number.
    """
    training: dict[str, str] = (reading or {}).get("answers") or {}
    raw = _opened(path, scratch / "first", filename, {**HEADER, **training, **ROWS})
    if raw.rows_set_aside > raw.rows:  # then it is the file that is at fault, and the reader says how
        raw = _opened(path, scratch / "second", filename, {**HEADER, **training})
    if not raw.format.header:
        _refuse_other_width(len(raw.names), reading or {})
    lost = [Lost(row.row, row.code, row.reason, row.text[:TEXT]) for row in raw.set_aside]
    warnings = [warning(note.code, note.message, **note.params) for note in raw.notes if note.code not in QUIET]
    warnings += [_assumed(question) for question in raw.questions if question.code not in (ROWS | HEADER) and _is_open(question, training)]
    return Opened(raw, sorted(lost, key=lambda row: row.row), warnings)


def _opened(path: Path, scratch: Path, filename: str, answers: Mapping[str, str]) -> RawFile:
    """Open the file with those of the ``answers`` that are choices here."""
    scratch.mkdir()
    try:
        return open_raw(path, scratch=scratch, filename=filename, answers=answers)
    except ReadError as error:
        fitting = {code: answer for code, answer in answers.items() if answer != error.params.get("answer")}
        if error.code != "answer_unknown" or len(fitting) == len(answers):
            raise
    return _opened(path, scratch / "again", filename, fitting)


def _refuse_other_width(found: int, reading: Mapping[str, Any]) -> None:
    """Columns without names are told apart by their place alone: as many as in training, or all but a label at the end."""
    expected = reading.get("width", found)
    if found != expected and not (found == expected - 1 and reading.get("label_last")):
        message = gettext_noop(
            "The file has no header and %(found)d columns, the training file had %(expected)d. Put the names column_1, column_2 and so on above them."
        )
        raise Refused("header_missing", message, {"found": found, "expected": expected})


def _is_open(question: Question, training: Mapping[str, str]) -> bool:
    """Whether somebody should hear how the question was settled: not when the analyst did so for the training file."""
    return question.code == "encoding" or question.answer is None or question.answer != training.get(question.code)


def _assumed(question: Question) -> dict[str, Any]:
    """What the analyst would be asked at an import: here the recommended answer is taken, and named."""
    taken = question.answer or question.choices[0][0]
    label = dict(question.choices)[taken]
    text = gettext_noop("%(reason)s Read on with: %(why)s")
    # Without params of its own the question can still be translated.
    reason = question.message % question.params if question.params else question.message
    return warning("reading_assumed", text, reason=reason, why=label, question=question.code, answer=taken)
