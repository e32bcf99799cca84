"""The one path from a typed table to what the predictor sees.

Training and scoring both call :func:`to_model_frame`, so they cannot drift apart. The predictor never meets an
original column name: it is trained on the internal ids of ``schema.json`` (``c0001``...), because names come from
strangers and may hold anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Hooks = Mapping[str, Callable[..., Any]]
NOT_MODELLED = frozenset({"label", "id", "sensitive", "exclude", "group", "site", "weight"})
NUMERIC = frozenset({"number", "integer", "boolean"})


def feature_columns(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The column entries of ``schema`` the predictor is trained on, in schema order."""
    return [c for c in schema["columns"] if c["role"] not in NOT_MODELLED and c["type"] != "empty"]


def text_columns(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The column entries of ``schema`` that are read as texts: by type, or because the analyst says so."""
    return [c for c in feature_columns(schema) if c["type"] == "text" or (c["type"] == "category" and c["role"] == "text")]


def use_case_hooks(use_case: str) -> Hooks:
    """The installed hooks of a use case (`domain/name`) by function name; empty when it has none."""
    import domains
    from domains.hooks import load

    return load(Path(domains.__file__).parent / use_case)


def enrich(frame: pd.DataFrame, hooks: Hooks) -> pd.DataFrame:
    """Run the use case's ``clean`` and ``features`` hooks (row-wise, stateless, label-free).

    ``features`` may return the whole frame or only the new columns; rows and their index must stay as they are.
    Raises ValueError when a hook adds, drops or reorders rows.
    """
    import pandas as pd

    result = frame
    for name in ("clean", "features"):
        if name not in hooks:
            continue
        made = hooks[name](result.copy())
        if not made.index.equals(frame.index):
            raise ValueError(f"hook {name} changed the rows")
        kept = [column for column in result.columns if column not in made.columns]
        result = pd.concat([result[kept], made], axis=1) if kept else made
    return result


def derived_columns(frame: pd.DataFrame, schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Schema entries for the columns the hooks add to a typed ``frame`` (original names).

    Training appends them to ``schema["columns"]``; their ids are ``f0001``... and they are never asked of a file.
    """
    import pandas as pd

    known = {column["name"] for column in schema["columns"]}
    made = enrich(frame, use_case_hooks(schema["use_case"]))
    entries = []
    for number, name in enumerate((name for name in made.columns if name not in known), start=1):
        series = made[name]
        if pd.api.types.is_datetime64_any_dtype(series):
            kind = "datetime"
        elif pd.api.types.is_bool_dtype(series) or pd.api.types.is_numeric_dtype(series):
            kind = "number"
        else:
            kind = "category"
        entry = {
            "name": name,
            "id": f"f{number:04d}",
            "type": kind,
            "role": "feature",
            "required": False,
        }
        entries.append({**entry, "derived": True})
    return entries


def to_model_frame(frame: pd.DataFrame, schema: dict[str, Any], hooks: Hooks | None = None) -> pd.DataFrame:
    """Turn a typed table into the predictor's input.

    ``frame``: (n rows, any columns) with original names, as in ``data.parquet`` or from ``casting``.
    ``schema``: the content of ``schema.json``. ``hooks``: the use case's; None takes the installed ones.
    Returns (n rows, one column per feature) named by internal id, in schema order, same index: float64 for
    number, integer and boolean, object (str or None) for category and text, datetime64[ns] for datetime.
    A feature the frame lacks becomes all missing when it is not required; raises KeyError when it is.
    """
    import pandas as pd

    rich = enrich(frame, use_case_hooks(schema["use_case"]) if hooks is None else hooks)
    columns: dict[str, pd.Series[Any]] = {}
    for column in feature_columns(schema):
        if column["name"] in rich.columns:
            columns[column["id"]] = _typed(rich[column["name"]], column["type"])
        elif column.get("required", True) and not column.get("derived"):
            raise KeyError(column["name"])
        else:
            columns[column["id"]] = _typed(pd.Series([None] * len(rich), index=rich.index), column["type"])
    return pd.DataFrame(columns, index=rich.index)


def _typed(series: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """One column in the predictor's dtype; infinities are missing, because no model can use them."""
    import numpy as np
    import pandas as pd

    if kind in NUMERIC:
        if series.dtype == object:
            series = series.map(lambda value: float(value) if isinstance(value, bool) else value)
        numbers = pd.to_numeric(series, errors="coerce").astype("float64")
        return numbers.where(np.isfinite(numbers))
    if kind == "datetime":
        dates = pd.to_datetime(series, errors="coerce", utc=True).dt.tz_localize(None)
        # Nanoseconds reach from 1677 to 2262; a date outside is a slip of the pen, and missing.
        return dates.where((dates >= pd.Timestamp.min) & (dates <= pd.Timestamp.max)).astype("datetime64[ns]")
    missing = series.isna()
    return series.astype(object).map(str).astype(object).where(~missing, None)
