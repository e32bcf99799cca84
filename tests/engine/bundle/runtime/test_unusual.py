"""Flagging and counting values the predictor never saw."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workers.engine.bundle.runtime.unusual import Unusual

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
