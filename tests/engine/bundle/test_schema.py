"""The bundle's schema keeps what scoring needs and drops the rest of the training data."""

from __future__ import annotations

import json

from workers.engine.bundle.schema import bundle_schema


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
