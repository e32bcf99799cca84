"""What the predictor never saw, row by row: unseen categories, numbers out of range, gaps where training had none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.columns import warning
from workers.engine.events import gettext_noop

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

FLAG = "unusual"  # the output column
FLAGS_SHOWN = 5
UNUSUAL_ROWS_LIMIT = 0.20
NUMERIC = ("number", "integer")
NEVER_MISSING_ROWS = 100  # of training, before a gap in a column is a surprise
EXAMPLES = 5

UNSEEN, OUTSIDE, ABSENT = "new value", "out of range", "missing"
WARNINGS = {
    UNSEEN: ("unseen_categories", gettext_noop("Column %(column)s holds values never seen in training; rows: %(count)d, first: %(rows)s.")),
    OUTSIDE: (
        "out_of_range",
        gettext_noop("Column %(column)s holds numbers outside the range seen in training; rows: %(count)d, first: %(rows)s."),
    ),
    ABSENT: (
        "never_missing",
        gettext_noop("Column %(column)s is empty, which it never was in training; rows: %(count)d, first: %(rows)s."),
    ),
}


class Unusual:
    """Running counts over the chunks of one file."""

    def __init__(self, columns: list[dict[str, Any]]) -> None:
        self.columns = columns
        self.odd: dict[tuple[str, str], int] = {}  # (column, what) -> rows
        self.first: dict[tuple[str, str], list[int]] = {}
        self.rows = self.flagged = 0
        self._seen = {c["name"]: frozenset(c["categories"]) for c in columns if c.get("categories")}

    def values(self, frame: pd.DataFrame, numbers: list[int] | None = None) -> list[str]:
        """Note the unusual values of a typed chunk (n rows, original names) whose rows carry these ``numbers`` (1, 2, … without).

        Returns one short text per row, "" where all is as in training: ``purpose: new value; amount: out of range``.
        """
        import numpy as np

        flags: dict[int, list[str]] = {}
        for column in self.columns:
            for what, odd in self._odd(column, frame[column["name"]]):
                places = np.flatnonzero(odd).tolist()
                key = (column["name"], what)
                self.odd[key] = self.odd.get(key, 0) + len(places)
                rows = [numbers[place] if numbers else place + 1 for place in places[:EXAMPLES]]
                self.first[key] = (self.first.get(key, []) + rows)[:EXAMPLES]
                for place in places:
                    flags.setdefault(place, []).append(f"{column['name']}: {what}")
        self.rows += len(frame)
        self.flagged += len(flags)
        texts = [""] * len(frame)
        for place, flag in flags.items():
            texts[place] = _text(flag)
        return texts

    def _odd(self, column: dict[str, Any], series: pd.Series[Any]) -> list[tuple[str, npt.NDArray[Any]]]:
        """(what, which rows (n,) bool) of one column, where there is any."""
        missing = series.isna().to_numpy()
        found = []
        if column["name"] in self._seen:
            found.append((UNSEEN, ~missing & ~series.isin(self._seen[column["name"]]).to_numpy()))
        elif column["type"] in NUMERIC and column.get("min") is not None and column.get("max") is not None:
            outside = (series < column["min"]) | (series > column["max"])
            found.append((OUTSIDE, outside.fillna(False).to_numpy(bool)))
        spread = column.get("spread") or {}
        if spread.get("missing") == 0 and spread.get("rows", 0) >= NEVER_MISSING_ROWS:
            found.append((ABSENT, missing))
        return [(what, odd) for what, odd in found if odd.any()]

    def warnings(self) -> list[dict[str, Any]]:
        """What was seen, one warning per column and kind, and one first when many rows are affected."""
        found = []
        if self.rows and self.flagged / self.rows > UNUSUAL_ROWS_LIMIT:
            percent = round(100 * self.flagged / self.rows)
            text = gettext_noop("%(percent)d %% of the rows hold values the predictor never saw: treat its answers with care.")
            found.append(warning("many_unusual_rows", text, percent=percent, count=self.flagged))
        for kind, (code, text) in WARNINGS.items():
            for (name, what), count in self.odd.items():
                if what == kind:
                    rows = ", ".join(map(str, self.first[name, what]))
                    found.append(warning(code, text, column=name, count=count, rows=rows))
        return found


def _text(flags: list[str]) -> str:
    more = len(flags) - FLAGS_SHOWN
    return "; ".join(flags[:FLAGS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
