"""The bundle's schema keeps what scoring needs and drops the rest of the training data."""

from __future__ import annotations

import json

import pandas as pd

from workers.engine.bundle.schema import bundle_schema
from workers.engine.spec import FitSpec, Roles
from workers.engine.table import schema_make


def test_only_features_keep_values() -> None:
    stats = {"min": 1, "max": 424242, "mean": 3, "median": 2, "top": [{"value": "secret", "count": 3}], "histogram": {"edges": [1]}}
    common = {"id": "c", "required": True, "cast": {"type": "x"}, "preview": ["secret"], **stats}
    schema = {
        "label": "y",
        "problem_type": "binary",
        "use_case": "general/table",
        "columns": [
            {"name": "n", "type": "number", "role": "feature", **common},
            {"name": "c", "type": "category", "role": "feature", "categories": ["secret"], **common},
            {"name": "t", "type": "text", "role": "text", **common},
            {"name": "i", "type": "integer", "role": "id", **common},
            {"name": "s", "type": "category", "role": "sensitive", "categories": ["secret"], **common},
            {"name": "b", "type": "boolean", "role": "feature", **{**common, "top": [{"value": "True", "count": 1}]}},
        ],
    }
    made = {c["name"]: c for c in bundle_schema(schema, ["n"], {"margin": 1})["columns"]}
    assert made["n"]["reference"] == 2 and made["n"]["max"] == 424242
    assert made["c"]["reference"] == "secret" and made["b"]["reference"] is True
    for name in "tis":
        text = json.dumps(made[name])
        assert "secret" not in text and "424242" not in text


def test_how_values_are_spread_stays_with_features_and_of_free_text_only_how_much_is_missing() -> None:
    frame = pd.DataFrame(
        {
            "n": range(100),
            "c": ["a", "b"] * 50,
            "t": [f"secret number {n}" for n in range(100)],
            "i": [f"secret {n}" for n in range(100)],
            "y": ["u", "v"] * 50,
        }
    )
    kinds = {"n": "integer", "c": "category", "t": "text", "i": "category", "y": "category"}
    columns = [{"name": name, "id": name, "type": kind, "cast": {"type": kind}} for name, kind in kinds.items()]
    spec = FitSpec(label="y", problem_type="binary", roles=Roles(id=["i"]))
    report = {"columns": columns, "format": {"encoding": "gb18030", "header": True}, "dropped_columns": [], "findings": []}
    made = bundle_schema(json.loads(json.dumps(schema_make(frame, report, spec), default=str)), [], {})
    spreads = {column["name"]: column.get("spread") for column in made["columns"]}
    assert sum(spreads["n"]["counts"]) == 100 and spreads["c"]["values"] == ["a", "b"]
    assert spreads["t"] == {"rows": 100, "missing": 0} and spreads["i"] is None and spreads["y"] is None
    assert "secret" not in json.dumps(made)
    assert made["reading"] == {"answers": {"encoding": "gb18030"}, "width": 5, "label_last": False}
