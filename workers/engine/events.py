"""What an engine process tells the world: events, refusals, results. Standard library only."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from pathlib import Path
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark `message` for the translators; the portal renders `_(message) % params`."""
    return message


class Refused(Exception):
    """The input cannot be used, and the analyst can do something about it (exit code 2).

    `message` is a %-template for the analyst, filled from `params`; `rows` are 1-based data rows. `choices` are ways out,
    [{"value", "label"}]: answered under `key` (the code, unless said otherwise), the job can run again with one of them.
    """

    def __init__(
        self,
        code: str,
        message: str,
        params: dict[str, Any] | None = None,
        column: str | None = None,
        rows: list[int] | None = None,
        choices: list[dict[str, str]] | None = None,
        examples: list[dict[str, str]] | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params or {}
        self.column = column
        self.rows = rows
        self.choices = choices or []
        self.examples = examples or []
        self.key = key or code

    def as_error(self) -> dict[str, Any]:
        """The `error` object of result.json."""
        return {
            "code": self.code,
            "message": self.message,
            "params": self.params,
            "column": self.column,
            "rows": self.rows,
            "choices": self.choices,
            "examples": self.examples,
            "key": self.key,
        }


class Canceled(Exception):
    """Somebody asked this job to stop (exit code 3)."""


class Paused(Exception):
    """Somebody asked this job to wait; what it has done stays in its directory (exit code 4)."""


class Interrupted(Exception):
    """The clock or the memory ended the job, not its data; another attempt can go on with what is in its directory (exit code 5)."""


def check_canceled(job_dir: Path) -> None:
    """Raise `Canceled` once the file JOB_DIR/cancel exists, `Paused` once JOB_DIR/pause does."""
    if (job_dir / "cancel").exists():
        raise Canceled
    if (job_dir / "pause").exists():
        raise Paused


def finish_asked(job_dir: Path) -> bool:
    """Whether somebody asked to end the search now and keep what it has found (JOB_DIR/finish)."""
    return (job_dir / "finish").exists()


class EventLog:
    """Appends one JSON object per line to `path`; several threads and forks may share the file."""

    def __init__(self, path: Path) -> None:
        # Unbuffered append mode: a whole line lands with one write, so a killed process or a
        # second writer never leaves half a line in the middle of another.
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._lock = threading.Lock()

    def write(self, type: str, **fields: Any) -> None:
        line = json.dumps(plain({"t": round(time.time(), 3), "type": type, **fields}))
        with self._lock:
            self._file.write(line.encode() + b"\n")

    def phase(
        self,
        name: str,
        progress: float,
        eta_s: float | None = None,
        message: str = "",
        **params: Any,
    ) -> None:
        """A phase begins; `progress` is the share of the whole job done, 0 to 1."""
        self.write("phase", phase=name, progress=progress, eta_s=eta_s, message=message, params=params)

    def progress(self, progress: float, eta_s: float | None = None, message: str = "", **params: Any) -> None:
        self.write("progress", progress=progress, eta_s=eta_s, message=message, params=params)

    def model(self, row: dict[str, Any]) -> None:
        """One leaderboard row, as far as it is known."""
        self.write("model", **row)

    def skipped(self, model: str, reason: str, **fields: Any) -> None:
        self.write("skipped", model=model, reason=reason, **fields)

    def plan(self, plan: dict[str, Any]) -> None:
        self.write("plan", plan=plan)

    def log(self, message: str, **params: Any) -> None:
        self.write("log", message=message, params=params)

    def close(self) -> None:
        self._file.close()


def plain(value: Any) -> Any:
    """`value` as strict JSON types: numpy scalars and arrays unwrapped, NaN and infinity -> None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return str(value)


def write_json(path: Path, value: Any) -> None:
    """Write strict JSON so that a reader sees the whole file or none of it, also after a crash."""
    temporary = path.with_name(path.name + ".part")
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(plain(value), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
