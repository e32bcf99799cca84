"""Gives each candidate its turn and writes down at once what came of it; the models on disk outlive the process."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.energy import Usage
from workers.engine.events import EventLog, gettext_noop, write_json
from workers.engine.problems.tabular import TabularSearch, eval_metric
from workers.engine.search.candidate import BASELINE, Candidate
from workers.engine.search.contention import Contention
from workers.engine.search.curves import Curves
from workers.engine.search.eta import ENDS, Pace
from workers.engine.search.observe import observed
from workers.engine.search.plan import Plan, allotment
from workers.engine.search.portfolio import left_out, not_at_hand
from workers.engine.search.recipe import candidates_of
from workers.engine.search.repeatable import affordable
from workers.engine.search.skips import Skip, skip_reason
from workers.engine.search.standing import ENSEMBLE, Standing
from workers.engine.search.state import WAITS, SearchState, candidate_id, cheaper
from workers.engine.search.turns import Turns
from workers.engine.table import WEIGHT

if TYPE_CHECKING:
    import pandas as pd


class Searcher:
    """Gives each candidate its turn, and writes down at once what came of it.

    `state` is where it stands: empty for a new search, else what an earlier process left.
    """

    def __init__(
        self, job_dir: Path, search: TabularSearch, state: SearchState, plan: Plan, contention: Contention, events: EventLog
    ) -> None:
        self.job_dir = job_dir
        self.search = search
        self.state = state
        self.plan = plan
        self.events = events
        self.contention = contention
        self.repeatable = search.spec.settings.repeatable
        self.pace = Pace()
        self.whole = Usage(whole=True)
        self.curves = Curves(job_dir, events, plan.folds)
        self.standing = Standing(search.predictor, plan.folds)

    def start(self, train: pd.DataFrame, validation: pd.DataFrame | None) -> None:
        """Fit the preprocessing and the baseline."""
        self.state.n_features = train.shape[1] - 1 - (WEIGHT in train)
        used = Usage()
        self._fitted(BASELINE, self.search.start(BASELINE, train, validation), used)
        if self.search.spec.recipe:
            return
        for candidate, reason in left_out(self.state.search_facts, self.search.spec.settings.candidates):
            self._skip(candidate, skip_reason(reason, ""))
        for model, skip in not_at_hand(self.state.search_facts, self.search.spec.settings.candidates):
            self._skip(Candidate(model.key, model.name, 0), skip)

    def run(self) -> None:
        """Every candidate that was not tried yet."""
        turns = Turns(self.state.rest(self._queue()))
        with observed(self.curves):
            while turns:
                self._replan()
                self._foretell([*turns.waiting, *turns.queue])
                self._try(turns.next(), turns)
        self.state.finished = True
        self.state.save(self.job_dir)

    def _queue(self) -> list[Candidate]:
        """Every candidate; in a repeatable search those that fit by their measured cost, the others are noted."""
        candidates = candidates_of(self.search.spec, self.state.search_facts)
        if not self.repeatable:
            return candidates
        chosen = affordable(candidates, self.state.search_facts, self.plan)
        for candidate in self.state.rest([candidate for candidate in candidates if candidate not in chosen]):
            self._skip(candidate, skip_reason("NoTimeLeft", ""))
        return chosen

    def _replan(self) -> None:
        """Keep back more for what follows when the machine gets busy, less when it calms down."""
        if self.repeatable:
            return
        self.plan = self.plan.under(self.contention.update())
        write_json(self.job_dir / "plan.json", self.plan.as_dict())

    def _foretell(self, queue: list[Candidate]) -> None:
        """For the process that tells how long is left; and what was used up to here."""
        ends = self.pace.search_ends(queue, time.time(), self.plan.search_ends_at)
        write_json(self.job_dir / ENDS, ends)
        self.events.write("usage", energy_wh=self.whole.energy_wh())

    def _try(self, candidate: Candidate, turns: Turns) -> None:
        """Fit one candidate; one that ran out of time comes back in its cheaper form."""
        if candidate.max_features is not None and self.state.n_features > candidate.max_features:
            self._skip(candidate, skip_reason("TooManyColumns", str(candidate.max_features)))
            return
        if candidate.stacked and (not self.search.folds or len(self.state.base_models) < 2):
            self._skip(candidate, skip_reason("NotValidStacker", ""))
            return
        seconds = allotment(candidate, turns.sharing, self.plan.search_ends_at)
        if not seconds and not self.repeatable:
            if not turns.put_off(candidate):
                self._skip(candidate, skip_reason("NoTimeLeft", ""))
            return
        self.state.begin(self.job_dir, candidate)
        self.events.log(gettext_noop("Training %(model)s"), model=candidate.name, seconds=round(seconds, 1))
        self.curves.candidate_begins(time.time() + seconds)
        used = Usage()
        failures = self.search.failures()
        names = self.search.add(candidate, None if self.repeatable else seconds)
        self.pace.add(candidate, used.seconds())
        self.curves.save()
        if names:
            self._fitted(candidate, names, used)
            self._stand()
            return
        kind, text = self.search.failure_since(failures)
        if not kind:  # AutoGluon drops a model that learnt to the end when its validation score is no number
            kind = "NotANumber" if self.curves.done else "TimeLimitExceeded"
        skip = skip_reason(kind, text)
        if skip.code == "error":
            print(f"{candidate.name} failed: {kind}: {text}", file=sys.stderr)
        if candidate.cheaper is not None and skip.retry:
            self.state.tried[candidate_id(candidate)] = WAITS
            turns.queue.insert(0, cheaper(candidate))
            return
        self._skip(candidate, skip)

    def _fitted(self, candidate: Candidate, names: list[str], used: Usage) -> None:
        for name in names:
            row = {
                "model": name,
                "family": candidate.family,
                "metric": eval_metric(self.search.spec),
                "score_val": self.search.validation_score(name),
                "fit_time_s": used.seconds(),
                "energy_wh": used.energy_wh(),
                "baseline": candidate is BASELINE,
            }
            self.state.models[name] = row
            if candidate is not BASELINE:
                params = candidate.params_for(self.search.spec.problem_type)
                self.state.made[name] = {"key": candidate.key, "name": candidate.name, "params": params, "fit_time_s": used.seconds()}
        self.state.end(self.job_dir, candidate)
        for name in names:
            self.events.model(live_row(self.state.models[name]))

    def _stand(self) -> None:
        """Tell what the ensemble of the models so far would score: it is what a search that ends now would publish."""
        facts, used = self.state.search_facts, Usage()
        if facts.problem_type == "quantile" or facts.weighed == "column":  # their scores need more than predictions and labels
            return
        found = self.standing.look(self.state.base_models)
        if found is None:
            return
        score, members = found
        row = {"model": ENSEMBLE, "family": "ensemble", "metric": eval_metric(self.search.spec), "score_val": score, "baseline": False}
        self.events.model(live_row(row | {"fit_time_s": used.seconds(), "energy_wh": used.energy_wh()}))
        self.events.write("ensemble", score=score, members=members)

    def _skip(self, candidate: Candidate, skip: Skip) -> None:
        told = self.state.skip(candidate, skip)
        self.state.save(self.job_dir)
        if told:
            self.events.skipped(candidate.name, family=candidate.family, **skip.as_dict())


def live_row(row: dict[str, Any]) -> dict[str, Any]:
    """A leaderboard row while the holdout is still untouched."""
    from workers.engine.evaluate.metrics import HIGHER_IS_BETTER

    unknown = ("score_holdout", "ci_low", "ci_high", "tied_with_best", "predict_rows_per_s", "size_mb")
    return {
        **row,
        **dict.fromkeys(unknown),
        "higher_is_better": HIGHER_IS_BETTER[row["metric"]],
        "deployed": False,
        "metrics": {},
    }
