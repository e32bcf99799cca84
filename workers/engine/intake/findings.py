"""One thing noticed in a dataset, in the shape of report.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from workers.engine.events import Refused, gettext_noop

Level = Literal["REJECT", "ASK", "FIX", "WARN"]


def choice(value: str, label: str, *, needs_reason: bool = False) -> dict[str, Any]:
    """An answer the analyst can pick; ``needs_reason``: only with a sentence that says why."""
    return {"value": value, "label": label} | ({"needs_reason": True} if needs_reason else {})


@dataclass
class Finding:
    """REJECT stops, ASK waits for an answer (the first choice is recommended), FIX was done and is listed, WARN informs."""

    code: str
    level: Level
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    column: str | None = None
    rows: list[int] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    answer: str | None = None
    examples: list[dict[str, str]] = field(default_factory=list)
    source: int = 1  # the file it is about, where the dataset has several

    @property
    def key(self) -> str:
        """What an answer is filed under."""
        if self.column is not None:
            return f"{self.code}:{self.column}"
        return self.code if self.source == 1 else f"{self.code}@{self.source}"

    def checked(self, answers: Mapping[str, str]) -> str | None:
        """The answer given to this finding, if any. Refused (answer_unknown) when it is not one of the choices."""
        answer = answers.get(self.key)
        if answer is not None and answer not in {option["value"] for option in self.choices}:
            message = gettext_noop("%(answer)s is not one of the choices for this question.")
            raise Refused("answer_unknown", message, {"answer": answer}, column=self.column)
        return answer

    def as_dict(self) -> dict[str, Any]:
        """The entry of report.json; messages can always name the column."""
        params = {"column": self.column, **self.params} if self.column is not None else self.params
        return {"key": self.key, **asdict(self), "params": params, "rows": self.rows[:5]}
