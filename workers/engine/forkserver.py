"""A process that has imported the libraries and forks one engine child per request.

`python -m workers.engine.forkserver SOCKET`. It imports and does nothing else: no array is
computed and no thread is started before a fork, because a fork after OpenMP or torch has run
hangs. benchmarks/start_up.py measures it against a plain subprocess and soaks it.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

from workers.engine.preload import ENVIRONMENT, preload, thread_count

# No GPU: CUDA survives no fork. A fit with one is started as a process of its own.
SERVER_ENV = {**ENVIRONMENT, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
MAX_REQUEST_BYTES = 1 << 20


class Server:
    """Accepts requests on a unix socket; one connection is one child."""

    def __init__(self, path: Path) -> None:
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        self.listener.bind(str(path))
        os.chmod(path, 0o600)
        self.listener.listen(64)
        self.listener.setblocking(False)
        self.requests: dict[socket.socket, bytes] = {}
        self.children: dict[int, socket.socket] = {}
        self.stopping = False

    def serve(self) -> None:
        """Until SIGTERM or SIGINT. Wakes at once for a request or the end of a child."""
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        # A handler has to exist for the number to reach the wake-up socket.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: setattr(self, "stopping", True))
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        self.selector.register(reader, selectors.EVENT_READ)
        self.selector.register(self.listener, selectors.EVENT_READ)
        while not self.stopping:
            for key, _ in self.selector.select(timeout=5.0):
                if key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj is reader:
                    reader.recv(4096)
                elif isinstance(key.fileobj, socket.socket):
                    self._read(key.fileobj)
            self._reap()
        for pid in list(self.children):
            _kill_group(pid)

    def _accept(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        self.requests[connection] = b""
        self.selector.register(connection, selectors.EVENT_READ)

    def _read(self, connection: socket.socket) -> None:
        """Collect a request; an end of file before the child's end means nobody waits for it."""
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(connection)
            return
        self.requests[connection] = self.requests.get(connection, b"") + data
        if len(self.requests[connection]) > MAX_REQUEST_BYTES:
            self._drop(connection)
        elif self.requests[connection].endswith(b"\n"):
            self._start(connection)

    def _start(self, connection: socket.socket) -> None:
        try:
            request = json.loads(self.requests.pop(connection))
            job_dir = Path(request["job_dir"])
            verb, env = str(request["verb"]), dict(request.get("env") or {})
        except (ValueError, KeyError, TypeError):
            self._drop(connection)
            return
        pid = os.fork()
        if pid == 0:
            _child(self, verb, job_dir, env)
        _own_group(pid)
        self.children[pid] = connection
        _send(connection, {"pid": pid})

    def _drop(self, connection: socket.socket) -> None:
        self.requests.pop(connection, None)
        for pid, owner in self.children.items():
            if owner is connection:
                _kill_group(pid)
        self.selector.unregister(connection)
        connection.close()

    def _reap(self) -> None:
        for pid, connection in list(self.children.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done:
                continue
            _kill_group(pid)  # what the child may have left behind
            del self.children[pid]
            if connection.fileno() != -1:
                _send(connection, {"exit": os.waitstatus_to_exitcode(status)})
                self.selector.unregister(connection)
                connection.close()


def _send(connection: socket.socket, answer: dict[str, int]) -> None:
    try:
        connection.sendall(json.dumps(answer).encode() + b"\n")
    except OSError:  # the caller went away; its end of file is on the way
        pass


def _own_group(pid: int) -> None:
    """Both sides of the fork call it: the group exists before anybody can want to kill it."""
    try:
        os.setpgid(pid, pid)
    except (PermissionError, ProcessLookupError):  # it has its own already, or is gone
        pass


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _child(server: Server, verb: str, job_dir: Path, env: dict[str, str]) -> None:
    """The forked side: never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _own_group(os.getpid())
        log = os.open(job_dir / "engine.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.closerange(3, 256)  # the listener and the other children's connections
        os.environ.clear()
        os.environ.update(env)
        from workers.engine.__main__ import VERBS, run
        from workers.engine.confine import confine

        confine()
        _set_threads(int(env.get("OMP_NUM_THREADS", "1")))
        code = run(verb, job_dir.resolve()) if verb in VERBS else 64
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _set_threads(count: int) -> None:
    """The libraries loaded with one thread; give this child its share of the machine.

    OpenMP only: OpenBLAS would start its pool at once, and the search forks again.
    """
    import threadpoolctl

    threadpoolctl.threadpool_limits(limits=count, user_api="openmp")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m workers.engine.forkserver SOCKET", file=sys.stderr)
        return 64
    if any(os.environ.get(name) != value for name, value in SERVER_ENV.items()):
        os.execve(
            sys.executable,
            [sys.executable, "-m", "workers.engine.forkserver", *arguments],
            {**os.environ, **SERVER_ENV},
        )
    cost = preload()
    import_module("workers.engine.search.run")
    import_module("torch._dynamo")  # which the first optimizer would import in every fit: 2.2 s of processor time
    if thread_count() != 1:
        raise RuntimeError(f"{thread_count()} threads run after the imports: no fork would be safe")
    server = Server(Path(arguments[0]))
    print(f"fork server ready: {cost['modules']} modules in {cost['seconds']} s", flush=True)
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
