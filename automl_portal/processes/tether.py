"""Ties children to their parent, so that nothing outlives the service, not even after kill -9 of the supervisor."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Collection

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None


def tie_to(parent_pid: int) -> None:
    """Called in the child between fork and exec: the kernel kills it when its parent ends."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # the parent ended before the call above
        os._exit(1)


def adopt_orphans() -> None:
    """Make this process the new parent of grandchildren that lose theirs, so that a stop can find them."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(own: Collection[int]) -> None:
    """Collect ended processes that were adopted; those in `own` are left to whoever started them."""
    if not LINUX:
        return
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in own:
            return
        os.waitpid(ended.si_pid, os.WNOHANG)
