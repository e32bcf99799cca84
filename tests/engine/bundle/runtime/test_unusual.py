"""Counting values the predictor never saw."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workers.engine.bundle.runtime.unusual import Unusual
from workers.engine.events import Refused

COLUMNS: list[dict[str, Any]] = [
    {"name": "city", "type": "category", "categories": ["a", "b"]},
    {"name": "age", "type": "integer", "min": 18, "max": 90},
    {"name": "note", "type": "text"},
]


def frame(cities: list[str | None], ages: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame({"city": pd.Series(cities, dtype=object), "age": ages, "note": "x"})


def test_counts_add_up_over_chunks() -> None:
    unusual = Unusual(COLUMNS)
    unusual.values(frame(["a", "z", None], [18, 91, None]))
    unusual.values(frame(["y"], [17]))
    found = {w["code"]: w["params"] for w in unusual.warnings()}
    assert found["unseen_categories"] == {"column": "city", "count": 2}
    assert found["out_of_range"] == {"column": "age", "count": 2}
    assert found["many_unusual_rows"] == {"percent": 50, "count": 2}


def test_nothing_unusual_no_warning() -> None:
    unusual = Unusual(COLUMNS)
    unusual.values(frame(["a", None], [20, 90]))
    assert unusual.warnings() == []


def test_more_than_five_percent_of_the_filled_cells_refuse() -> None:
    unusual = Unusual(COLUMNS)
    unusual.casts("age", 100, [1, 2, 3, 4, 5])
    unusual.refuse_changed_types()
    unusual.casts("age", 0, [9])
    with pytest.raises(Refused) as caught:
        unusual.refuse_changed_types()
    assert caught.value.rows == [1, 2, 3, 4, 5]
    assert "6.0 %" in caught.value.message % caught.value.params
