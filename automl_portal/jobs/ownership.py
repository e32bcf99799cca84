"""Names the process that holds a lease, so that a sibling on the same machine can tell at once when it died.

A lease alone frees a dead worker's job after 90 s; on the same machine the process table tells sooner.
"""

from __future__ import annotations

import os
import socket
import uuid

import psutil

SEPARATOR = "|"


def machine() -> str:
    """This machine as far as process ids go: host name and process-id namespace."""
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = "pid"
    return f"{socket.gethostname()}{SEPARATOR}{namespace}"


def owner_name(pid: int | None = None) -> str:
    """A name for one claim by this process, or by the one with this id. Raises psutil.NoSuchProcess."""
    process = psutil.Process(pid)
    return SEPARATOR.join([machine(), str(process.pid), f"{process.create_time():.2f}", uuid.uuid4().hex[:8]])


def dead_owners(owners: list[str]) -> list[str]:
    """Those owners that ran on this machine and no longer do. An owner of another machine is never called dead."""
    return [owner for owner in owners if owner.startswith(machine() + SEPARATOR) and not is_alive(owner)]


def is_alive(owner: str) -> bool:
    try:
        _host, _namespace, pid, started, _claim = owner.split(SEPARATOR)
        return bool(abs(psutil.Process(int(pid)).create_time() - float(started)) < 1)
    except psutil.NoSuchProcess:
        return False
    except (ValueError, psutil.Error):
        return True
