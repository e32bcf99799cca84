"""Plain subprocess against fork server: seconds from asking for an engine child to its work beginning.

    python -m benchmarks.start_up [--plain 5] [--forked 20] [--soak 200]

Each child fits three boosting rounds with OpenMP and multiplies a torch matrix, because a fork that
was not clean hangs there. `--soak` starts that many children one after the other, four at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workers.engine.launch import Child, launch

TIMEOUT_S = 120.0
AT_ONCE = 4


def child_ready(job_dir: Path, socket: Path | None) -> tuple[float, float]:
    """Seconds until the child has its libraries, and until it ended well. Raises RuntimeError."""
    child, asked = start(job_dir, socket)
    finish(child, job_dir)
    return float((job_dir / "ready").read_text()) - asked, time.time() - asked


def start(job_dir: Path, socket: Path | None) -> tuple[Child, float]:
    job_dir.mkdir(parents=True)
    (job_dir / "spec.json").write_text(json.dumps({"verb": "fit"}))
    asked = time.time()
    return launch("probe", job_dir, env={"OMP_NUM_THREADS": "2"}, socket=socket), asked


def finish(child: Child, job_dir: Path) -> None:
    ends_at = time.monotonic() + TIMEOUT_S
    while child.poll() is None:
        if time.monotonic() > ends_at:
            child.kill()
            raise RuntimeError(f"hung: {job_dir}")
        time.sleep(0.005)
    if child.poll() != 0:
        raise RuntimeError((job_dir / "engine.log").read_text()[-2000:])


def serve(socket: Path) -> subprocess.Popen[bytes]:
    server = subprocess.Popen([sys.executable, "-m", "workers.engine.forkserver", str(socket)])
    while not socket.exists():
        if server.poll() is not None:
            raise RuntimeError("the fork server ended")
        time.sleep(0.05)
    return server


def memory_mb(pid: int) -> dict[str, float]:
    """Resident and proportional megabytes of a process (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    values = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
    return {"rss": round(values["Rss"]), "pss": round(values["Pss"])}


def soak(folder: Path, socket: Path, count: int) -> float:
    """Start `count` children, AT_ONCE at a time; seconds. Raises RuntimeError at the first that hangs."""
    started, running = time.monotonic(), []
    for number in range(count):
        running.append((start(folder / str(number), socket)[0], folder / str(number)))
        if len(running) == AT_ONCE:
            finish(*running.pop(0))
    for child, job_dir in running:
        finish(child, job_dir)
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("plain", 5), ("forked", 20), ("soak", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, socket = Path(folder), Path(folder) / "s"
        plain = [child_ready(root / f"plain{n}", None) for n in range(wanted.plain)]
        server = serve(socket)
        try:
            forked = [child_ready(root / f"forked{n}", socket) for n in range(wanted.forked)]
            seconds = soak(root / "soak", socket, wanted.soak)
            report = {
                "plain_ready_s": round(statistics.median(ready for ready, _ in plain), 2),
                "plain_done_s": round(statistics.median(done for _, done in plain), 2),
                "forked_ready_s": round(statistics.median(ready for ready, _ in forked), 3),
                "forked_done_s": round(statistics.median(done for _, done in forked), 2),
                "soak": f"{wanted.soak} of {wanted.soak} in {seconds:.0f} s",
                "server_threads": len(os.listdir(f"/proc/{server.pid}/task")),
                "server_memory_mb": memory_mb(server.pid),
            }
            print(json.dumps(report, indent=2))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


if __name__ == "__main__":
    main()
