"""What can be told of a child process from outside: the memory it uses, and what it wrote to its log."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil
from django.conf import settings

from automl_portal.jobs.services import Claim


def keep_log(claim: Claim, job_dir: Path) -> None:
    """The child's own output is for the operator, by job id."""
    source = job_dir / "engine.log"
    if source.exists() and source.stat().st_size:
        target = Path(settings.DATA_DIR) / "logs" / "engine" / f"{claim.job_id}-a{claim.attempt}.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def machine_memory_mb() -> float:
    return float(psutil.virtual_memory().total) / 1024**2


def memory_mb(leader: int) -> float:
    """Resident memory of a process group, MB; shared pages count once per process, so it errs on the safe side."""
    total = 0
    for process in psutil.process_iter(["pid", "memory_info"]):
        try:
            if os.getpgid(process.pid) == leader:
                total += process.info["memory_info"].rss
        except (ProcessLookupError, psutil.Error, TypeError, AttributeError):
            continue
    return total / 1024**2


def last_words(job_dir: Path) -> str:
    """The end of the child's own log, for the operator."""
    path = job_dir / "engine.log"
    return path.read_text(errors="replace")[-800:] if path.exists() else ""
