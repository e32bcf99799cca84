"""Whether the budget is a ceiling: seconds from claim to published on the real service, for tables and budgets of several sizes.

    python -m benchmarks.budget [--rows 1000 10000 100000] [--seconds 60 300 900] [--columns 20] [--neighbours 0]

Made data with a seed, sent to a service of its own: broker, workers and fork server as in production, so that signing and
publishing count. `--neighbours 2` lets so many other processes keep a core busy all the while. The bar per cell: published
within 1.05 x budget + 5 s.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from benchmarks.memory import made
from tests.stack import Stack

BUSY = "while True: pass"
TIMES, PLUS_S = 1.05, 5.0


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but compute."""
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def seconds_of(run: dict[str, Any]) -> float:
    """From the claim to the publication."""
    started, finished = (datetime.fromisoformat(run[key]) for key in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


def csv_of(rows: int, columns: int) -> bytes:
    buffer = io.BytesIO()
    made(rows, columns).to_csv(buffer, index=False, float_format="%.5g")
    return buffer.getvalue()


def cell(stack: Stack, dataset: dict[str, Any], rows: int, seconds: float) -> dict[str, Any]:
    """One run from order to result."""
    project = stack.project(dataset, "general/table", "label", settings={"time_limit": seconds})
    plan = stack.call("POST", f"/projects/{project['id']}/plan", {})
    run = stack.run_over(stack.start(project), 3 * seconds + 300)
    took, most = seconds_of(run), TIMES * seconds + PLUS_S
    met = run["status"] == "succeeded" and took <= most
    row = {
        "rows": rows,
        "budget_s": seconds,
        "status": run["status"],
        "published_s": round(took, 1),
        "ratio": round(took / seconds, 3),
        "met": met,
    }
    if run["status"] != "succeeded":
        return row | {"error": run["error"]}
    board = stack.call("GET", f"/runs/{run['id']}/leaderboard")
    expected = {name: [each[key] for key in ("low", "value", "high")] for name, each in plan["estimate"].items()}
    return row | {"model": run["deployed_model"], "models": len(board), "tested": sum(each["score_holdout"] is not None for each in board),
                  "partial": run["partial"], "roc_auc": run["holdout"].get("roc_auc"), "rows_used": run["rows"]["train"],
                  "warned": [warning["code"] for warning in run["warnings"]], "foreseen": expected}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=int, nargs="+", default=[60, 300, 900])
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--neighbours", type=int, default=0)
    wanted = parser.parse_args()
    results = []
    with Stack() as stack:
        for rows in wanted.rows:
            began = time.monotonic()
            dataset = stack.dataset(f"made{rows}.csv", csv_of(rows, wanted.columns), 900)
            print(f"{rows} rows imported in {time.monotonic() - began:.0f} s: {dataset.get('status')}", file=sys.stderr, flush=True)
            for seconds in wanted.seconds:
                with busy(wanted.neighbours):
                    results.append(cell(stack, dataset, rows, seconds))
                print(json.dumps(results[-1]), flush=True)
    met = sum(row["met"] for row in results)
    print(f"{met} of {len(results)} within {TIMES} x budget + {PLUS_S:g} s, {wanted.neighbours} busy neighbours")


if __name__ == "__main__":
    main()
