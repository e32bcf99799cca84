"""Seconds to the first model: ours through the fork server, and a bare AutoGluon script beside it.

    python -m benchmarks.first_row CSV LABEL [--runs 3]

Ours: from the order to the first leaderboard row in events.jsonl (the engine's part of "click to
first row"; it is the baseline's), and to the first trained model's. Theirs: from process start to
the first model on disk, with AutoGluon's default preset.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.order import order_lay
from benchmarks.start_up import serve
from workers.engine.launch import launch

BARE = """
import sys
import pandas as pd
from autogluon.tabular import TabularPredictor
frame = pd.read_csv(sys.argv[1])
TabularPredictor(sys.argv[2], path=sys.argv[3], verbosity=0).fit(frame, time_limit=120)
"""


def ours(csv: Path, label: str, job_dir: Path, socket: Path) -> tuple[float, float]:
    """Seconds until the first row, and until the second: the first after the baseline."""
    order_lay(job_dir, csv, label, seconds=120)
    started = time.time()
    child = launch("fit", job_dir, env={"OMP_NUM_THREADS": str(os.cpu_count())}, socket=socket)
    try:
        while True:
            path = job_dir / "events.jsonl"
            lines = path.read_text().splitlines() if path.exists() else []
            rows = [event["t"] - started for event in map(json.loads, lines) if event["type"] == "model"]
            if len(rows) > 1:
                return rows[0], rows[1]
            if child.poll() is not None:
                raise RuntimeError((job_dir / "engine.log").read_text()[-2000:])
            time.sleep(0.02)
    finally:
        child.kill()


def theirs(csv: Path, label: str, folder: Path) -> float:
    """Until the first model's file exists."""
    started = time.time()
    process = subprocess.Popen([sys.executable, "-c", BARE, str(csv), label, str(folder)], start_new_session=True)
    try:
        while not list(folder.glob("models/*/model.pkl")):
            if process.poll() is not None:
                raise RuntimeError("the bare script ended without a model")
            time.sleep(0.02)
        return time.time() - started
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", type=Path)
    parser.add_argument("label")
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    if not wanted.csv.exists():
        print(f"skipped: {wanted.csv} is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        server = serve(root / "s")
        try:
            runs = [
                (*ours(wanted.csv, wanted.label, root / f"ours{n}", root / "s"), theirs(wanted.csv, wanted.label, root / f"theirs{n}"))
                for n in range(wanted.runs)
            ]
        finally:
            server.terminate()
            server.wait(10)
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
