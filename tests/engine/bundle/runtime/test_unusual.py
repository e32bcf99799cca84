"""Flagging and counting values the predictor never saw, and columns that changed their type."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workers.engine.bundle.runtime.casting import MISSING
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
    assert unusual.values(frame(["a", "z", None], [18, 91, None])) == ["", "city: new value; age: out of range", ""]
    assert unusual.values(frame(["y"], [17]), [7]) == ["city: new value; age: out of range"]
    found = {w["code"]: w["params"] for w in unusual.warnings()}
    assert found["unseen_categories"] == {"column": "city", "count": 2, "rows": "2, 7"}
    assert found["out_of_range"] == {"column": "age", "count": 2, "rows": "2, 7"}
    assert found["many_unusual_rows"] == {"percent": 50, "count": 2}
    assert unusual.warnings()[0]["code"] == "many_unusual_rows"


def test_nothing_unusual_no_warning() -> None:
    unusual = Unusual(COLUMNS)
    assert unusual.values(frame(["a", None], [20, 90])) == ["", ""]
    assert unusual.warnings() == []


def test_a_gap_is_unusual_only_where_training_had_none_in_many_rows() -> None:
    def flags(missing: int, rows: int) -> list[str]:
        return Unusual([{**COLUMNS[1], "spread": {"rows": rows, "missing": missing}}]).values(frame([None, None], [30, None]))

    assert flags(0, 400) == ["", "age: missing"]
    assert flags(1, 400) == flags(0, 20) == ["", ""]


def test_a_flag_stays_short() -> None:
    columns = [{"name": f"c{n}", "type": "integer", "min": 0, "max": 1} for n in range(8)]
    (text,) = Unusual(columns).values(pd.DataFrame({f"c{n}": [9] for n in range(8)}))
    assert text.endswith("c4: out of range; and 3 more") and text.count(";") == 5


def test_more_than_five_percent_of_the_filled_cells_refuse() -> None:
    unusual = Unusual(COLUMNS)
    unusual.casts("age", 100, [(row, "old") for row in range(1, 6)])
    unusual.refuse_changed_types()
    unusual.casts("age", 0, [(9, "old")])
    with pytest.raises(Refused) as caught:
        unusual.refuse_changed_types()
    assert caught.value.rows == [1, 2, 3, 4, 5]
    assert "6.0 %" in caught.value.message % caught.value.params


def test_what_later_rows_can_mend_is_not_refused_yet() -> None:
    unusual = Unusual(COLUMNS)
    unusual.casts("age", 100, [(row, "old") for row in range(1, 7)])
    unusual.refuse_changed_types(rows_left=20)
    with pytest.raises(Refused):
        unusual.refuse_changed_types(rows_left=19)


def test_every_changed_column_is_named_and_how_it_is_written_now() -> None:
    date = {"type": "datetime", "missing": list(MISSING), "date_format": "%d.%m.%Y"}
    number = {"type": "number", "missing": list(MISSING), "decimal": ".", "thousands": None}
    unusual = Unusual([{"name": "on", "type": "datetime", "cast": date}, {"name": "sum", "type": "number", "cast": number}])
    unusual.casts("on", 100, [(row, "2024-03-31") for row in range(1, 100)])
    unusual.casts("sum", 100, [(2, "1.234,5"), (3, "22,75"), *((row, "7,1") for row in range(4, 10))])
    with pytest.raises(Refused) as caught:
        unusual.refuse_changed_types()
    changes = {each["column"]: each for each in caught.value.params["changes"]}
    assert (changes["on"]["format"], changes["on"]["looks_like"]) == ("DD.MM.YYYY", "YYYY-MM-DD")
    assert (changes["sum"]["looks_like"], changes["sum"]["rows"]) == ("1.234,5", [2, 3, 4, 5, 6])
    assert "written as DD.MM.YYYY" in caught.value.message % caught.value.params
