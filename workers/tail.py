"""Reads the events that an engine process appends, whole lines only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Tail:
    """Follows one events.jsonl. A line is given out once; `put_back` gives it out again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.pending: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """The events since the last call. A half-written last line waits for the next one."""
        events, self.pending = self.pending, []
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                data = file.read()
        except FileNotFoundError:
            return events
        end = data.rfind(b"\n") + 1
        self.offset += end
        events.extend(json.loads(line) for line in data[:end].splitlines() if line.strip())
        return events

    def put_back(self, events: list[dict[str, Any]]) -> None:
        self.pending = events
