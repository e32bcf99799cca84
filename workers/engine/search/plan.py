"""The time budget, planned backwards from the deadline."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from workers.engine.search.candidate import Candidate

# Rows x columns x model copies that all candidates together learn from in a second of search, on
# one core: what separates bagging from one inner holdout, and a whole table from a sample.
BAGGED_CELLS_PER_S = 1_200
SAMPLED_CELLS_PER_S = 30_000
KILL_GRACE_S = 2.0
MODELS_EXPECTED = 14
# Reserves are measured on an idle machine. At least doubled; more when others use the cores.
SMALLEST_MARGIN = 2.0
LARGEST_RESERVE = 0.55


@dataclass(frozen=True)
class Plan:
    """Unix times and seconds. After `search_ends_at` (+ grace) the search is killed; what it has
    finished goes on to the evaluation, whose parts are reserved here.
    """

    started_at: float
    deadline: float
    search_ends_at: float
    evaluate_s: float
    explain_s: float
    bundle_s: float
    folds: int
    inner_fraction: float
    max_train_rows: int
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
        factor = _margin(contention) / _margin(self.contention)
        longest = LARGEST_RESERVE * (self.deadline - self.started_at)
        reserve = min((self.deadline - self.search_ends_at) * factor, longest)
        factor = reserve / (self.deadline - self.search_ends_at)
        return replace(
            self,
            search_ends_at=self.deadline - reserve,
            evaluate_s=self.evaluate_s * factor,
            explain_s=self.explain_s * factor,
            bundle_s=self.bundle_s * factor,
            contention=contention,
        )


def _margin(contention: float) -> float:
    return max(SMALLEST_MARGIN, 1.4 * contention)


def plan_make(
    *,
    started_at: float,
    deadline: float,
    rows: int,
    columns: int,
    holdout_fraction: float,
    cpu_count: int,
    inner_only: bool = False,
    smallest_class: int | None = None,
    contention: float = 1.0,
) -> Plan:
    """Reserve what comes after the search, then decide how much the search can chew.

    `inner_only`: folds are not possible (time or group roles), one inner holdout is used.
    `smallest_class`: training rows of the rarest class. `contention`: see contention.py.
    """
    total = max(1.0, deadline - started_at)
    held_out = rows * holdout_fraction
    margin = _margin(contention)
    evaluate = margin * (1.5 + 0.1 * MODELS_EXPECTED + MODELS_EXPECTED * held_out / 20_000)
    explain = margin * min(30.0, max(0.5, 0.035 * total))
    bundle = margin * (2.0 + held_out * columns / 4e6)
    reserve = min(evaluate + explain + bundle + KILL_GRACE_S, LARGEST_RESERVE * total)
    scale = reserve / (evaluate + explain + bundle + KILL_GRACE_S)
    effective = (total - reserve) / contention
    cells = rows * max(1, columns)
    folds = 0
    if cells <= BAGGED_CELLS_PER_S * effective * cpu_count and not inner_only:
        folds = 8 if effective >= 400 else 5 if effective >= 70 else 4 if effective >= 35 else 3
        if smallest_class is not None:
            folds = max(2, min(folds, smallest_class))
    return Plan(
        started_at=started_at,
        deadline=deadline,
        search_ends_at=deadline - reserve,
        evaluate_s=evaluate * scale,
        explain_s=explain * scale,
        bundle_s=bundle * scale,
        folds=folds,
        inner_fraction=_inner_fraction(rows),
        max_train_rows=max(1_000, math.ceil(SAMPLED_CELLS_PER_S * effective * cpu_count / max(1, columns))),
        contention=contention,
    )


def _inner_fraction(rows: int) -> float:
    """Share of the training rows to validate on when there are no folds; 20 % down to 25,000 rows."""
    return min(0.2, max(0.02, 25_000 / max(1, rows)))


def allotment(candidate: Candidate, rest: list[Candidate], ends_at: float) -> float:
    """Seconds for `candidate` so that each promised one of the `rest` still gets its turn.

    A candidate that needs less leaves the difference to those after it. 0: not worth starting.
    """
    left = ends_at - time.time()
    if candidate.extra:
        return min(left, 2 * candidate.weight) if left >= candidate.weight / 2 else 0.0
    others = sum(other.weight for other in rest if not other.extra)
    share = left * candidate.weight / (candidate.weight + others)
    return share if share >= candidate.minimum else 0.0
