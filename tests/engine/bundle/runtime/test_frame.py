"""The frame the predictor sees: ids for names, fixed order and dtypes, hooks before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.bundle.runtime.frame import derived_columns, enrich, feature_columns, to_model_frame


def column(name: str, number: int, kind: str, role: str = "feature", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"c{number:04d}",
        "type": kind,
        "role": role,
        "required": True,
        **more,
    }


SCHEMA: dict[str, Any] = {
    "use_case": "general/absent",
    "columns": [
        column("Größe, m", 1, "number"),
        column("y", 2, "category", "label"),
        column("married", 3, "boolean"),
        column("city", 4, "category"),
        column("when", 5, "datetime", "time"),
        column("who", 6, "text", "id"),
        column("extra", 7, "integer", required=False),
        column("void", 8, "empty"),
    ],
}


def table() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "when": pd.to_datetime(pd.Series(["2024-01-02T00:00:00", None, "2024-03-04T05:06:07"])),
            "city": pd.Series(["Köln", None, "NA"], dtype="category"),
            "married": pd.Series([True, None, False], dtype="object"),
            "Größe, m": [1.5, np.inf, np.nan],
            "who": ["a", "b", "c"],
        }
    )
    return frame.set_axis([5, 9, 7])


def test_ids_order_and_dtypes() -> None:
    made = to_model_frame(table(), SCHEMA, hooks={})
    assert list(made.columns) == ["c0001", "c0003", "c0004", "c0005", "c0007"]
    assert [str(d) for d in made.dtypes] == [
        "float64",
        "float64",
        "object",
        "datetime64[ns]",
        "float64",
    ]
    assert list(made.index) == [5, 9, 7]
    assert made["c0001"].tolist()[0] == 1.5 and made["c0001"].isna().tolist() == [False, True, True]
    assert made["c0003"].fillna(-1).tolist() == [1.0, -1.0, 0.0]
    assert made["c0004"].tolist() == ["Köln", None, "NA"]
    assert made["c0005"].iloc[2] == pd.Timestamp("2024-03-04 05:06:07")


def test_column_order_of_the_file_does_not_matter() -> None:
    frame = table()
    pd.testing.assert_frame_equal(
        to_model_frame(frame, SCHEMA, hooks={}),
        to_model_frame(frame[frame.columns[::-1]], SCHEMA, hooks={}),
    )


def test_a_missing_required_column_is_named() -> None:
    with pytest.raises(KeyError, match="city"):
        to_model_frame(table().drop(columns="city"), SCHEMA, hooks={})


def test_nullable_dtypes_of_parquet() -> None:
    frame = table()
    frame["married"] = frame["married"].astype("boolean")
    frame["extra"] = pd.Series([1, None, 3], dtype="Int64", index=frame.index)
    made = to_model_frame(frame, SCHEMA, hooks={})
    assert made["c0003"].fillna(-1).tolist() == [1.0, -1.0, 0.0]
    assert made["c0007"].fillna(-1).tolist() == [1.0, -1.0, 3.0]


def test_a_use_case_without_hooks_is_fine() -> None:
    assert to_model_frame(table(), SCHEMA).shape == (3, 5)


def test_hooks_run_first_and_may_return_only_new_columns() -> None:
    hooks = {
        "clean": lambda frame: frame.assign(city=frame["city"].astype(object).fillna("none")),
        "features": lambda frame: pd.DataFrame({"double": frame["Größe, m"] * 2}),
    }
    derived = {**column("double", 0, "number"), "id": "f0001", "derived": True, "required": False}
    schema = {**SCHEMA, "columns": [*SCHEMA["columns"], derived]}
    made = to_model_frame(table(), schema, hooks=hooks)
    assert made["f0001"].iloc[0] == 3.0 and made["c0004"].iloc[1] == "none"
    assert feature_columns(schema)[-1]["id"] == "f0001"


def test_a_hook_that_drops_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="clean"):
        enrich(table(), {"clean": lambda frame: frame.iloc[1:]})


def test_derived_columns_get_ids_and_types(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = {"features": lambda frame: frame.assign(a=1.5, b="x", c=frame["when"], d=True)}
    monkeypatch.setattr("workers.engine.bundle.runtime.frame.use_case_hooks", lambda use_case: hooks)
    made = derived_columns(table(), SCHEMA)
    assert [(c["id"], c["name"], c["type"]) for c in made] == [
        ("f0001", "a", "number"),
        ("f0002", "b", "category"),
        ("f0003", "c", "datetime"),
        ("f0004", "d", "number"),
    ]
    assert to_model_frame(table(), {**SCHEMA, "columns": [*SCHEMA["columns"], *made]})["f0004"].tolist() == [1.0] * 3
