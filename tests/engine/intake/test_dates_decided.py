"""The century of years with two digits."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from workers.engine.bundle.runtime.casting import cast_array
from workers.engine.intake.decide import decide
from workers.engine.intake.kinds import ColumnKind

NOW = datetime.now(UTC).year


@pytest.mark.parametrize(
    ("name", "years", "first", "last", "later"),
    [
        ("opened", [*range(60, 100), *range(0, 19)], 1960, 2018, 2024),
        ("opened", [*range(60, 100)], 1960, 1999, 2004),
        ("sold", [12, 13, 18], 2012, 2018, 2031),
        ("matures", [19, 25, 50], 2019, 2050, 2055),
        ("sold", [99], 1999, 1999, 2003),
        ("date_of_birth", [3, 40, 99], 1940, 2003, NOW),
    ],
)
def test_years_of_two_digits_lie_together(name: str, years: list[int], first: int, last: int, later: int) -> None:
    cells = pa.array([f"{day}-Jan-{year:02d}" for year in years for day in (5, 17)])
    kind = ColumnKind()
    kind.add(cells)
    decision = decide(name, kind, {})
    read = cast_array(cells, decision.cast)[0].to_pylist()
    assert (min(read).year, max(read).year) == (first, last)
    assert [finding.code for finding in decision.findings] == ["two_digit_year"]
    assert cast_array(pa.array([f"01-Feb-{later % 100:02d}"]), decision.cast)[0].to_pylist()[0].year == later


def test_a_zone_by_name_is_turned_into_utc() -> None:
    cells = pa.array([f"Mon Apr 06 22:19:{second:02d} PDT 2009" for second in range(30)])
    kind = ColumnKind()
    kind.add(cells)
    decision = decide("date", kind, {})
    assert cast_array(cells, decision.cast)[0].to_pylist()[0] == datetime(2009, 4, 7, 5, 19, 0)
    assert [finding.code for finding in decision.findings] == ["time_zone_utc"]
