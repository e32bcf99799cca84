"""Reasons per row by single-column occlusion.

For each column in turn the row's value is replaced by a reference (the training median, or the most frequent value)
and the change of the prediction is the column's effect. It shows what the predictor reacts to in this row, one column
at a time; it does not split joint effects fairly, as Shapley values would, and it is not a statement of cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.columns import read_columns

if TYPE_CHECKING:
    import pandas as pd

    from workers.engine.bundle.runtime.predictor import BundlePredictor

MOST_COLUMNS = 20
MOST_ROWS = 20_000


def reason_names(count: int) -> list[str]:
    """The output columns of `count` reasons, strongest first."""
    return [f"reason_{number}_{part}" for number in range(1, count + 1) for part in ("column", "value", "effect")]


def reasons(predictor: BundlePredictor, frame: pd.DataFrame, count: int) -> pd.DataFrame:
    """The `count` strongest reasons of each row of a typed `frame` (n rows, original names).

    Effects are in the unit of the prediction: change of the positive class's probability (binary), of the predicted
    class's probability (multiclass), or of the predicted number. Returns (n rows, 3 x count columns), same index.
    At most the 20 globally most important columns are tried: each costs a prediction of every row.
    """
    import numpy as np
    import pandas as pd

    columns = _ranked(predictor.schema, list(frame.columns))[:MOST_COLUMNS]
    base = predictor.score(frame)
    chosen = _chosen(predictor.schema, base)
    rows = np.arange(len(base))
    plain = frame.assign(**{c["name"]: _plain(c, frame[c["name"]]) for c in columns})
    effects = np.zeros((len(frame), len(columns)))
    # Several occlusions in one prediction: for a single row the fixed cost of a prediction is all there is.
    step = max(1, MOST_ROWS // len(frame))
    for first in range(0, len(columns), step):
        group = columns[first : first + step]
        changed = pd.concat([plain.assign(**{c["name"]: _reference(c, plain)}) for c in group], ignore_index=True)
        scores = predictor.score(changed).to_numpy().reshape(len(group), len(frame), -1)
        effects[:, first : first + step] = (base.to_numpy()[rows, chosen] - scores[:, rows, chosen]).T
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")
    made: dict[str, Any] = {}
    for number in range(count):
        parts = reason_names(number + 1)[-3:]
        if number >= len(columns):
            made |= dict.fromkeys(parts)
            continue
        picked = order[:, number]
        made[parts[0]] = [columns[i]["name"] for i in picked]
        made[parts[1]] = [frame[columns[i]["name"]].iat[row] for row, i in enumerate(picked)]
        made[parts[2]] = effects[np.arange(len(frame)), picked]
    return pd.DataFrame(made, index=frame.index, columns=reason_names(count))


def _ranked(schema: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Feature columns of the frame, globally most important first (schema["importance"], when it was measured)."""
    rank = {name: place for place, name in enumerate(schema.get("importance") or [])}
    return sorted(read_columns(schema, names), key=lambda column: rank.get(column["name"], len(rank)))


def _chosen(schema: dict[str, Any], base: pd.DataFrame) -> Any:
    """Column position, per row, of the number to explain."""
    import numpy as np

    if schema["problem_type"] == "binary" and schema.get("positive_class") is not None:
        return np.full(len(base), list(base.columns).index(str(schema["positive_class"])))
    return base.to_numpy().argmax(axis=1)


def _plain(column: dict[str, Any], series: pd.Series[Any]) -> pd.Series[Any]:
    """The column in a dtype that can hold its reference too, so that copies can be stacked."""
    if column["type"] == "datetime":
        return series.astype("datetime64[us]")
    return series.astype("float64" if column["type"] in ("number", "integer") else object)


def _reference(column: dict[str, Any], frame: pd.DataFrame) -> pd.Series[Any]:
    import pandas as pd

    value = column.get("reference")
    if column["type"] == "datetime":
        value = pd.Timestamp(value) if value else pd.NaT
    return pd.Series(value, index=frame.index, dtype=frame[column["name"]].dtype)
