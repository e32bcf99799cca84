"""Peak memory of whole fits on large tables: the process group, added up as the supervisor does.

    python -m benchmarks.memory [--sizes 100000x100 1000000x30] [--seconds 300] [--memory-mb 8192 16384]

Made data with a seed: four columns of five are numbers, the fifth a category with 30 values. The bars: 100,000 x 100 inside
8 GB, 1,000,000 x 30 inside 16 GB. The cap is enforced while it runs: over it the fit is killed and counts as failed.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.order import order_lay
from workers.engine.launch import Child, launch

EVERY_S = 0.2
CLASSES = ("0", "1")


def made(rows: int, columns: int, seed: int = 0) -> Any:
    """(rows, columns + label): the label depends on a handful of columns."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    data: dict[str, Any] = {f"x{n}": rng.normal(size=rows) for n in range(columns)}
    score = data["x1"] + data["x2"] * data["x3"] - 0.5 * data["x4"] ** 2 + rng.normal(size=rows)
    levels = np.array([f"level {k}" for k in range(30)])
    for n in range(0, columns, 5):
        data[f"x{n}"] = levels[rng.integers(0, len(levels), rows)]
    return pd.DataFrame({**data, "label": np.where(score > 0, *CLASSES[::-1])})


def group_mb(leader: int) -> float:
    """Resident megabytes of a process group; shared pages count once per process."""
    total = 0
    for process in psutil.process_iter(["memory_info"]):
        try:
            if os.getpgid(process.pid) == leader and process.info["memory_info"]:
                total += process.info["memory_info"].rss
        except (ProcessLookupError, psutil.Error):
            continue
    return total / 1024**2


def watched(child: Child, cap_mb: float, until: float) -> float:
    """The peak in megabytes. RuntimeError over the cap or the time."""
    peak = 0.0
    while child.poll() is None:
        peak = max(peak, group_mb(child.pid))
        if peak > cap_mb or time.monotonic() > until:
            child.kill()
            raise RuntimeError(f"killed at {peak:.0f} MB of {cap_mb:.0f}")
        time.sleep(EVERY_S)
    return peak


def one(rows: int, columns: int, seconds: float, memory_mb: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        job_dir = Path(folder)
        order_lay(job_dir, Path(), "label", seconds=seconds, frame=made(rows, columns), memory_limit_mb=memory_mb, positive_class="1")
        started = time.monotonic()
        child = launch("fit", job_dir)
        row: dict[str, Any] = {"rows": rows, "columns": columns, "cap_mb": memory_mb, "budget_s": seconds}
        try:
            row["peak_mb"] = round(watched(child, memory_mb, started + 1.5 * seconds + 60))
        except RuntimeError as error:
            return row | {"ok": False, "why": str(error)}
        row["seconds"] = round(time.monotonic() - started, 1)
        if child.poll() != 0:
            said = [job_dir / name for name in ("result.json", "engine.log")]
            return row | {"ok": False, "why": " ".join(path.read_text()[-500:] for path in said if path.exists())}
        result = json.loads((job_dir / "result.json").read_text())
        said = [warning["message"] % warning["params"] for warning in result["warnings"]]
        return row | {"ok": True, "model": result["deployed_model"], "trained": result["base_models"], "rows_used": result["rows"]["train"],
                      "roc_auc": result["holdout"].get("roc_auc"), "said": said}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["100000x100", "1000000x30"])
    parser.add_argument("--seconds", type=float, nargs="+", default=[300, 900])
    parser.add_argument("--memory-mb", type=int, nargs="+", default=[8192, 16384])
    wanted = parser.parse_args()
    good = True
    for size, seconds, memory_mb in zip(wanted.sizes, wanted.seconds, wanted.memory_mb, strict=True):
        rows, columns = map(int, size.split("x"))
        row = one(rows, columns, seconds, memory_mb)
        good = good and row["ok"]
        print(json.dumps(row), flush=True)
    print("bar met" if good else "BAR NOT MET")


if __name__ == "__main__":
    main()
