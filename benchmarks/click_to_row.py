"""Seconds from the click to the first leaderboard row, through the whole service, beside a bare AutoGluon script.

    python -m benchmarks.click_to_row CSV LABEL [--use-case general/table] [--runs 3]

Ours: from the request that starts the run to the answer that shows the first row (the baseline's), and to the one that shows a trained
model; real portal, broker, worker and engine. Theirs: from process start to the first model on disk, default preset. Bar: ratio <= 1.2.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.first_row import theirs
from tests.stack import Stack

ROW_S, CANCEL_S = 120, 30


def ours(stack: Stack, project: dict[str, Any]) -> tuple[float, float]:
    """Seconds until one row is shown, and until two are."""
    started = time.monotonic()
    run = stack.start(project, time_limit=120)

    def shown(rows: int) -> float:
        stack.wait(lambda: len(stack.call("GET", f"/runs/{run['id']}/leaderboard")) >= rows, ROW_S, every=0.05)
        return time.monotonic() - started

    first, trained = shown(1), shown(2)
    stack.call("POST", f"/runs/{run['id']}/cancel")
    stack.run_over(run, CANCEL_S)
    return first, trained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", type=Path)
    parser.add_argument("label")
    parser.add_argument("--use-case", default="general/table")
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    if not wanted.csv.exists():
        print(f"skipped: {wanted.csv} is not there")
        return
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        dataset = stack.dataset(wanted.csv.name, wanted.csv.read_bytes())
        project = stack.project(dataset, wanted.use_case, wanted.label)
        runs = [(*ours(stack, project), theirs(wanted.csv, wanted.label, Path(folder) / str(n))) for n in range(wanted.runs)]
    first, trained, peer = (statistics.median(side) for side in zip(*runs, strict=True))
    report = {
        "first_row_s": first,
        "first_trained_row_s": trained,
        "autogluon_s": peer,
        "ratio": first / peer,
        "ratio_trained": trained / peer,
    }
    print(json.dumps({name: round(value, 3) for name, value in report.items()}, indent=2))


if __name__ == "__main__":
    main()
