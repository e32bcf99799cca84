"""Job directories for engine tests: a small seeded table, its report and its order."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workers.engine.launch import Child, launch


def table(rows: int = 300, kind: str = "binary", seed: int = 0) -> pd.DataFrame:
    """Numbers with gaps, categories, a date, and a label that depends on them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "row id": np.arange(rows),
            "amount": rng.lognormal(3, 1, rows).round(2),
            "age": rng.integers(18, 80, rows),
            "purpose": rng.choice(["car", 'house, "big"', "école"], rows),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), unit="D"),
            "sex": rng.choice(["f", "m"], rows),
        }
    )
    score = np.log(frame.amount) - 3 + (frame.purpose == "car") + rng.normal(0, 0.7, rows)
    frame.loc[rng.random(rows) < 0.1, "amount"] = np.nan
    if kind == "binary":
        frame["outcome"] = np.where(score > 0.5, 1, 0)
    elif kind == "multiclass":
        frame["outcome"] = np.array(["low", "mid", "high"])[np.digitize(score, [-0.3, 0.8])]
        frame.loc[:2, "outcome"] = "once"
    else:
        frame["outcome"] = score * 10
    return frame


def report(frame: pd.DataFrame) -> dict[str, Any]:
    """The part of report.json a fit reads."""
    columns = []
    for number, name in enumerate(frame.columns, start=1):
        series = frame[name]
        kind = "category"
        cast: dict[str, Any] = {"decimal": "."}
        if pd.api.types.is_integer_dtype(series):
            kind = "integer"
        elif pd.api.types.is_numeric_dtype(series):
            kind = "number"
        elif pd.api.types.is_datetime64_any_dtype(series):
            kind, cast = "datetime", {"date_format": "iso"}
        entry = {"name": name, "id": f"c{number:04d}", "type": kind, "missing": int(series.isna().sum())}
        columns.append({**entry, "unique": int(series.nunique()), "cast": {"type": kind, **cast}})
    return {"rows": len(frame), "columns": columns}


def make_job(job_dir: Path, frame: pd.DataFrame, problem_type: str, seconds: float, **changes: Any) -> Path:
    """Lay out `job_dir` for the verb fit; `changes` go into the order, `settings` into its settings."""
    job_dir.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(job_dir / "data.parquet", index=False)
    (job_dir / "report.json").write_text(json.dumps(report(frame)))
    settings = {"time_limit": seconds, "seed": 0, **changes.pop("settings", {})}
    order = {
        "verb": "fit",
        "job": "test",
        "use_case": "general/table",
        "label": "outcome",
        "problem_type": problem_type,
        "positive_class": "1" if problem_type == "binary" else None,
        "roles": {"id": ["row id"], "sensitive": ["sex"]},
        "deadline": time.time() + seconds,
        "cpu_count": 2,
        "memory_limit_mb": 6000,
        **changes,
        "settings": settings,
    }
    (job_dir / "spec.json").write_text(json.dumps(order))
    return job_dir


def wait(child: Child, seconds: float) -> int:
    """The exit code; kills the child and fails when it takes longer."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        code = child.poll()
        if code is not None:
            return code
        time.sleep(0.05)
    child.kill()
    raise AssertionError(f"still running after {seconds} s")


def run_fit(job_dir: Path, seconds: float = 150) -> dict[str, Any]:
    """Run to the end; result.json with "code", the exit code."""
    code = wait(launch("fit", job_dir), seconds)
    path = job_dir / "result.json"
    assert path.exists(), (job_dir / "engine.log").read_text()[-3000:]
    result: dict[str, Any] = json.loads(path.read_text())
    return result | {"code": code}


def events(job_dir: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (job_dir / "events.jsonl").read_text().splitlines()]
