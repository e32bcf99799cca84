"""An import against polars and pandas on the same generated CSV, side by side in one run.

    python -m benchmarks.import_speed [--gb 1] [--rounds 2] [--file CSV] [--no-pandas]

Ours checks the structure, decides every type over all rows, writes Parquet and describes every column; polars streams the CSV into
Parquet and does nothing else; pandas reads and writes it. Each runs in a fresh process, the rounds take turns, and the best of
each counts. Not counted is the start of a process: ours has loaded pandas and Arrow by then, as the service's fork server has.
Bars: at most 2 times polars, at least 3 times faster than pandas, at most 1.5 GB of memory, the same at --gb 4.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.measuring import Measured, measured, peers
from benchmarks.mixed_csv import generate

OURS = """
import sys, time
from pathlib import Path
import pandas, pyarrow.parquet
from workers.engine.intake.importing import import_run
began = time.perf_counter()
import_run(Path(sys.argv[1]))
print(time.perf_counter() - began)
"""
POLARS = """
import sys, time
import polars
began = time.perf_counter()
polars.scan_csv(sys.argv[1]).sink_parquet(sys.argv[2])
print(time.perf_counter() - began)
"""
PANDAS = """
import sys, time
import pandas
began = time.perf_counter()
pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2])
print(time.perf_counter() - began)
"""


def ours(source: Path, folder: Path) -> Measured:
    """One import of ``source``, whose SHA-256 was taken while it was received, as the service does."""
    with tempfile.TemporaryDirectory(dir=folder) as job:
        (Path(job) / "upload.bin").hardlink_to(source)
        spec = {"verb": "import", "sources": [{"input": "upload.bin", "filename": source.name, "sha256": "0" * 64}], "answers": {}}
        (Path(job) / "spec.json").write_text(json.dumps(spec))
        return measured(OURS, job)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--file", type=Path, help="an existing CSV instead of a generated one")
    parser.add_argument("--no-pandas", action="store_true", help="leave out what holds the whole file in memory")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="import-speed-") as name:
        folder = Path(name)
        source = folder / "mixed.csv"
        if wanted.file:
            source = wanted.file
        else:
            generate(source, int(wanted.gb * 10**9))
        taken: dict[str, list[Measured]] = {"polars": [], "ours": [], "pandas": []}
        for _ in range(wanted.rounds):
            taken["polars"].append(measured(POLARS, str(source), str(folder / "out.parquet"), python=peers()))
            taken["ours"].append(ours(source, folder))
        if not wanted.no_pandas:
            taken["pandas"].append(measured(PANDAS, str(source), str(folder / "out.parquet"), python=peers()))
        best = {who: min(runs, key=lambda run: run.seconds) for who, runs in taken.items() if runs}
    for who, run in best.items():
        print(f"{who:<8}{run.seconds:>8.1f} s {run.peak_mb:>8.0f} MB   all rounds: {', '.join(f'{one.seconds:.1f}' for one in taken[who])}")
    print(f"ours / polars {best['ours'].seconds / best['polars'].seconds:.2f} (bar 2, goal 1.3)")
    if "pandas" in best:
        print(f"pandas / ours {best['pandas'].seconds / best['ours'].seconds:.2f} (bar 3, goal 5)")
    print(f"peak memory of ours {max(run.peak_mb for run in taken['ours']):.0f} MB (bar 1500)")


if __name__ == "__main__":
    main()
