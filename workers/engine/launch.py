"""Start an engine process: from the fork server when there is one, else as a plain subprocess."""

from __future__ import annotations

import json
import os
import select
import signal
import socket as sockets
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol

from workers.engine.preload import ENVIRONMENT

# A child sees these names of our environment and nothing else: no database, broker or key.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH",
             "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "AUTOML_CHILD_NETWORK", "AUTOML_WEIGHTS_DIR",
             "AUTOML_TEXT_ENCODER")  # fmt: skip
FIXED = {
    **ENVIRONMENT,
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
    "PYTHONHASHSEED": "0",
}
ROOT = Path(__file__).resolve().parents[2]
CONNECT_TIMEOUT_S = 10.0
REAP_TIMEOUT_S = 5.0


class Child(Protocol):
    """A started engine process, leader of a process group of its own."""

    pid: int

    def poll(self) -> int | None:
        """None while it runs; then the exit code, negative for a signal."""

    def kill(self) -> None:
        """SIGKILL for the whole group."""

    def terminate(self) -> None:
        """SIGTERM for the process: it stops by itself and exits with 3."""


def launch(verb: str, job_dir: Path, *, env: dict[str, str] | None = None, socket: Path | None = None) -> Child:
    """Start `verb` on `job_dir`; its output goes to job_dir/engine.log.

    `env` adds to the child's environment. `socket` is the fork server's; when nobody answers
    there, a plain subprocess does the work.
    """
    environment = child_environment(env or {})
    if socket is not None:
        try:
            return ForkedChild(verb, job_dir, environment, socket)
        except (OSError, ValueError):
            pass
    return PlainChild(verb, job_dir, environment)


def child_environment(extra: dict[str, str]) -> dict[str, str]:
    """The whole environment of a child."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    threads = str(max(1, os.cpu_count() or 1))
    return {**kept, "OMP_NUM_THREADS": threads, **FIXED, **extra}


class PlainChild:
    """The engine as `python -m workers.engine`: starts anywhere, pays the imports every time."""

    def __init__(self, verb: str, job_dir: Path, env: dict[str, str]) -> None:
        with open(job_dir / "engine.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workers.engine", verb, str(job_dir)],
                cwd=ROOT,
                env={**env, "AUTOML_PARENT_PID": str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        _signal_group(self.pid)
        try:
            self._process.wait(timeout=REAP_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # stuck in the kernel; the signal is on its way
            pass

    def terminate(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()


class ForkedChild:
    """A fork of the server that has imported the libraries already.

    The open connection is the child's life line: when this process ends, the server sees it
    close and kills the child's group.
    """

    def __init__(self, verb: str, job_dir: Path, env: dict[str, str], socket: Path) -> None:
        self._code: int | None = None
        self._buffer = b""
        self._connection = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        try:
            self._connection.settimeout(CONNECT_TIMEOUT_S)
            self._connection.connect(str(socket))
            request = {"verb": verb, "job_dir": str(job_dir), "env": env}
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            self.pid = int(self._read_line()["pid"])
        except (OSError, ValueError, KeyError) as error:
            self._connection.close()
            raise OSError(f"no child from the fork server: {error}") from error
        self._connection.setblocking(False)

    def _read_line(self) -> dict[str, int]:
        """The next answer. Raises BlockingIOError when none is there yet, OSError at the end."""
        while b"\n" not in self._buffer:
            data = self._connection.recv(4096)
            if not data:
                raise OSError("the fork server closed the connection")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        answer: dict[str, int] = json.loads(line)
        return answer

    def poll(self) -> int | None:
        if self._code is None:
            try:
                self._code = self._read_line()["exit"]
            except BlockingIOError:
                return None
            except OSError:  # the server died, and its children with it
                self._code = -signal.SIGKILL
            self._connection.close()
        return self._code

    def kill(self) -> None:
        if self.poll() is not None:
            return
        _signal_group(self.pid)
        until = time.monotonic() + REAP_TIMEOUT_S
        while self.poll() is None and (left := until - time.monotonic()) > 0:
            select.select([self._connection], [], [], left)

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def _signal_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
