"""How the reader says no. Travels with the bundle, so it depends on nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark an English sentence for the message catalogues without translating it here."""
    return message


class ReadError(Exception):
    """A file, or the data in it, cannot be used as it is.

    ``code`` is stable; ``message`` is a %-template for ``params``; ``rows`` are 1-based data rows or file lines, at most five.
    ``examples`` shows some of the places, ``[{"before", "after"}]``.
    """

    def __init__(
        self,
        code: str,
        message: str,
        params: dict[str, Any] | None = None,
        *,
        column: str | None = None,
        rows: list[int] | None = None,
        examples: list[dict[str, str]] | None = None,
    ) -> None:
        self.code, self.message, self.params = code, message, params or {}
        self.column, self.rows = column, (rows or [])[:5]
        self.examples = examples or []
        super().__init__(f"{code}: {message % self.params}")


@dataclass(frozen=True)
class Question:
    """Something only the analyst can say; ``choices`` has the recommended answer first, and reading went on with it."""

    code: str
    message: str
    choices: tuple[tuple[str, str], ...]  # value, label
    answer: str | None = None
    examples: tuple[tuple[str, str], ...] = ()
