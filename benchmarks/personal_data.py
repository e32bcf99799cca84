"""How much personal data is found, and how often a harmless column is called personal: a seeded set of labelled columns.

Usage: python -m benchmarks.personal_data [SEED]
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable

from benchmarks.made_people import HARMLESS, KINDS
from workers.engine.intake.personal import detect

STRUCTURED = 0.98  # recall wanted on identifiers


def main(seed: int = 0, rows: int = 300) -> int:
    """Print recall by kind and every false alarm; 1 when the bar is missed."""
    rng = random.Random(seed)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    missed: list[str] = []
    for kind, (writers, names) in KINDS.items():
        for writer in writers:
            for name in names:
                for dirt in (0.0, 0.03):
                    seen = detect(name, _cells(writer, rng, rows, dirt), text=kind == "in_text")
                    right = seen is not None and (kind == "in_text" or seen.kind == kind or kind.startswith("any"))
                    found[kind]["found" if right else "called otherwise" if seen else "missed"] += 1
                    if not right:
                        missed.append(f"{kind} under {name}: {writer(random.Random(1))} -> {seen.kind if seen else 'nothing'}")
    alarms: list[str] = []
    harmless = 0
    for name, writer in HARMLESS:
        for _ in range(5):
            harmless += 1
            seen = detect(name, _cells(writer, rng, rows), text=name in ("review", "comment"))
            if seen:
                alarms.append(f"{name}: {seen.examples[0]} called {seen.kind}{' (asked)' if seen.asks else ''}")
    total: Counter[str] = sum(found.values(), Counter())
    for kind, counts in found.items():
        print(f"{kind:20s} {counts['found']:4d} of {counts.total():4d}")
    recall = (total["found"] + total["called otherwise"]) / total.total()
    print(f"recall {recall:.4f} (of the right kind {total['found'] / total.total():.4f}) on {total.total()} columns")
    print(f"false alarms {len(alarms)} of {harmless} harmless columns")
    print("\n".join([*(f"  missed: {line}" for line in missed), *(f"  alarm: {line}" for line in dict.fromkeys(alarms))]))
    return int(recall < STRUCTURED or len(alarms) > 0.02 * harmless)


def _cells(writer: Callable[[random.Random], str], rng: random.Random, rows: int, dirt: float = 0.0) -> list[str]:
    """Distinct cells, some of them replaced by what people type when they do not know."""
    cells = {rng.choice(["unknown", "n.a.", "-", "see file", "x"]) if rng.random() < dirt else writer(rng) for _ in range(rows)}
    return rng.sample(sorted(cells), len(cells))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
