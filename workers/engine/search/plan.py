"""The time budget, planned backwards from the deadline."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from domains.planning.estimate import share_of
from domains.planning.layout import KILL_GRACE_S, LARGEST_RESERVE, Machine, TableFacts, layout_make, margin
from workers.engine.search.candidate import Candidate

CALM = 1.3  # contention up to which a machine counts as idle
CUT_SHORT_S = 11.0  # from a cancel that keeps what is finished to its result


@dataclass(frozen=True)
class Plan:
    """Unix times and seconds. After `search_ends_at` (+ grace) the search is killed; what it has
    finished goes on to the evaluation, whose parts are reserved here. `short_s`: the short way to a
    published predictor, kept free at the end until the whole way has got as far as packing.
    """

    started_at: float
    deadline: float
    search_ends_at: float
    evaluate_s: float
    explain_s: float
    bundle_s: float
    short_s: float
    folds: int
    inner_fraction: float
    max_train_rows: int
    bound: str  # what limits the training rows: "time", "memory" or nothing
    contention: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def killed_at(self) -> float:
        return self.search_ends_at + KILL_GRACE_S

    def explain_until(self) -> float:
        return self.deadline - self.bundle_s

    def progress(self, now: float) -> float:
        """Share of the whole time used, 0 to 0.99."""
        return min(0.99, max(0.0, (now - self.started_at) / max(1e-9, self.deadline - self.started_at)))

    def under(self, contention: float) -> Plan:
        """The same plan with reserves for the present contention."""
        factor = margin(contention) / margin(self.contention)
        return replace(self._reserving((self.deadline - self.search_ends_at) * factor), contention=contention)

    def moved(self, deadline: float, total: float) -> Plan:
        """The same search with another end, `total` seconds after its beginning; what follows it gets as long as before."""
        reserve = self.deadline - self.search_ends_at
        return replace(self, started_at=deadline - total, deadline=deadline, search_ends_at=deadline - reserve)._reserving(reserve)

    def cut_short(self, now: float) -> Plan:
        """The search ends now, and what it has found is published within CUT_SHORT_S; on a busy machine it takes as much longer."""
        busy = max(1.0, self.contention / CALM)
        return replace(
            self,
            deadline=now + CUT_SHORT_S * busy,
            search_ends_at=now,
            evaluate_s=4.0 * busy,
            explain_s=busy,
            bundle_s=3.0 * busy,
            short_s=3.0 * busy,
        )

    def _reserving(self, reserve: float) -> Plan:
        reserve = min(reserve, LARGEST_RESERVE * (self.deadline - self.started_at))
        factor = reserve / (self.deadline - self.search_ends_at)
        return replace(
            self,
            search_ends_at=self.deadline - reserve,
            evaluate_s=self.evaluate_s * factor,
            explain_s=self.explain_s * factor,
            bundle_s=self.bundle_s * factor,
            short_s=self.short_s * factor,
        )


def plan_make(
    *,
    started_at: float,
    deadline: float,
    table: TableFacts,
    machine: Machine,
    now: float | None = None,
    contention: float = 1.0,
    smaller: bool = False,
) -> Plan:
    """The layout of the time from `now` (`started_at` when left out) to `deadline`. `contention`: see contention.py."""
    now = started_at if now is None else now
    layout = layout_make(table, machine, round(deadline - now, 3), contention, smaller=smaller)
    return Plan(
        started_at=started_at,
        deadline=deadline,
        search_ends_at=now + layout.search_s,
        evaluate_s=layout.evaluate_s,
        explain_s=layout.explain_s,
        bundle_s=layout.bundle_s,
        short_s=layout.short_s,
        folds=layout.folds,
        inner_fraction=layout.inner_fraction,
        max_train_rows=layout.max_train_rows,
        bound=layout.bound,
        contention=contention,
    )


def allotment(candidate: Candidate, rest: list[Candidate], ends_at: float) -> float:
    """Seconds for `candidate` until unix time `ends_at`, of which those of the `rest` get their part; 0: not worth starting."""
    return share_of(candidate, rest, ends_at - time.time())
