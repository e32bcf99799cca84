"""A piece of Python in a fresh process: seconds, and the peak memory of it and all its children."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY_S = 0.05


@dataclass(frozen=True)
class Measured:
    """What a process took: wall clock of its work, the largest resident memory seen, and what it printed last."""

    seconds: float
    peak_mb: float
    said: str


def peers() -> str:
    """The Python of the peers' own venv. Ends the run with the way to make it where it is not there."""
    folder = Path(__file__).parent / "peers"
    python = folder / ".venv" / "bin" / "python"
    if not python.exists():
        sys.exit(f"First: python3 -m venv {folder}/.venv && {folder}/.venv/bin/pip install -r {folder}/requirements.txt")
    return str(python)


def measured(code: str, *arguments: str, python: str = sys.executable) -> Measured:
    """Run ``code``, which must print the seconds of its work as its last word, without the time to start. RuntimeError when it fails."""
    process = subprocess.Popen([python, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(EVERY_S)
    out, error = process.communicate()
    if process.returncode:
        raise RuntimeError(error[-2000:])
    return Measured(float(out.split()[-1]), peak / 1024**2, out)


def _resident(pid: int) -> int:
    try:
        parent = psutil.Process(pid)
        return sum(process.memory_info().rss for process in (parent, *parent.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0
