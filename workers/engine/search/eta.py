"""How long a run will still take, and how sure that is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from workers.engine.events import EventLog, read_json
from workers.engine.search.candidate import Candidate
from workers.engine.search.plan import Plan

# What follows the search takes about these shares of the time reserved for it, at best and usually.
AT_BEST, USUALLY = 0.3, 0.7
ENDS = "ends.json"  # what the searching process foretells for the one that watches it
ENOUGH = 3  # finished candidates, to judge the pace by


@dataclass
class Pace:
    """Seconds per unit of weight of the candidates that had their turn."""

    seen: list[float] = field(default_factory=list)

    def add(self, candidate: Candidate, seconds: float) -> None:
        self.seen.append(seconds / candidate.weight)

    def search_ends(self, waiting: Sequence[Candidate], now: float, latest: float) -> tuple[float, float]:
        """Unix times at which the search will end: at best, and as it looks. Never after `latest`."""
        if len(self.seen) < ENOUGH:
            return now + (latest - now) / 2, latest
        weight = sum(candidate.weight for candidate in waiting)
        quick = sorted(self.seen)[len(self.seen) // 4]
        return min(latest, now + weight * quick), min(latest, now + weight * median(self.seen))


def time_left(plan: Plan, ends: tuple[float, float], now: float) -> dict[str, float]:
    """{eta_s, eta_low_s, eta_high_s} when the search ends at unix time ends[0] at best and ends[1] as it looks; it may lie behind us."""
    after = plan.evaluate_s + plan.explain_s + plan.bundle_s
    high = max(0.0, plan.deadline - now)
    low = min(high, max(0.0, ends[0] + AT_BEST * after - now))
    # What has taken longer than usual may take any part of what is left.
    likely = min(high, max(low, ends[1] + USUALLY * after - now, high * AT_BEST))
    return {"eta_s": round(likely, 1), "eta_low_s": round(low, 1), "eta_high_s": round(high, 1)}


def ends_foretold(job_dir: Path) -> tuple[float, float] | None:
    """What the searching process foretold last: Pace.search_ends."""
    path = job_dir / ENDS
    if not path.exists():
        return None
    now = time.time()  # it is still searching
    best, likely = read_json(path)
    return max(now, best), max(now, likely)


def progress_tell(events: EventLog, plan: Plan, ends: tuple[float, float] | None = None) -> None:
    """How far the run is by the clock and how long it will take; the phase's own sentence stays as it is."""
    now = time.time()
    left = time_left(plan, ends or (now, plan.search_ends_at), now)
    done = (now - plan.started_at) / max(1e-9, now + left["eta_s"] - plan.started_at)
    events.write("progress", progress=round(min(0.99, max(0.0, done)), 3), **left)
