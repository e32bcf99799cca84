"""One rotated log file per process."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 10 * 1024**2
KEPT_FILES = 3
# A full disk must not turn every line of a child into a traceback of ours.
logging.raiseExceptions = False


class ProcessLog:
    """Splits the bytes of one child into lines and writes each with the time in front."""

    def __init__(self, name: str, folder: Path, echo: Callable[[str], None] | None = None) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self.tail: deque[str] = deque(maxlen=20)
        self._echo = echo
        self._rest = b""
        self._handler = RotatingFileHandler(self.path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))

    def feed(self, data: bytes) -> None:
        """Take the next bytes; a line is written when its end has come."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.write(line.decode("utf-8", "replace").rstrip())

    def write(self, line: str) -> None:
        """Write one line."""
        self.tail.append(line)
        self._handler.handle(logging.makeLogRecord({"msg": line}))
        if self._echo is not None:
            self._echo(f"{self.name:>10} | {line}")

    def close(self) -> None:
        """Write what is left and close the file."""
        if self._rest:
            self.feed(b"\n")
        self._handler.close()
