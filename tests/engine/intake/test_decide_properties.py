"""Whatever a person writes in one known way is read back exactly, and ids never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workers.engine.bundle.runtime import dates
from workers.engine.bundle.runtime.casting import cast_array
from workers.engine.intake.decide import decide
from workers.engine.intake.kinds import ColumnKind

STYLES = ["{:.2f}", "{:,.2f}", "${:,.2f}", "{:,.2f} €", "USD {:,.2f}", "{:.2f}%", "{:.2f} kg", "{:,.2f}元"]


def values(cells: list[str], name: str = "x") -> list[Any]:
    """What the column holds after import, which scoring reads the same."""
    kind = ColumnKind()
    for start in range(0, len(cells), 7):
        kind.add(pa.array(cells[start : start + 7]))
    decision = decide(name, kind, {})
    found: list[Any] = decision.typed(pa.array(cells), 1).to_pylist()
    assert cast_array(pa.array(cells), decision.cast)[0].to_pylist() == found
    return found


@settings(deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=3, max_size=20), st.sampled_from(STYLES), st.booleans())
def test_amounts(cents: list[int], style: str, comma: bool) -> None:
    assume(
        any(abs(amount) > 200_000 and amount % 100 for amount in cents)
    )  # a mark between thousands beside decimals settles which is which
    cells = [style.format(amount / 100) for amount in cents]
    if comma:
        cells = [cell.translate(str.maketrans(",.", ".,")) for cell in cells]
    assert values(cells) == [amount / 100 for amount in cents]


@settings(deadline=None)
@given(
    st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), min_size=4, max_size=20),
    st.sampled_from(["iso", *dates.DATE_FORMATS]),
)
def test_dates(moments: list[datetime], date_format: str) -> None:
    assume({moment.day for moment in moments} - set(range(1, 13)))  # day or month first is asked otherwise
    assume(not date_format.startswith("%y"))  # and year first looks like day first in a few rows
    cells = [dates.write(moment.replace(microsecond=0), date_format) for moment in moments]
    assume(not all(cell.isdigit() for cell in cells))  # numbers are dates only under a name that says so
    found = values(cells)
    assert [dates.write(moment, date_format) for moment in found] == cells


@settings(deadline=None)
@given(
    st.lists(st.from_regex(r"0\d{1,20}|\d{17,30}", fullmatch=True), min_size=1, max_size=20),
    st.sampled_from(["x", "id", "code"]),
)
def test_ids(ids: list[str], name: str) -> None:
    assert values(ids, name) == ids
