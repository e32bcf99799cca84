"""How the reader says no. Travels with the bundle, so it depends on nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


def gettext_noop(message: str) -> str:
    """Mark an English sentence for the message catalogues without translating it here."""
    return message


Choices = tuple[tuple[str, str], ...]  # value, label


class ReadError(Exception):
    """A file, or the data in it, cannot be used as it is.

    ``code`` is stable; ``message`` is a %-template for ``params``; ``rows`` are 1-based data rows or file lines, at most five.
    ``choices`` are ways out the analyst may take, ``(value, label)``: with one as the answer to ``code`` the reading can be
    tried again. ``examples`` shows some of the places, ``[{"before", "after"}]``.
    """

    def __init__(
        self,
        code: str,
        message: str,
        params: dict[str, Any] | None = None,
        *,
        column: str | None = None,
        rows: list[int] | None = None,
        choices: Choices = (),
        examples: list[dict[str, str]] | None = None,
    ) -> None:
        self.code, self.message, self.params = code, message, params or {}
        self.column, self.rows = column, (rows or [])[:5]
        self.choices = [{"value": value, "label": label} for value, label in choices]
        self.examples = examples or []
        super().__init__(f"{code}: {message % self.params}")

    def as_dict(self) -> dict[str, Any]:
        """The arguments of an ``events.Refused`` that says the same."""
        fields = ("code", "message", "params", "column", "rows", "choices", "examples")
        return {name: getattr(self, name) for name in fields}


@dataclass(frozen=True)
class Question:
    """Something only the analyst can say; ``choices`` has the recommended answer first, and reading went on with it.

    ``message`` is a %-template for ``params``; ``rows`` are file lines; ``examples`` are (before, after).
    """

    code: str
    message: str
    choices: Choices
    answer: str | None = None
    examples: tuple[tuple[str, str], ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something the reader did (FIX) or saw (WARN). With ``choices`` it can be taken back: ``answer`` is the one in force."""

    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    level: Literal["FIX", "WARN"] = "FIX"
    choices: Choices = ()
    answer: str | None = None
    examples: tuple[tuple[str, str], ...] = ()
    rows: tuple[int, ...] = ()


def picked(answers: Mapping[str, str], code: str, choices: Choices) -> str | None:
    """The answer given under ``code``. ReadError (answer_unknown) when it is not one of the choices."""
    answer = answers.get(code)
    if answer is not None and answer not in {value for value, _ in choices}:
        raise ReadError("answer_unknown", gettext_noop("%(answer)s is not one of the choices for this question."), {"answer": answer})
    return answer
