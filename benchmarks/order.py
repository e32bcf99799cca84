"""Lay out a fit order from a CSV as the intake types it simply: enough for benchmarks."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd


def order_lay(
    job_dir: Path,
    csv: Path,
    label: str,
    *,
    seconds: float,
    seed: int = 0,
    frame: pd.DataFrame | None = None,
    text: Sequence[str] = (),
    **changes: Any,
) -> None:
    """Write data.parquet, report.json and spec.json for a binary label; the deadline starts now."""
    job_dir.mkdir(parents=True, exist_ok=True)
    table = pd.read_csv(csv) if frame is None else frame
    table.to_parquet(job_dir / "data.parquet", index=False)
    columns = []
    for number, name in enumerate(table.columns, start=1):
        series = table[name]
        kind = (
            "text"
            if name in text
            else "integer"
            if pd.api.types.is_integer_dtype(series)
            else "number"
            if pd.api.types.is_numeric_dtype(series)
            else "category"
        )
        columns.append(
            {
                "name": name,
                "id": f"c{number:04d}",
                "type": kind,
                "missing": int(series.isna().sum()),
                "unique": int(series.nunique()),
                "cast": {"type": kind, "decimal": "."},
            }
        )
    (job_dir / "report.json").write_text(json.dumps({"rows": len(table), "columns": columns}))
    order = {
        "verb": "fit",
        "label": label,
        "problem_type": "binary",
        "settings": {"time_limit": seconds, "seed": seed},
        "deadline": time.time() + seconds,
        "cpu_count": os.cpu_count() or 1,
        **changes,
    }
    (job_dir / "spec.json").write_text(json.dumps(order))
