"""Ours against AutoGluon medium and best, FLAML and mljar: same rows, same seconds of search, two cores, one at a time.

    python -m benchmarks.quality DATA [--seconds 60 300] [--seeds 0 1 2] [--sets NAME ...] [--systems NAME ...] [--out FOLDER]

Every finished run is a line of FOLDER/quality.csv and is not run again: stop and continue as you like.
The table at the end counts losses too. Without --systems all five run; `--table` only prints.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.quality_sets import METRICS, SETS, QualitySet, score, split_write
from benchmarks.quality_table import table_print

PEERS = Path(__file__).parent / "peers"
SYSTEMS = {
    "ours": ("ours_fit", None),
    "autogluon_medium": ("autogluon_fit", None),
    "autogluon_best": ("autogluon_fit", None),
    "flaml": ("flaml_fit", "flaml"),
    "mljar": ("mljar_fit", "mljar"),
}
PRESETS = {"autogluon_medium": "medium_quality", "autogluon_best": "best_quality"}
FIELDS = ("set", "seed", "seconds", "system", "metric", "score", "search_s", "load", "error")
HARD_S = 120.0  # beyond the seconds it was given; then it has failed


def python_of(venv: str | None) -> str:
    """The Python of a peer's own venv. Ends the run with the way to make it where it is not there."""
    if venv is None:
        return sys.executable
    python = PEERS / venv / ".venv" / "bin" / "python"
    if not python.exists():
        folder = python.parents[2]
        sys.exit(f"First: python3.11 -m venv {folder}/.venv && {folder}/.venv/bin/pip install -r {folder}/requirements.txt")
    return str(python)


def one(table: QualitySet, split: Path, out: Path, system: str, seed: int, seconds: float) -> dict[str, Any]:
    """Run one system on one split; its line of the CSV."""
    script, venv = SYSTEMS[system]
    row = {"set": table.name, "seed": seed, "seconds": int(seconds), "system": system, "metric": METRICS[table.problem_type]}
    row["load"] = round(os.getloadavg()[0], 1)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [python_of(venv), "-m", f"benchmarks.peers.{script}", str(split), str(seconds), str(out), PRESETS.get(system, "")]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    with (out / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            process.wait(seconds + HARD_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if not (out / "took.json").exists():
        return row | {"error": (out / "log").read_text()[-300:].replace("\n", " ")}
    took = float((out / "took.json").read_text().split(":")[1].strip(" }"))
    return row | {"score": round(score(table, split, out / "predictions.parquet"), 6), "search_s": took}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, nargs="+", default=[60, 300])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--sets", nargs="+", default=[table.name for table in SETS])
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), choices=list(SYSTEMS))
    parser.add_argument("--out", type=Path, default=Path("var/quality"))
    parser.add_argument("--table", action="store_true")
    wanted = parser.parse_args()
    if not wanted.data.exists():
        print(f"skipped: {wanted.data} is not there")
        return
    results = wanted.out / "quality.csv"
    if not wanted.table:
        run_all(wanted, results)
    table_print(results)


def run_all(wanted: argparse.Namespace, results: Path) -> None:
    wanted.out.mkdir(parents=True, exist_ok=True)
    if not results.exists():
        results.write_text(",".join(FIELDS) + "\n")
    with results.open(newline="") as lines:
        # What failed is tried again: on a busy machine a peer may fail for want of time.
        done = {(row["set"], int(row["seed"]), int(row["seconds"]), row["system"]) for row in csv.DictReader(lines) if not row["error"]}
    for table in (table for table in SETS if table.name in wanted.sets):
        for seed in wanted.seeds:
            split = wanted.out / "splits" / f"{table.name}-{seed}"
            split_write(table, wanted.data, split, seed)
            for seconds in wanted.seconds:
                for system in wanted.systems:
                    if (table.name, seed, int(seconds), system) in done:
                        continue
                    row = one(table, split, wanted.out / "work" / system, system, seed, seconds)
                    with results.open("a", newline="") as lines:
                        csv.DictWriter(lines, FIELDS).writerow(row)
                    print(row, flush=True)


if __name__ == "__main__":
    main()
