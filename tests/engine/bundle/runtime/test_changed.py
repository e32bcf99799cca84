"""Columns that changed their type since training."""

from __future__ import annotations

from typing import Any

import pytest

from workers.engine.bundle.runtime.casting import MISSING
from workers.engine.bundle.runtime.changed import Changed
from workers.engine.events import Refused

AGE: dict[str, Any] = {"name": "age", "type": "integer"}


def test_more_than_five_percent_of_the_filled_cells_refuse() -> None:
    changed = Changed([AGE])
    changed.casts("age", 100, [(row, "old") for row in range(1, 6)])
    changed.refuse()
    changed.casts("age", 0, [(9, "old")])
    with pytest.raises(Refused) as caught:
        changed.refuse()
    assert caught.value.rows == [1, 2, 3, 4, 5]
    assert "6.0 %" in caught.value.message % caught.value.params


def test_what_later_rows_can_mend_is_not_refused_yet() -> None:
    changed = Changed([AGE])
    changed.casts("age", 100, [(row, "old") for row in range(1, 7)])
    changed.refuse(rows_left=20)
    with pytest.raises(Refused):
        changed.refuse(rows_left=19)


def test_every_changed_column_is_named_and_how_it_is_written_now() -> None:
    date = {"type": "datetime", "missing": list(MISSING), "date_format": "%d.%m.%Y"}
    number = {"type": "number", "missing": list(MISSING), "decimal": ".", "thousands": None}
    changed = Changed([{"name": "on", "type": "datetime", "cast": date}, {"name": "sum", "type": "number", "cast": number}])
    changed.casts("on", 100, [(row, "2024-03-31") for row in range(1, 100)])
    changed.casts("sum", 100, [(2, "1.234,5"), (3, "22,75"), *((row, "7,1") for row in range(4, 10))])
    with pytest.raises(Refused) as caught:
        changed.refuse()
    changes = {each["column"]: each for each in caught.value.params["changes"]}
    assert (changes["on"]["format"], changes["on"]["looks_like"]) == ("DD.MM.YYYY", "YYYY-MM-DD")
    assert (changes["sum"]["looks_like"], changes["sum"]["rows"]) == ("1.234,5", [2, 3, 4, 5, 6])
    assert "written as DD.MM.YYYY" in caught.value.message % caught.value.params
