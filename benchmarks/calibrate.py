"""What each candidate costs, measured: processor seconds, memory and size of one fitted copy on tables of two sizes.

    python -m benchmarks.calibrate [--rows 1000 4000] [--columns 20] [--seconds 60] [--only GBM CAT]

    python -m benchmarks.calibrate --catalogue

Writes domains/planning/measured.json, which the plan and the page's preview both read. Processor time, not the clock: it is
nearly the same on a busy machine. A candidate that `--seconds` cut short is marked, and its figure is a lower bound.
`--catalogue` measures nothing: it writes down which candidates the portfolio holds (domains/planning/candidates.json).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.start_up import memory_mb
from workers.engine.launch import child_environment

TARGET = Path(__file__).resolve().parents[1] / "domains" / "planning" / "measured.json"
LABEL = "label"
FIELDS = ("name", "family", "weight", "minimum", "extra", "max_features", "problem_types", "needs_text")


def table(rows: int, columns: int) -> Any:
    """Numbers and, every fifth, a category; two classes that depend on some of them."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, columns))
    frame = pd.DataFrame(values, columns=[f"c{n:04d}" for n in range(columns)])
    for n in range(0, columns, 5):
        frame[f"c{n:04d}"] = rng.choice([f"value {k}" for k in range(8)], rows)
    score = values[:, 1] + values[:, 2] * values[:, 3] - 0.5 * values[:, 4] ** 2 + rng.normal(size=rows)
    return frame.assign(**{LABEL: np.where(score > 0, "1", "0")})


def measure(rows: int, columns: int, seconds: float, only: list[str]) -> list[dict[str, Any]]:
    """One row per promised candidate; runs in a process of its own."""
    from workers.engine.energy import Usage, cpu_seconds
    from workers.engine.evaluate.holdout import size_mb
    from workers.engine.preload import preload
    from workers.engine.problems.tabular import TabularSearch
    from workers.engine.search.candidate import BASELINE, SearchFacts
    from workers.engine.search.portfolio import portfolio
    from workers.engine.spec import FitSpec

    preload()
    spec = FitSpec(label=LABEL, problem_type="binary", cpu_count=2)
    frame = table(rows, columns)
    cut = rows * 4 // 5
    found = []
    with tempfile.TemporaryDirectory() as folder:
        search = TabularSearch(Path(folder) / "predictor", spec, folds=0, positive_class="1")
        search.start(BASELINE, frame[:cut], frame[cut:])
        queue = [c for c in portfolio(SearchFacts("binary", rows, columns)) if not c.extra and (not only or c.key in only)]
        for candidate in queue:
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
            before, used, cpu = memory_mb(os.getpid())["rss"], Usage(), cpu_seconds()
            names = search.add(candidate, seconds)
            row = {"name": candidate.name, "rows": cut, "columns": columns, "cpu_s": round(cpu_seconds() - cpu, 2)}
            row |= {"seconds": round(used.seconds(), 1), "cut": not names or used.seconds() > 0.8 * seconds}
            row |= {"peak_mb": max(0, round(_peak_mb() - before)), "size_mb": size_mb(Path(folder) / "predictor", names)}
            found.append(row)
            print(json.dumps(row), file=sys.stderr, flush=True)
    return found


def catalogue_write() -> None:
    """Every candidate that the portfolio has for any kind of table, in its order."""
    from domains.planning.catalogue import FILE
    from workers.engine.search.candidate import PROBLEM_TYPES, SearchFacts
    from workers.engine.search.portfolio import portfolio

    found: dict[str, dict[str, Any]] = {}
    for text in (("c0001",), ()):
        for kind in PROBLEM_TYPES:
            for candidate in portfolio(SearchFacts(kind, 1000, 20, text=text)):
                entry = {name: getattr(candidate, name) for name in FIELDS}
                found.setdefault(f"{candidate.key} {candidate.name} {candidate.params}", entry)
    rows = sorted(found.values(), key=lambda entry: entry["extra"])
    FILE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def _peak_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 4000])
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--catalogue", action="store_true", help="only write down what the portfolio holds")
    wanted = parser.parse_args()
    if wanted.catalogue:
        return catalogue_write()
    if wanted.child:
        print(json.dumps(measure(wanted.rows[0], wanted.columns, wanted.seconds, wanted.only)))
        return
    rows: list[dict[str, Any]] = []
    for count in wanted.rows:
        command = [sys.executable, "-m", "benchmarks.calibrate", "--child", "--rows", str(count), "--columns", str(wanted.columns)]
        command += ["--seconds", str(wanted.seconds), *(["--only", *wanted.only] if wanted.only else [])]
        done = subprocess.run(command, env=child_environment({}), stdout=subprocess.PIPE, text=True, check=True)
        rows += json.loads(done.stdout.splitlines()[-1])
    earlier = json.loads(TARGET.read_text()) if TARGET.exists() else []
    new = {(row["name"], row["rows"]) for row in rows}
    kept = [row for row in earlier if (row["name"], row["rows"]) not in new]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("[\n" + ",\n".join(json.dumps(row) for row in [*kept, *rows]) + "\n]\n")


if __name__ == "__main__":
    main()
