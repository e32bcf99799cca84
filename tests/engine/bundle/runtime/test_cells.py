"""Typed values written as a file would hold them read back unchanged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from workers.engine.bundle.runtime.casting import MISSING, cast_table
from workers.engine.bundle.runtime.cells import raw_cells


def cast(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "missing": list(MISSING), **more}


@pytest.mark.parametrize(
    ("series", "how"),
    [
        (pd.Series([1.5, -0.1, None, 1e-9, 1e22, 3.0]), cast("number")),
        (pd.Series([1234.5, None]), cast("number", decimal=",", thousands=".")),
        (pd.Series([1, -7, 2**53 - 1]), cast("integer")),
        (pd.Series([True, None, False], dtype=object), cast("boolean")),
        (pd.Series(["=a", None, "ü;,\"'"], dtype=object), cast("category")),
        (pd.Series(pd.to_datetime(["2024-02-01", None])), cast("datetime", date_format="%d.%m.%Y")),
        (pd.Series(pd.to_datetime(["2024-02-01T10:11:12", None])), cast("datetime", date_format="iso")),
    ],
)
def test_round_trip(series: pd.Series[Any], how: dict[str, Any]) -> None:
    raw = pa.table({"x": pa.array(raw_cells(series, how), pa.string())})
    back, bad = cast_table(raw, [{"name": "x", "cast": how}])
    assert bad == []
    assert back["x"].isna().tolist() == series.isna().tolist()
    assert back["x"].dropna().tolist() == series.dropna().tolist()
