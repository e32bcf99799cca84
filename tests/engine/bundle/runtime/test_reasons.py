"""Reasons by occlusion, on a predictor whose answer is known by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workers.engine.bundle.runtime import reasons as module
from workers.engine.bundle.runtime.predictor import BundlePredictor
from workers.engine.bundle.runtime.reasons import reason_names, reasons


class Sum:
    """An additive model over the ids: 2 a + b, plus 10 where the category is x."""

    calls = 0

    def predict(self, table: pd.DataFrame, model: str | None = None) -> pd.Series[Any]:
        self.calls += 1
        return 2 * table["c1"] + table["c2"] + 10 * (table["c3"] == "x")


def column(name: str, number: int, kind: str, reference: Any) -> dict[str, Any]:
    return {"name": name, "id": f"c{number}", "type": kind, "role": "feature", "required": True, "reference": reference}


SCHEMA: dict[str, Any] = {
    "use_case": "general/table",
    "problem_type": "regression",
    "importance": ["b"],
    "columns": [column("a", 1, "number", 1.0), column("b", 2, "integer", 0), column("c", 3, "category", "y")],
}


@pytest.mark.parametrize("most_rows", [1, 20_000])
def test_effects_are_those_of_one_column_at_a_time(monkeypatch: pytest.MonkeyPatch, most_rows: int) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", most_rows)
    frame = pd.DataFrame({"a": [2.0, -4.0, 1.0], "b": [3, 0, 0], "c": ["x", "y", "y"]}, index=[7, 3, 5])
    model = Sum()
    made = reasons(BundlePredictor(model, SCHEMA, {}), frame, 2)
    assert list(made.columns) == reason_names(2) and list(made.index) == [7, 3, 5]
    assert made["reason_1_column"].tolist() == ["c", "a", "b"]
    assert made["reason_1_effect"].tolist() == [10.0, -10.0, 0.0]
    assert made["reason_1_value"].tolist() == ["x", -4.0, 0]
    assert made["reason_2_effect"].tolist()[0] == 3.0
    assert model.calls == (4 if most_rows == 1 else 2)


def test_references_of_every_kind_stand_in_for_missing_and_full_columns() -> None:
    kinds: dict[str, Any] = {
        "number": (1.5, [2.0, None]),
        "integer": (1.5, [3, 4]),
        "boolean": (True, [False, None]),
        "text": (None, ["n", None]),
    }
    kinds |= {"category": ("q", [None, None]), "datetime": ("2024-01-02", [pd.Timestamp("2020-01-01"), None])}
    columns = [column(kind, number, kind, reference) for number, (kind, (reference, _)) in enumerate(kinds.items())]
    frame = pd.DataFrame({kind: values for kind, (_, values) in kinds.items()})
    frame["datetime"] = frame["datetime"].astype("datetime64[us]")

    class Filled:
        def predict(self, table: pd.DataFrame, model: str | None = None) -> pd.Series[Any]:
            return table.notna().sum(axis=1).astype("float64")

    made = reasons(BundlePredictor(Filled(), {**SCHEMA, "columns": columns}, {}), frame, 6)
    first, second = ({made[f"reason_{i}_column"][row]: made[f"reason_{i}_effect"][row] for i in range(1, 7)} for row in (0, 1))
    assert first == {"category": -1.0, "text": 1.0, "number": 0.0, "integer": 0.0, "boolean": 0.0, "datetime": 0.0}
    assert second == {"number": -1.0, "boolean": -1.0, "category": -1.0, "datetime": -1.0, "integer": 0.0, "text": 0.0}


def test_more_reasons_than_columns_stay_empty() -> None:
    frame = pd.DataFrame({"a": [2.0], "b": [3], "c": ["x"]})
    made = reasons(BundlePredictor(Sum(), SCHEMA, {}), frame, 5)
    assert made["reason_5_column"].isna().all() and made["reason_3_column"].notna().all()
