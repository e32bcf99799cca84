"""What a child process gives up before it touches a user's data. Linux; elsewhere a no-op."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT_MB = 300  # of the process that waits: its pages count once more for whoever adds up the group
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def confine(parent: int = 0) -> None:
    """Die with the parent (pid `parent`, 0 = whoever it is), be the first to go when memory
    runs out, and lose the network where the kernel allows it.
    """
    if sys.platform != "linux":
        return
    die_with_parent(parent)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("800")
    except OSError:
        pass
    if os.environ.get("AUTOML_CHILD_NETWORK") != "1":
        drop_network()


def die_with_parent(parent: int = 0) -> None:
    """SIGKILL for this process when the thread that started it ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent and os.getppid() != parent:  # it died before we asked to be told
        os._exit(1)


def drop_network() -> bool:
    """Move into an empty network namespace; returns whether the kernel let us."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        try:
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        except OSError:  # unmapped ids still reach the files they reached before
            pass
    return True


def limit_memory(megabytes: float, gpu_count: int = 0) -> None:
    """From here on an allocation beyond `megabytes` fails in this process, so that one model is lost and not the process.

    Private writable memory (RLIMIT_DATA), not address space: torch and OpenMP reserve far more addresses than they use. With a
    GPU nothing is limited, because CUDA maps the card's memory the same way. Linux; elsewhere a no-op.
    """
    if sys.platform == "linux" and not gpu_count:
        limit = int(max(PARENT_MB, megabytes - PARENT_MB) * 1024**2)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.getrlimit(resource.RLIMIT_DATA)[1]))
