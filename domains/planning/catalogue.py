"""The candidates of a search as far as planning goes. Written from the engine's portfolio by benchmarks/calibrate.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domains.planning.layout import TableFacts

FILE = Path(__file__).with_name("candidates.json")


@dataclass(frozen=True)
class Known:
    """See workers.engine.search.candidate.Candidate, whose fields of these names it repeats."""

    name: str
    family: str
    weight: float
    minimum: float
    extra: bool
    max_features: int | None
    problem_types: tuple[str, ...]
    needs_text: bool


@cache
def catalogue() -> tuple[Known, ...]:
    """Every candidate there is, in the order they are tried."""
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Known(**{**entry, "problem_types": tuple(entry["problem_types"])}) for entry in entries)


def queue_of(table: TableFacts) -> list[Known]:
    """Those that can learn this kind of table."""
    return [known for known in catalogue() if table.problem_type in known.problem_types and (table.text or not known.needs_text)]
