"""Run a function in a fork of this process that can be killed whatever it is doing."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from workers.engine.confine import die_with_parent
from workers.engine.events import Refused, check_canceled, read_json, write_json

POLL_S = 0.1
TICK_S = 1.0
REFUSED = 2


class Killed(Exception):
    """The function had not come back by the time it had to."""


class Died(Exception):
    """The function's process ended without finishing: an error in it, or out of memory."""


def run_forked(
    function: Callable[[], None],
    job_dir: Path,
    *,
    kill_at: Callable[[], float],
    on_tick: Callable[[], None],
    check: Callable[[], None] | None = None,
) -> None:
    """Wait for `function` until unix time `kill_at()` (asked anew at every poll).

    This process must not have computed anything before: a fork after a native thread pool has
    run hangs. `on_tick` is called about every second, `check` (check_canceled when left out) at
    every poll; what it raises ends the function. Raises Killed, Died (a traceback, if any, is on
    standard error), Canceled, Paused, and the Refused that the function raised.
    """
    refusal = job_dir / "refused.json"
    refusal.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _child(function, refusal, parent)
    try:
        code = _wait(pid, check or (lambda: check_canceled(job_dir)), kill_at, on_tick)
    except BaseException:
        _kill(pid)
        raise
    if code == REFUSED and refusal.exists():
        raise Refused(**read_json(refusal))
    if code != 0:
        raise Died(f"exit code {code}")


def _child(function: Callable[[], None], refusal: Path, parent: int) -> None:
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent(parent)
        function()
        code = 0
    except Refused as error:
        write_json(refusal, error.as_error())
        code = REFUSED
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(pid: int, check: Callable[[], None], kill_at: Callable[[], float], on_tick: Callable[[], None]) -> int:
    next_tick = 0.0
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        check()
        now = time.time()
        if now > kill_at():
            raise Killed
        if now >= next_tick:
            on_tick()
            next_tick = now + TICK_S
        time.sleep(POLL_S)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
