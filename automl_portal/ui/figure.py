"""A figure: what is drawn, the sentence that says what it shows, and the same numbers as a table.

The browser's half is frontend/js/charts.js: it turns `spec()` into a drawing. Nothing here knows the drawing library.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["line", "step", "band", "points", "bars", "whiskers", "reference"]


@dataclass(frozen=True)
class Axis:
    """Title with its unit; `names` makes it an axis of categories, whose positions are 0, 1, 2, ...; `time` one of seconds since 1970."""

    title: str
    low: float | None = None
    high: float | None = None
    percent: bool = False
    time: bool = False
    names: list[str] | None = None


@dataclass(frozen=True)
class Mark:
    """One layer of a figure.

    Data rows by kind: line, step, points, reference [x, y]; band [x, low, high]; whiskers [position, low, high];
    bars [from, to, height], or [position, length] on an axis of categories.
    `label_at` is the index of the row beside which the name is written, on `label_side`; `texts` holds one hover line per row.
    """

    kind: Kind
    name: str
    data: list[list[float | None]]
    color: str = "accent"
    label_at: int | None = None
    label_side: Literal["above", "below"] = "below"
    texts: list[str] | None = None


@dataclass(frozen=True)
class Figure:
    """`follow` is one [x, y] per step of the page's cut-off slider: a marker walks along it."""

    key: str
    title: str
    caption: str
    x: Axis
    y: Axis
    marks: list[Mark]
    headers: list[str]
    rows: list[list[str]]
    follow: list[list[float | None]] = field(default_factory=list)
    start: int = 0

    @property
    def spec(self) -> dict[str, Any]:
        """What the browser needs to draw it."""
        return {
            "title": self.title,
            "caption": self.caption,
            "x": asdict(self.x),
            "y": asdict(self.y),
            "marks": [asdict(mark) for mark in self.marks],
            "follow": self.follow,
            "start": self.start,
        }

    @property
    def data_id(self) -> str:
        return f"figure-{self.key}-data"

    @property
    def is_tall(self) -> bool:
        """Categories need a height of their own: one line each."""
        return bool(self.y.names)

    @property
    def height_rem(self) -> str:
        """Room for the axis and one line per category."""
        return f"{3.75 + 1.75 * len(self.y.names or [])}"


def round_bounds(values: list[float]) -> tuple[float, float]:
    """Round numbers that hold all values, for two axes that must agree."""
    low, high = min(values), max(values)
    step = 10 ** math.floor(math.log10((high - low) or abs(high) or 1.0))
    return math.floor(low / step) * step, math.ceil(high / step) * step


def thin(rows: list[Any], most: int = 21) -> list[Any]:
    """At most `most` rows, evenly spread, first and last kept: enough to read a curve from a table."""
    if len(rows) <= most:
        return rows
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(i * step)] for i in range(most)]
