"""A search that gives the same leaderboard again: one thread, and no clock that decides anything."""

from __future__ import annotations

from typing import Any

from domains.planning.estimate import cost
from domains.planning.layout import TableFacts
from workers.engine.events import gettext_noop
from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.plan import Plan
from workers.engine.spec import FitSpec

# Candidates are chosen by what they were once measured to take. So much longer may they take before the clock has to cut in.
SLACK = 3.0
# The reserves for what follows the search allow for a machine as busy as this, whatever it is now.
STEADY = 2.5
# What the clock has decided: results that another run may not give again.
BY_THE_CLOCK = ("best_too_slow", "not_scored_in_time", "finished_short")
SKIPPED_BY_THE_CLOCK = ("killed", "time_limit", "canceled", "memory")
NOT_REPEATABLE: dict[str, Any] = {
    "code": "not_repeatable",
    "message": gettext_noop("The clock or the memory had a say after all, so this run cannot be repeated exactly. Give it more time."),
    "params": {},
}


def calmed(spec: FitSpec) -> FitSpec:
    """The same order without what differs from run to run: cores, graphics cards, what other runs have found."""
    if not spec.settings.repeatable:
        return spec
    return spec.model_copy(update={"cpu_count": 1, "gpu_count": 0, "history": []})


def single_thread() -> None:
    """From here on this process computes in one thread: sums come out the same in every run."""
    import threadpoolctl
    import torch

    threadpoolctl.threadpool_limits(limits=1)
    torch.set_num_threads(1)


def cut_by_the_clock(*facts: dict[str, Any]) -> bool:
    """Whether any of these (search.json, prepared.json, result.json) tells of something that the clock decided."""
    warnings = {entry["code"] for each in facts for entry in each.get("warnings", [])}
    skipped = {entry["code"] for each in facts for name in ("skipped", "skipped_models") for entry in each.get(name, [])}
    return bool(warnings & set(BY_THE_CLOCK) or skipped & set(SKIPPED_BY_THE_CLOCK))


def affordable(candidates: list[Candidate], facts: SearchFacts, plan: Plan) -> list[Candidate]:
    """Those that fit into the time of the search by their measured cost, one after the other, each with SLACK."""
    table = TableFacts(rows=facts.rows, columns=facts.columns, problem_type=facts.problem_type, classes=facts.classes, text=len(facts.text))
    left = round(plan.search_ends_at - plan.started_at, 1)
    learned = facts.rows * (1 - 1 / plan.folds if plan.folds else 1 - plan.inner_fraction)
    chosen = []
    for candidate in candidates:
        copies = 1 if candidate.single else max(1, plan.folds)
        needed = SLACK * copies * cost(candidate, table, max(1, round(learned))).cpu_s
        if needed <= left:
            chosen.append(candidate)
            left -= needed
    return chosen
