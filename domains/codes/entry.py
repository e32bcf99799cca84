"""What one entry of the table of codes says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["REJECT", "ASK", "FIX", "WARN"]


@dataclass(frozen=True)
class Code:
    """``levels``: how it can be answered, the usual one first. ``meaning`` and ``way_out`` are whole sentences."""

    code: str
    levels: tuple[Level, ...]
    meaning: str
    way_out: str
