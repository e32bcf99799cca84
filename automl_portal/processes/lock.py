"""One service per data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from automl_portal.processes.config import StartError


def lock(path: Path) -> IO[str]:
    """Take the lock file and write our process id into it; it is free again when the file is closed or this process ends.

    Raises StartError when another supervisor holds it. The kernel keeps the lock, so a stale file never blocks a start.
    """
    file = open(path, "a+", encoding="ascii")  # noqa: SIM115 - it stays open as long as the service runs
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise StartError(
            f"The service is already running on {path.parent.parent} (process {holder}). "
            "Stop it first, or give this one a folder and a port of its own: AUTOML_DATA_DIR=… PORT=… ./bin/run"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
