"""When each row was, as places in one order, also where year and month are columns apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from domains import names
from workers.engine.events import Refused, gettext_noop
from workers.engine.splits.units import Codes

if TYPE_CHECKING:
    import pandas as pd

# From coarse to fine, as the parts of a moment are called.
PARTS = (r"year|(^|[ _.-])yr|年", r"quarter|季", r"month|月", r"week|周", r"day|date|日", r"hour|时", r"min|分", r"sec|秒")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
UNKNOWN = -1


def moments(frame: pd.DataFrame) -> Codes:
    """(rows,) the place of each row in time, equal for equal times; -1 where any part is missing.

    `frame`: the time columns, coarse before fine unless their names say otherwise. Raises Refused for words without an order.
    """
    import pandas as pd

    ordered = coarse_to_fine(list(frame.columns))
    parts = pd.DataFrame({name: _placed(frame[name]) for name in ordered})
    known = parts.notna().all(axis=1).to_numpy()
    places = np.full(len(frame), UNKNOWN)
    places[known] = parts[known].groupby(ordered, sort=True).ngroup().to_numpy()
    return places


def coarse_to_fine(columns: list[str]) -> list[str]:
    """year, month, day, whatever order they were named in; as given when a name does not tell."""
    ranks = [next((place for place, part in enumerate(PARTS) if names.matches(name, (part,))), None) for name in columns]
    if None in ranks or len(set(ranks)) < len(ranks):
        return columns
    return [name for _, name in sorted(zip(ranks, columns, strict=True), key=lambda pair: int(pair[0] or 0))]


def _placed(column: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers and dates as they are, names of months as 1 to 12, other words as the dates they are."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    words = column.astype("string").str.strip().str.lower()
    as_months = words.str[:3].map({name: place for place, name in enumerate(MONTHS, start=1)})
    if as_months.notna().sum() == words.notna().sum():
        return as_months
    dates = pd.to_datetime(words, errors="coerce", format="mixed")
    if dates.notna().sum() < words.notna().sum():
        message = gettext_noop("%(column)s has the role time, and its values have no order in time.")
        raise Refused("time_without_order", message, {"column": str(column.name)}, column=str(column.name))
    return dates


def spoken(frame: pd.DataFrame, row: int) -> str:
    """The time of one row, for a sentence: 2024-03-31, 2024-03-31 09:00, or 2024 3."""
    from workers.engine.intake.distribution import as_text

    parts = (value.item() if isinstance(value, np.generic) else value for value in frame.iloc[row])
    return " ".join(as_text(part).replace("T", " ").removesuffix(":00") if hasattr(part, "isoformat") else as_text(part) for part in parts)
