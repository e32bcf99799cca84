"""What the run page says while a run is queued, running or over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.jobs.models import JobState, Stop
from automl_portal.jobs.selectors import jobs_ahead, workers_alive
from automl_portal.projects.board import Board, by_field, in_sentence, score
from automl_portal.projects.missing import missing_families
from automl_portal.projects.models import Run
from automl_portal.projects.plan_page import run_foreseen
from automl_portal.projects.plots import search
from automl_portal.projects.selectors import leaderboard
from automl_portal.ui.estimates import clock
from automl_portal.ui.figure import Figure
from automl_portal.ui.figures import count, duration, share, significant
from automl_portal.ui.forest import Scale, scale_of
from automl_portal.ui.words import PHASES

ORDER = ("check", "split", "search", "evaluate", "explain", "document", "bundle")


@dataclass(frozen=True)
class Live:
    """One look at a run."""

    run: Run
    board: Board

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Trained models, best first."""
        return self.board.rows

    @property
    def trained(self) -> int:
        """Models that were trained: the baseline and the ensemble of the others are not counted."""
        return sum(not row.get("baseline") and row["family"] != "ensemble" for row in self.rows)

    @property
    def phases(self) -> list[dict[str, str]]:
        """The track: each phase is done, active, waiting or failed."""
        job = self.run.job
        at = ORDER.index(job.phase) if job.phase in ORDER else -1
        if self.run.is_published:
            at = len(ORDER)
        here = "active" if job.state == JobState.RUNNING else "failed" if job.state in (JobState.FAILED, JobState.CANCELED) else "waiting"
        states = ["done" if i < at else here if i == at else "waiting" for i in range(len(ORDER))]
        return [{"title": str(PHASES[name]), "state": state} for name, state in zip(ORDER, states, strict=True)]

    @property
    def heading(self) -> str:
        """What is going on, in a sentence."""
        job = self.run.job
        if job.is_canceling:
            return _("Stopping the run")
        if job.state == JobState.PAUSED:
            return _("The run is paused")
        if job.state == JobState.QUEUED:
            ahead = jobs_ahead(job)
            return (
                ngettext("Waiting: %(n)s run comes first", "Waiting: %(n)s runs come first", ahead) % {"n": ahead}
                if ahead
                else _("Waiting for a worker")
            )
        if job.state == JobState.RUNNING:
            return _("Pausing the run") if job.is_pausing else self._running()
        if job.state == JobState.SUCCEEDED:
            return self._done()
        if self.run.is_published:
            return _("The run was canceled; what was finished is published")
        return _("The run was canceled") if job.state == JobState.CANCELED else _("The run failed")

    @property
    def status(self) -> str:
        """What goes on, or what has become of it, in a second sentence."""
        job = self.run.job
        if job.is_canceling:
            if job.stop == Stop.KEEP:
                return _("What is finished is being tested and packed. You may leave this page.")
            return _("The models trained so far are put away. You may leave this page.")
        if job.is_pausing:
            return _("The model in training is finished if it is nearly done. This takes up to 15 seconds.")
        if job.state == JobState.PAUSED:
            return _("It holds no worker. Its models are kept, and the time until it goes on does not count.")
        if job.state == JobState.RUNNING:
            return job.sentence
        if job.state == JobState.QUEUED:
            return _("It starts by itself. You may leave this page.")
        if job.state == JobState.SUCCEEDED and self.run.result.get("partial"):
            return _("The time ran out before everything was done; what was finished is published.")
        return ""

    def _running(self) -> str:
        best = next((row for row in self.rows if not row.get("baseline")), None)
        if best is None:
            return _("The run has started; no model yet")
        text = ngettext("%(n)s model so far, best %(model)s", "%(n)s models so far, best %(model)s", self.trained) % {
            "n": self.trained,
            "model": best["model"],
        }
        return _("%(text)s at %(metric)s %(score)s") % {
            "text": text,
            "metric": in_sentence(best["metric"]),
            "score": significant(best.get("score_val")),
        }

    def _done(self) -> str:
        deployed = next((row for row in self.rows if row.get("deployed")), None)
        took = clock(self.run.job.seconds_running)
        if deployed is None:
            return _("Done in %(time)s") % {"time": took}
        params = {"time": took, "model": deployed["model"], "metric": in_sentence(deployed["metric"]), "score": score(deployed)}
        return _("Done in %(time)s: %(model)s reaches %(metric)s %(score)s") % params

    @property
    def no_worker(self) -> bool:
        """Queued while no worker for searches is alive."""
        return self.run.job.state == JobState.QUEUED and not workers_alive()[self.run.job.queue]

    @property
    def energy_wh(self) -> float | None:
        """Of the whole run once it is over; of the models so far until then. None when the machine does not tell."""
        whole = self.run.result.get("energy_wh")
        if whole is not None:
            return float(whole)
        so_far = self.run.live.get("usage", {}).get("energy_wh")
        if so_far is not None:
            return float(so_far)
        known = [row["energy_wh"] for row in self.rows if row.get("energy_wh") is not None]
        return float(sum(known)) if known else None

    @property
    def missing(self) -> list[str]:
        """Warnings about what is published; a run that failed says so itself."""
        return missing_families(self.run, self.rows) if self.run.is_published else []

    @property
    def plan(self) -> list[tuple[str, str]]:
        """How the budget is spent and the models are compared, as (what, how much)."""
        plan = self.run.plan
        if "search_ends_at" not in plan:
            return []
        folds = plan.get("folds") or 0
        comparing = (
            _("%(n)s-fold cross-validation") % {"n": folds}
            if folds
            else _("%(share)s of the training rows kept aside") % {"share": share(plan["inner_fraction"])}
        )
        most = plan["max_train_rows"]
        sampled = [(_("Rows to learn from, at most"), count(most))] if most < (self.run.dataset.rows or 0) else []
        return [
            (_("Search"), duration(plan["search_ends_at"] - plan["started_at"])),
            (_("Evaluate"), duration(plan["evaluate_s"])),
            (_("Explain"), duration(plan["explain_s"])),
            (_("Bundle"), duration(plan["bundle_s"])),
            (_("Models are compared by"), comparing),
            *sampled,
        ]

    @property
    def foreseen(self) -> list[tuple[str, tuple[str, str], str, bool | None]]:
        """What the plan expected beside what was used."""
        return run_foreseen(self.run, self.rows, self.energy_wh)

    @property
    def scale(self) -> Scale:
        """The validation axis of the table; models worse than the baseline do not stretch it."""
        baseline = self.board.baseline
        reference = baseline.get("score_val") if baseline else None
        values = [row["score_val"] for row in self.rows if row.get("score_val") is not None]
        sign = 1 if self.board.higher_is_better else -1
        shown = [value for value in values if reference is None or sign * value >= sign * reference]
        return scale_of([(value, value) for value in shown], reference)

    @property
    def figure(self) -> Figure | None:
        return search.figure(self.run, self.board.higher_is_better)


def live(run: Run) -> Live:
    """The models by validation score, also once their holdout scores are known: it is the search that this page shows."""
    rows = leaderboard(run)
    return Live(run=run, board=Board(sorted(rows, key=by_field("score_val", bool(rows and rows[0].get("higher_is_better"))))))
