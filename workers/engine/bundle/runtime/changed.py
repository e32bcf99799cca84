"""Columns that are no longer of the type they had in training."""

from __future__ import annotations

from typing import Any

from workers.engine.bundle.runtime.columns import SHOWN
from workers.engine.bundle.runtime.formats import looks_like
from workers.engine.events import Refused, gettext_noop

LIMIT = 0.05  # of the filled cells of a column
EXAMPLES = 5


class Changed:
    """Running counts of cells that do not fit, over the chunks of one file."""

    def __init__(self, columns: list[dict[str, Any]]) -> None:
        self.columns = columns
        self.filled = {c["name"]: 0 for c in columns}
        self.failed = {c["name"]: 0 for c in columns}
        self.examples: dict[str, list[tuple[int, str]]] = {c["name"]: [] for c in columns}

    def casts(self, name: str, filled: int, failed: list[tuple[int, str]]) -> None:
        """Note how many cells of a column held something, and those that did not fit its type: (1-based row, cell)."""
        self.filled[name] += filled
        self.failed[name] += len(failed)
        self.examples[name] = (self.examples[name] + failed)[:EXAMPLES]

    def refuse(self, rows_left: int = 0) -> None:
        """Raise `column_type_changed` when more than 5 % of the filled cells of a column do not fit its type.

        ``rows_left``: rows still to come; with any, only what they cannot mend is refused.
        """
        changed = [c for c in self.columns if self.failed[c["name"]] > LIMIT * (self.filled[c["name"]] + rows_left)]
        if not changed:
            return
        found = [self._changed(column) for column in changed]
        found.sort(key=lambda each: -each["percent"])
        params = {**found[0], "changes": found[:SHOWN], "columns_changed": len(found)}
        message = gettext_noop(
            "Column %(column)s was %(type)s in training, but %(percent)s %% of its values here are not. Check its unit, decimal mark and date format."
        )
        if params["looks_like"]:
            message = gettext_noop(
                "Column %(column)s was %(type)s in training, written as %(format)s, but %(percent)s %% of its values here are not; they look like %(looks_like)s."
            )
        raise Refused("column_type_changed", message, params, found[0]["column"], found[0]["rows"])

    def _changed(self, column: dict[str, Any]) -> dict[str, Any]:
        name, examples = column["name"], self.examples[column["name"]]
        written, here = looks_like([cell for _, cell in examples], column["cast"]) if "cast" in column else ("", "")
        return {
            "column": name,
            "type": column["type"],
            "percent": round(100 * self.failed[name] / max(self.filled[name], 1), 1),
            "count": self.failed[name],
            "rows": [row for row, _ in examples],
            "examples": ", ".join(cell[:40] for _, cell in examples[:3]),
            "format": written,
            "looks_like": here,
        }
