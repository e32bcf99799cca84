"""A tus client over a plain socket, and a portal that can be killed. For fault tests and benchmarks."""

from __future__ import annotations

import hashlib
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

from tests.portal.uploads.tus import PIECE, VERSION, metadata
from tests.stack import ROOT, Stack

BLOCK = 1024**2


class Content:
    """`size` bytes that look random, made anew each time they are needed."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self.size, self.seed = size, seed

    def blocks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to `end`."""
        end = self.size if end is None else end
        while start < end:
            number, inside = divmod(start, BLOCK)
            piece = random.Random(self.seed * 1_000_003 + number).randbytes(BLOCK)[inside : inside + end - start]
            yield piece
            start += len(piece)

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()


class Sender:
    """One upload, as a client sends it. `sent` counts the bytes that left this side."""

    def __init__(self, token: str, port: int, content: Content) -> None:
        self.token, self.port, self.content, self.sent = token, port, content, 0
        headers = {"Upload-Length": str(content.size), "Upload-Metadata": metadata(filename="kill.csv")}
        self.where = self.ask("POST", "/uploads", headers)["Location"]

    def ask(self, method: str, where: str, headers: dict[str, str], body: Any = None) -> Any:
        """The headers of the answer. Raises OSError when the connection breaks, ValueError for an error."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, where, body, {**VERSION, "Authorization": f"Bearer {self.token}", **headers})
            answer = connection.getresponse()
            if answer.status >= 400:
                raise ValueError(f"{answer.status} {answer.read().decode()}")
            return answer.headers
        finally:
            connection.close()

    def offset(self) -> int:
        """Bytes that the server has."""
        return int(self.ask("HEAD", self.where, {})["Upload-Offset"])

    def send(self, end: int | None = None, **headers: str) -> None:
        """Send from where the server is up to byte `end`, as one piece."""
        start = self.offset()
        end = self.content.size if end is None else end
        self.sent = start
        piece = {"Content-Type": PIECE, "Upload-Offset": str(start), "Content-Length": str(end - start)}
        self.ask("PATCH", self.where, {**piece, **headers}, self.counted(start, end))

    def counted(self, start: int, end: int) -> Iterator[bytes]:
        for block in self.content.blocks(start, end):
            yield block
            self.sent += len(block)


class Portal:
    """A second portal on a stack's data, without a supervisor that would wait longer after each kill."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self) -> Portal:
        self.start()
        return self

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "automl_portal.asgi:application", "--port", str(self.port), "--lifespan", "off"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.stack.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.stack.wait(self.listens, 60, every=0.05)

    def __exit__(self, *_: object) -> None:
        self.kill()

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def kill_while_sending(sender: Sender, portal: Portal, point: int, **headers: str) -> None:
    """Send until byte `point` has left, and kill -9 the portal at that moment; start it again."""

    class Killing(Content):
        def blocks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
            yield from super().blocks(start, point)
            portal.kill()
            yield from super().blocks(point, end)

    whole = sender.content
    sender.content = Killing(whole.size, whole.seed)
    try:
        sender.send(**headers)
    except OSError:
        pass
    finally:
        sender.content = whole
    portal.start()
