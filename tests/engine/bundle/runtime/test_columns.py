"""Missing, renamed and extra columns of a scoring file."""

from __future__ import annotations

from typing import Any

import pytest

from workers.engine.bundle.runtime.columns import check_columns, id_names, near_misses
from workers.engine.events import Refused


def entry(name: str, role: str = "feature", **more: Any) -> dict[str, Any]:
    return {"name": name, "id": name, "type": "number", "role": role, "required": True, **more}


SCHEMA = {
    "label": "y",
    "columns": [entry("credit amount"), entry("Age (years)"), entry("opt", required=False), entry("sum", derived=True)]
    + [entry("y", "label"), entry("who", "id"), entry("sex", "sensitive")],
}


def test_a_file_with_all_columns_in_any_order_is_fine() -> None:
    assert check_columns(SCHEMA, ["Age (years)", "sex", "credit amount"]) == []


def test_missing_columns_are_named_with_the_nearest_name_of_the_file() -> None:
    with pytest.raises(Refused) as caught:
        check_columns(SCHEMA, ["Credit_Amount", "ages (years)", "unrelated"])
    refusal = caught.value
    assert refusal.code == "missing_columns"
    assert refusal.params["suggestions"] == {"credit amount": "Credit_Amount", "Age (years)": "ages (years)"}
    sentence = refusal.message % refusal.params
    assert "credit amount, Age (years)" in sentence and "Credit_Amount → credit amount" in sentence


def test_nothing_similar_nothing_suggested() -> None:
    assert near_misses(["credit amount"], ["x", "zip"]) == {}
    with pytest.raises(Refused, match="missing_columns") as caught:
        check_columns(SCHEMA, ["x"])
    assert "renamed" not in caught.value.message


def test_extra_columns_and_the_label_are_warned_about() -> None:
    warnings = check_columns(SCHEMA, ["Age (years)", "credit amount", "more", "y"])
    assert [w["code"] for w in warnings] == ["extra_columns", "label_present"]
    assert warnings[0]["params"] == {"names": "more", "count": 1}


def test_ids_are_carried_when_present() -> None:
    assert id_names(SCHEMA, ["who"]) == ["who"] and id_names(SCHEMA, []) == []
