"""Counts what the predictor never saw: unseen categories, numbers out of range, types that no longer fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.columns import warning
from workers.engine.events import Refused, gettext_noop

if TYPE_CHECKING:
    import pandas as pd

TYPE_FAILURE_LIMIT = 0.05
UNUSUAL_ROWS_LIMIT = 0.20
NUMERIC = ("number", "integer")


class Unusual:
    """Running counts over the chunks of one file."""

    def __init__(self, columns: list[dict[str, Any]]) -> None:
        self.columns = columns
        self.filled = {c["name"]: 0 for c in columns}
        self.failed = {c["name"]: 0 for c in columns}
        self.examples: dict[str, list[int]] = {c["name"]: [] for c in columns}
        self.unseen = {c["name"]: 0 for c in columns}
        self.outside = {c["name"]: 0 for c in columns}
        self.rows = self.flagged = 0
        self._seen = {c["name"]: frozenset(c["categories"]) for c in columns if c.get("categories")}

    def casts(self, name: str, filled: int, failed_rows: list[int]) -> None:
        """Note how many cells of a column held something, and the 1-based rows where it did not fit the type."""
        self.filled[name] += filled
        self.failed[name] += len(failed_rows)
        self.examples[name] = (self.examples[name] + failed_rows)[:5]

    def values(self, frame: pd.DataFrame) -> None:
        """Note the unusual values of a typed chunk (original names)."""
        import pandas as pd

        flags = pd.Series(False, index=frame.index)
        for column in self.columns:
            name, series = column["name"], frame[column["name"]]
            if name in self._seen:
                odd, counts = series.notna() & ~series.isin(self._seen[name]), self.unseen
            elif column["type"] in NUMERIC and column.get("min") is not None and column.get("max") is not None:
                odd, counts = (series < column["min"]) | (series > column["max"]), self.outside
            else:
                continue
            odd = odd.fillna(False).astype(bool)
            counts[name] += int(odd.sum())
            flags |= odd
        self.rows += len(frame)
        self.flagged += int(flags.sum())

    def refuse_changed_types(self) -> None:
        """Raise `column_type_changed` when more than 5 % of the filled cells of a column do not fit its type."""
        for column in self.columns:
            name = column["name"]
            share = self.failed[name] / max(self.filled[name], 1)
            if share > TYPE_FAILURE_LIMIT:
                params = {
                    "column": name,
                    "type": column["type"],
                    "percent": round(100 * share, 1),
                    "count": self.failed[name],
                }
                message = gettext_noop(
                    "Column %(column)s was %(type)s in training, but %(percent)s %% of its values here are not. "
                    "Check its unit, decimal mark and date format."
                )
                raise Refused("column_type_changed", message, params, name, self.examples[name])

    def warnings(self) -> list[dict[str, Any]]:
        """What was seen, one warning per column and kind, and one when many rows are affected."""
        found = []
        for name, count in self.unseen.items():
            if count:
                text = gettext_noop("Column %(column)s holds %(count)d values never seen in training.")
                found.append(warning("unseen_categories", text, column=name, count=count))
        for name, count in self.outside.items():
            if count:
                text = gettext_noop("Column %(column)s holds %(count)d numbers outside the range seen in training.")
                found.append(warning("out_of_range", text, column=name, count=count))
        if self.rows and self.flagged / self.rows > UNUSUAL_ROWS_LIMIT:
            percent = round(100 * self.flagged / self.rows)
            text = gettext_noop("%(percent)d %% of the rows hold values the predictor never saw: treat its answers with care.")
            found.append(warning("many_unusual_rows", text, percent=percent, count=self.flagged))
        return found
