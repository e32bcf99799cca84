"""How a column's values are spread: counted in training, stored with the schema, and counted again in every scored file.

A spread is plain JSON. Of every feature {"rows", "missing"}; of numbers also {"edges", "counts", "quartiles"}, where
``counts[i]`` values lie above ``edges[i-1]`` and not above ``edges[i]``; of categories and booleans {"values", "counts"}, whose
last count is that of all other values. Dates are not counted: those of a new file are later, as they should be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

NUMERIC = ("number", "integer")
WORDS = ("category", "boolean")
DIGITS = 4  # an edge is not a value of anybody's row
MOST_VALUES = 20
# Categories below this share, or with fewer rows, are counted together: the most frequent of many rare ones are so by chance.
RARE, FEW = 0.01, 20


def spread_of(series: pd.Series[Any], kind: str) -> dict[str, Any]:
    """The spread of a training column (n,) of the schema's type ``kind``."""
    found: dict[str, Any] = {"rows": len(series), "missing": int(series.isna().sum())}
    if kind in NUMERIC:
        values = numbers(series)
        if values.size:
            tenths = np.quantile(values, np.linspace(0.1, 0.9, 9))
            found["edges"] = sorted({_rounded(value) for value in tenths})
            found["quartiles"] = [_rounded(value) for value in np.quantile(values, [0.25, 0.5, 0.75])]
    elif kind in WORDS:
        counts = words(series)
        least = max(FEW, RARE * sum(counts.values()))
        found["values"] = [value for value, count in counts.most_common(MOST_VALUES) if count >= least]
    return found | {"counts": counted(series, found, kind).tolist()} if {"edges", "values"} & found.keys() else found


def counted(series: pd.Series[Any], spread: Mapping[str, Any], kind: str) -> npt.NDArray[np.int64]:
    """How many values of a column (n,) fall into each place of ``spread``; missing ones into none."""
    if kind in NUMERIC:
        places = np.searchsorted(spread["edges"], numbers(series), side="left")
        return np.bincount(places, minlength=len(spread["edges"]) + 1).astype(np.int64)
    found = words(series)
    named = [found[value] for value in spread["values"]]
    return np.asarray([*named, sum(found.values()) - sum(named)], dtype=np.int64)


def numbers(series: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """The finite values of a numeric column."""
    import pandas as pd

    values: npt.NDArray[np.float64] = pd.to_numeric(series, errors="coerce").to_numpy("float64", na_value=np.nan)
    finite: npt.NDArray[np.float64] = values[np.isfinite(values)]
    return finite


def words(series: pd.Series[Any]) -> Counter[str]:
    """How often each value of a column of categories or booleans occurs, as text."""
    found: Counter[str] = Counter()
    for value, count in series.value_counts().items():
        found[str(value).lower() if isinstance(value, (bool, np.bool_)) else str(value)] += int(count)
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
