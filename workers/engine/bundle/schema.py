"""The bundle's schema.json: what scoring needs to know about the columns, and no more than that of the training data."""

from __future__ import annotations

from typing import Any

from workers.engine.bundle.runtime.frame import NOT_MODELLED
from workers.engine.table import MAX_CATEGORIES

OUTPUT = ("quantile_levels", "distribution", "calibration", "threshold")
KEPT = ("name", "id", "type", "role", "required", "derived", "cast")
TOP = ("label", "problem_type", "classes", "positive_class", "use_case", "roles", "eval_metric", "reading", *OUTPUT)
RANGED = ("number", "integer")


def bundle_schema(schema: dict[str, Any], importance: list[str], decision: dict[str, Any]) -> dict[str, Any]:
    """Reduce the engine's schema.

    Of a column that is not modelled only its name, type and role stay. Of a feature also the range (to count numbers
    outside it), the categories (to count unseen ones), the spread (tenths of numbers, shares of frequent categories: to
    see a file drift) and one reference value: the median or the most frequent value, which reasons are measured
    against. Free text keeps no value, only how much of it is missing. `importance`: column names, strongest first.
    """
    columns = [_column(column) for column in schema["columns"]]
    top = {name: schema.get(name) for name in TOP}
    return {**top, "columns": columns, "importance": importance, "decision": decision}


def _column(column: dict[str, Any]) -> dict[str, Any]:
    kept = {name: column[name] for name in KEPT if name in column}
    if column["role"] in NOT_MODELLED:
        return kept
    if "spread" in column:
        kept["spread"] = column["spread"]
    if column["type"] == "text":
        return kept
    if column["type"] in RANGED:
        kept |= {name: column.get(name) for name in ("min", "max")}
    if column["type"] == "category":
        categories = column.get("categories") or []
        # The engine cuts very long lists; with a cut one, values that were seen would count as unseen.
        kept["categories"] = categories if len(categories) < MAX_CATEGORIES else []
    return {**kept, "reference": _reference(column)}


def _reference(column: dict[str, Any]) -> Any:
    if column["type"] in (*RANGED, "datetime"):
        return column.get("median")
    top = column.get("top") or []
    value = top[0]["value"] if top else None
    return str(value).lower() == "true" if column["type"] == "boolean" and value is not None else value
