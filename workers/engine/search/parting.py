"""The table parted for one fit: rows for the test, rows to learn from, and how those are validated."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from domains.planning.layout import holdout_share
from workers.engine.evaluate.sites import sites_save
from workers.engine.events import gettext_noop
from workers.engine.search.plan import Plan
from workers.engine.spec import FitSpec
from workers.engine.splits.facts import WHY_NOT, facts_make
from workers.engine.splits.folds import folds_save
from workers.engine.splits.holdout import Split, Wanted, holdout_split
from workers.engine.splits.structure import NUMBERS, Structure
from workers.engine.splits.units import Codes, strata
from workers.engine.table import Table

if TYPE_CHECKING:
    import pandas as pd

# By what limits the rows: why they are set aside, and the warning.
SAMPLED = {
    "time": (
        "more_than_the_budget",
        "training_sampled",
        gettext_noop("Within the time limit %(rows)s training rows could be used; %(left)s were set aside."),
    ),
    "memory": (
        "more_than_the_memory",
        "memory_sampled",
        gettext_noop("The memory of this worker is enough for %(rows)s training rows; %(left)s were set aside."),
    ),
}
HOLDOUT_CAPPED = gettext_noop("Of %(rows)s rows about %(held)s are held out: enough for a narrow interval. The others are learned from.")
LOOK_SHARE = 0.15  # of the time left
LOOKALIKES_CUT = gettext_noop(
    "There was not time enough to look at all rows for look-alikes of one case; some may be on both sides of the test."
)


@dataclass(frozen=True)
class Parting:
    """`train` and `holdout`: rows of the table with original names; `structure` belongs to `train`."""

    spec: FitSpec
    wanted: Wanted
    split: Split
    train: pd.DataFrame
    holdout: pd.DataFrame
    structure: Structure

    @property
    def smallest_class(self) -> int | None:
        """Units of the rarest class among the rows to learn from; None for numbers."""
        return None if self.spec.problem_type in NUMBERS else self.structure.smallest_class(self.train[self.spec.label])

    def facts(self) -> dict[str, Any]:
        """`split` of prepared.json."""
        return facts_make(self.split, self.wanted, self.spec.settings.split.reason, self.train, self.holdout)

    def sampled(self, table: Table, plan: Plan) -> Parting:
        """More rows than the time or the memory can use are set aside, and counted."""
        if len(self.train) <= plan.max_train_rows:
            return self
        kept = self.structure.sample(self._strata(), plan.max_train_rows / len(self.train), self.wanted.seed)
        left = int((~kept).sum())
        reason, code, message = SAMPLED[plan.bound or "time"]
        table.set_aside[reason] = table.set_aside.get(reason, 0) + left
        table.warn(code, message, rows=int(kept.sum()), left=left)
        return replace(self, train=self.train[kept].reset_index(drop=True), structure=self.structure.take(kept))

    def folded(self, plan: Plan, job_dir: Path) -> Plan:
        """Leave the folds in `job_dir` where they are not AutoGluon's own; the plan with as many folds as there can be."""
        folds = []
        if plan.folds and not self.structure.is_plain:
            folds = self.structure.folds(self.train[self.spec.label], plan.folds, self.wanted.seed, self.spec.problem_type)
            plan = replace(plan, folds=len(folds))
        folds_save(job_dir, folds)
        if self.split.kind == "site" and folds:
            sites_save(job_dir, self.train, self.wanted.site, self.spec.label)
        return plan

    def validation(self, plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        """The rows to learn from, and those to validate on when there are no folds: parted like the holdout."""
        if plan.folds:
            return self.train, None
        inner = self.structure.holdout(self._strata(), plan.inner_fraction, self.wanted.seed)
        return self.train[~inner].reset_index(drop=True), self.train[inner].reset_index(drop=True)

    def _strata(self) -> Codes:
        return strata(self.train[self.spec.label], self.wanted.classification)


def part(table: Table, spec: FitSpec) -> Parting:
    """Decide what is held out; rows on neither side are counted in `table`. Raises Refused for a split that cannot be made."""
    look_until = time.time() + LOOK_SHARE * max(0.0, spec.ends_at - time.time())
    if spec.settings.repeatable:
        look_until = float("inf")  # what is found must not hang on the clock
    share = holdout_share(len(table.frame), spec.settings.holdout_fraction)
    wanted = replace(wanted_of(spec), look_until=look_until, fraction=share)
    if share < spec.settings.holdout_fraction:
        table.warn("holdout_capped", HOLDOUT_CAPPED, held=round(share * len(table.frame)), rows=len(table.frame))
    split = holdout_split(table.frame, spec.label, wanted)
    if time.time() > look_until:
        table.warn("lookalikes_cut", LOOKALIKES_CUT)
    for reason, mask in split.aside.items():
        if mask.any():
            table.set_aside[reason] = table.set_aside.get(reason, 0) + int(mask.sum())
    if split.fallback:
        table.warn(split.fallback, WHY_NOT[split.fallback])
    train = np.flatnonzero(split.train)
    return Parting(
        spec,
        wanted,
        split,
        train=table.frame.iloc[train].reset_index(drop=True),
        holdout=table.frame[split.holdout].reset_index(drop=True),
        structure=split.structure.take(train),
    )


def wanted_of(spec: FitSpec) -> Wanted:
    """The split that an order asks for."""
    return Wanted(
        classification=spec.problem_type not in NUMBERS,
        kind=spec.settings.split.kind,
        fraction=spec.settings.holdout_fraction,
        seed=spec.settings.seed,
        gap_days=spec.settings.split.gap_days,
        time=spec.roles.time,
        group=spec.roles.group,
        site=spec.roles.site,
        ignore=[*spec.roles.id, *spec.roles.exclude],
    )
