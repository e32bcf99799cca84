"""How much memory the service holds when nobody uses it: `python -m benchmarks.idle_memory [PORT]`.

Starts ./bin/run on an empty data folder, waits until it is healthy and settled, and adds up its processes. RSS counts a page that
several processes share once for each of them; PSS divides it among them, so the PSS total is what the machine really gives away.
Bars: the portal at most 200 MB RSS, everything at most 1.2 GB PSS. Exits 1 when one is missed. Linux only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from automl_portal.processes.health import is_healthy

ROOT = Path(__file__).resolve().parents[1]
PORTAL_MB, TOTAL_MB = 200, 1200
START_S, SETTLE_S = 600, 30


def measure(pid: int) -> list[tuple[str, float, float]]:
    """(name, RSS in MB, PSS in MB) of the process and all below it."""
    parent = psutil.Process(pid)
    rows = []
    for process in (parent, *parent.children(recursive=True)):
        memory = process.memory_full_info()
        rows.append((name_of(process.cmdline()), memory.rss / 1024**2, memory.pss / 1024**2))
    return rows


def name_of(command: list[str]) -> str:
    """A word for a process, from its command line."""
    for mark, name in (("automl_portal.processes", "supervisor"), ("automl_portal.asgi", "portal"), ("workers.scorer", "scorer"),
                       ("workers.engine.forkserver", "forkserver"), ("tick", "tick"), ("valkey", "broker")):  # fmt: skip
        if any(mark in part for part in command):
            return name
    if "-Q" in command:
        return f"worker {command[command.index('-Q') + 1]}"
    return " ".join(command)[:40]


def main(port: int) -> int:
    """Print the table; 0 when both bars are met."""
    with tempfile.TemporaryDirectory(prefix="automl-idle-") as folder:
        env = {**os.environ, "PORT": str(port), "AUTOML_DATA_DIR": folder}
        service = subprocess.Popen(["./bin/run"], cwd=ROOT, env=env, start_new_session=True)
        try:
            end = time.monotonic() + START_S
            while not is_healthy(f"http://127.0.0.1:{port}", env):
                if service.poll() is not None or time.monotonic() > end:
                    print("The service did not become healthy.")
                    return 1
                time.sleep(1)
            time.sleep(SETTLE_S)
            rows = measure(service.pid)
        finally:
            os.killpg(service.pid, signal.SIGINT)
            service.wait(60)
    print(f"{'process':<16}{'RSS MB':>8}{'PSS MB':>8}")
    for name, rss, pss in sorted(rows, key=lambda row: -row[2]):
        print(f"{name:<16}{rss:>8.0f}{pss:>8.0f}")
    total_rss, total_pss = sum(row[1] for row in rows), sum(row[2] for row in rows)
    portal = next(rss for name, rss, _pss in rows if name == "portal")
    print(f"{'total':<16}{total_rss:>8.0f}{total_pss:>8.0f}")
    print(f"portal {portal:.0f} MB RSS (bar {PORTAL_MB}), everything {total_pss:.0f} MB PSS (bar {TOTAL_MB})")
    return 0 if portal <= PORTAL_MB and total_pss <= TOTAL_MB else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8099))
