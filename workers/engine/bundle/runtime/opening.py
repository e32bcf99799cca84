"""Open a file to score: what training settled is not asked again, and whatever had to be assumed is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.engine.bundle.runtime.columns import warning
from workers.engine.bundle.runtime.placing import Lost
from workers.engine.bundle.runtime.reading import RawFile, open_raw
from workers.engine.bundle.runtime.refusal import Question
from workers.engine.events import gettext_noop

# A file without a header is refused by the names it lacks. A row that is too long or too short is rejected, not the file.
ANSWERS = {"header_missing": "names", "ragged_rows": "set_aside", "short_rows": "set_aside"}
QUIET = ("delimiter", "line_ends")  # notes of the reader that touch no row and no cell
TEXT = 500  # characters of a lost row


@dataclass
class Opened:
    """A file ready to be scored, the rows of it that could not be read, and what had to be assumed."""

    raw: RawFile
    lost: list[Lost] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)


def opened(path: Path, scratch: Path, filename: str, encoding: str | None) -> Opened:
    """Read ``path`` as far as its structure. ``encoding`` is that of the training file, taken when this one's is in doubt.

    ReadError: see `open_raw`.
    """
    raw = open_raw(path, scratch=scratch, filename=filename, answers=ANSWERS)
    asked = {question.code: question for question in raw.questions}
    answers = None
    if raw.rows_set_aside > raw.rows:  # then it is the file that is at fault, and the reader says how
        answers = {"header_missing": "names"}
    elif encoding and "encoding" in asked and encoding in [value for value, _ in asked["encoding"].choices[1:]]:
        answers = {**ANSWERS, "encoding": encoding}
    if answers:
        again = scratch / "again"
        again.mkdir()
        raw = open_raw(path, scratch=again, filename=filename, answers=answers)
    lost = [Lost(row.row, row.code, row.reason, row.text[:TEXT]) for row in raw.set_aside]
    warnings = [warning(note.code, note.message, **note.params) for note in raw.notes if note.code not in QUIET]
    warnings += [_assumed(question) for question in raw.questions if question.code not in ANSWERS]
    return Opened(raw, sorted(lost, key=lambda row: row.row), warnings)


def _assumed(question: Question) -> dict[str, Any]:
    """What the analyst would be asked at an import: here the recommended answer is taken, and named."""
    taken = question.answer or question.choices[0][0]
    label = dict(question.choices)[taken]
    text = gettext_noop("%(reason)s Read on with: %(why)s")
    # Without params of its own the question can still be translated.
    reason = question.message % question.params if question.params else question.message
    return warning("reading_assumed", text, reason=reason, why=label, question=question.code, answer=taken)
