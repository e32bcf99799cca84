"""One child of the supervisor: start, read, restart with back-off, stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from automl_portal.processes.logs import ProcessLog
from automl_portal.processes.tether import tie_to

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
BELIEVED_S = 3.0
STEADY_S = 60.0  # after this long the next end counts as the first again


@dataclass(frozen=True)
class Spec:
    """How to start one process. A higher stage is stopped earlier; `grace_s` is how long it may take to end by itself.

    `socket` is the Unix socket that it listens on once it is ready, for those that have one.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    stage: int = 2
    grace_s: float = 10.0
    socket: Path | None = None


class Child:
    """The running (or waiting to run again) process of a Spec, leader of a session of its own."""

    def __init__(self, spec: Spec, log: ProcessLog) -> None:
        self.spec = spec
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self.started = 0.0
        self.start_at = 0.0  # monotonic seconds

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process else None

    def start(self) -> int:
        """Start the process and give back the file descriptor of its output. Raises OSError when it cannot be started."""
        parent = os.getpid()
        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops the others in order.
        # preexec_fn is safe here because the supervisor has one thread.
        self.process = subprocess.Popen(
            self.spec.argv,
            env=dict(self.spec.env),
            cwd=self.spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
            preexec_fn=lambda: tie_to(parent),
        )
        self.started = time.monotonic()
        assert self.process.stdout is not None
        output = self.process.stdout.fileno()
        os.set_blocking(output, False)
        return output

    def pump(self) -> bool:
        """Move what the process has written to its log. False when it has closed its output."""
        if self.process is None or self.process.stdout is None:
            return False
        while True:
            try:
                data = os.read(self.process.stdout.fileno(), 65536)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.log.feed(data)

    def ended(self) -> int | None:
        """The exit code once the process has ended (negative for a signal), and then the child counts as not running."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self.pump()
        kill_group(self.process.pid)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def delay(self) -> float:
        """Seconds to wait before the next start; doubles with each early end."""
        steady = time.monotonic() - self.started > STEADY_S
        self.failures = 1 if steady else self.failures + 1
        wait: float = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (self.failures - 1))
        self.start_at = time.monotonic() + wait
        return wait

    def ready(self) -> bool:
        """True when the process accepts connections on its socket; without one, when it has run long enough to be believed."""
        if self.process is None or self.process.poll() is not None:
            return False
        if self.spec.socket is None:
            return time.monotonic() - self.started > BELIEVED_S
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            return probe.connect_ex(str(self.spec.socket)) == 0

    def terminate(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and its group at once."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()


def kill_group(pid: int) -> None:
    """SIGKILL for what is left of the group that `pid` leads."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # nothing is left
