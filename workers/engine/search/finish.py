"""From base models on disk to a published result: ensemble, evaluate, explain, document, bundle."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.planning.layout import DOCUMENT_S
from workers.engine.events import EventLog, check_canceled, finish_asked, gettext_noop, read_json, write_json
from workers.engine.search.board import board_make, bundle_write, document_write
from workers.engine.search.candidate import NOT_BASE, family_of
from workers.engine.search.choice import Pace, pace_of
from workers.engine.search.plan import Plan
from workers.engine.search.recipe import recipe_make
from workers.engine.spec import FitSpec

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

    from workers.engine.evaluate.holdout import HoldoutScores

BUNDLING = "bundling"  # the file that says that the last phase has begun
SHORT_ROWS = 5_000
FINISHED_SHORT = gettext_noop(
    "The time was up before the results were ready. %(model)s, a quick model, is published, tested on %(rows)s rows; "
    "its importances and its results for groups were not worked out."
)
SAFETY = 1.5  # how much longer than in validation a prediction may take


class Finish:
    """The phases after the search. Each reads what the ones before left in the job directory.

    `short`: no new ensemble, a quick model, at most SHORT_ROWS rows of the holdout, no importance.
    """

    def __init__(
        self,
        job_dir: Path,
        spec: FitSpec,
        plan: Plan,
        search: dict[str, Any],
        prepared: dict[str, Any],
        events: EventLog,
        *,
        short: bool = False,
    ) -> None:
        self.job_dir = job_dir
        self.spec = spec
        self.plan = plan
        self.search = search
        self.prepared = prepared
        self.events = events
        self.short = short
        self.pack_s = 0.0  # what the published model's size adds to packing
        self.schema = read_json(job_dir / "schema.json")
        self.metric = self.schema["eval_metric"]
        self.predictor_dir = job_dir / "predictor"

    def run(self, *, partial: bool) -> dict[str, Any]:
        """result.json. `partial`: the search did not get to everything it had promised."""
        from workers.engine.problems.probabilities import probabilities_learn
        from workers.engine.problems.tabular import predictor_load

        self._phase("evaluate", gettext_noop("Testing on rows no model has seen"))
        holdout = self._holdout()
        predictor = predictor_load(self.predictor_dir)
        models = self._with_ensemble(predictor)
        pace = pace_of(predictor, self._validated(), self.plan.folds)
        deployed = self._chosen(pace, len(holdout))
        self.schema |= probabilities_learn(predictor, deployed, self.schema, self.spec)
        write_json(self.job_dir / "schema.json", self.schema)
        self.pack_s = pace.packing_s(deployed)
        predictor.persist(models=[deployed], max_memory=None)
        scores = self._score(predictor, models, deployed, holdout, pace)
        board = self._leaderboard(predictor, scores, models, deployed, holdout)
        explanations = self._explain(predictor, scores, deployed, holdout)
        result = self._result(scores, models, deployed, partial=partial or len(scores.scored) < len(models))
        self._phase("document", gettext_noop("Writing the model document"))
        html = document_write(self.job_dir, self.spec, self.schema, result, board, explanations)
        write_json(self.job_dir / "recipe.json", recipe_make(predictor, deployed, self.search, self.prepared, self.spec, self.plan.folds))
        self._phase("bundle", gettext_noop("Packing the predictor"))
        (self.job_dir / BUNDLING).touch()
        bundle_write(self.job_dir, self.spec, result, holdout, html)
        return result

    def _phase(self, name: str, message: str) -> None:
        check_canceled(self.job_dir)
        now = time.time()
        self.events.phase(name, round(self.plan.progress(now), 3), round(max(0.0, self.plan.deadline - now), 1), message)

    def _score_until(self) -> float:
        # To compare the models is worth more than to explain one to the last digit.
        return self._explain_until() - 0.4 * self.plan.explain_s

    def _explain_until(self) -> float:
        # Packing has to begin before the short way would have to.
        return min(self.plan.explain_until() - self.pack_s, self.plan.deadline - self.plan.short_s - DOCUMENT_S)

    def _holdout(self) -> pd.DataFrame:
        """The rows of the final test; in the short way no more than SHORT_ROWS of them, drawn at random."""
        import pandas as pd

        holdout = pd.read_parquet(self.job_dir / "holdout.parquet")
        if self.short and len(holdout) > SHORT_ROWS:
            return holdout.sample(SHORT_ROWS, random_state=self.spec.settings.seed).sort_index().reset_index(drop=True)
        return holdout

    def _validated(self) -> int:
        """Rows that the validation scores come from."""
        train = int(self.prepared["rows"]["train"])
        return train if self.plan.folds else max(1, round(train * self.plan.inner_fraction))

    def _chosen(self, pace: Pace, rows: int) -> str:
        """The model to publish; a slow one only when it can be tested and packed in time."""
        left = self.plan.explain_until() - time.time()  # what explaining would take may go on this
        best = pace.best(rows=rows, within=float("inf"))
        chosen = pace.best(rows=rows, within=max(0.0, left) / SAFETY, quick=self.short)
        if self.short:
            self._warn(
                "finished_short",
                FINISHED_SHORT,
                model=chosen, rows=rows,
            )  # fmt: skip
        elif chosen != best:
            self._warn(
                "best_too_slow",
                gettext_noop("%(best)s was better in validation, but too slow to be tested in the time left; %(model)s is published."),
                best=best, model=chosen,
            )  # fmt: skip
        return chosen

    def _warn(self, code: str, message: str, **params: Any) -> None:
        self.prepared["warnings"] = [*self.prepared["warnings"], {"code": code, "message": message, "params": params}]

    def _with_ensemble(self, predictor: TabularPredictor) -> list[str]:
        """All model names. The ensemble is fitted here, also after a search that was killed."""
        from workers.engine.energy import Usage
        from workers.engine.problems.tabular import ensemble_fit, validation_scores
        from workers.engine.search.searcher import live_row

        known = list(predictor.model_names())
        members = [] if self.short else [name for name in known if family_of(name) not in NOT_BASE]
        used = Usage()
        scores = validation_scores(predictor)
        limit = None if self.spec.settings.repeatable else max(5.0, (self._score_until() - time.time()) / 2)
        names = ensemble_fit(predictor, members, limit)
        if names:
            scores = validation_scores(predictor)
        for name in [n for n in [*known, *names] if n not in self.search["models"]]:
            row = {
                "model": name,
                "family": family_of(name),
                "metric": self.metric,
                "score_val": scores.get(name),
                "fit_time_s": used.seconds() if name in names else None,
                "energy_wh": used.energy_wh() if name in names else None,
                "baseline": False,
            }
            self.search["models"][name] = row
            self.events.model(live_row(row))
        return [*known, *names]

    def _score(self, predictor: TabularPredictor, models: list[str], deployed: str, holdout: pd.DataFrame, pace: Pace) -> HoldoutScores:
        """The published model first, then the others as far as the time goes: the best in validation before the rest."""
        from workers.engine.bundle.runtime.frame import to_model_frame
        from workers.engine.evaluate.holdout import HoldoutScores
        from workers.engine.evaluate.truth import truth_make
        from workers.engine.weights import holdout_weights

        truth = truth_make(holdout[self.spec.label], self.schema, holdout_weights(holdout, self.spec))
        groups = None
        if self.spec.roles.group:
            groups = holdout.groupby(self.spec.roles.group, dropna=False).ngroup().to_numpy()
        frame = to_model_frame(holdout, self.schema)
        scores = HoldoutScores(predictor, frame, truth, groups=groups, seed=self.spec.settings.seed)
        scores.score(deployed)
        left_out = []
        for model in sorted((m for m in models if m != deployed), key=lambda m: -pace.scores.get(m, float("-inf"))):
            check_canceled(self.job_dir)
            if self.short or time.time() + pace.scoring_s(model, len(frame)) > self._score_until():
                left_out.append(model)
            else:
                scores.score(model, only=[self.metric])
        if left_out:
            message = gettext_noop("Not tested on the held-out rows for want of time: %(models)s. They are compared in validation only.")
            self._warn("not_scored_in_time", message, models=", ".join(left_out))
        return scores

    def _leaderboard(
        self, predictor: TabularPredictor, scores: HoldoutScores, models: list[str], deployed: str, holdout: pd.DataFrame
    ) -> list[dict[str, Any]]:
        """leaderboard.json and evaluation.json; the rows, best validation score first."""
        from workers.engine.evaluate.decision import decision_make
        from workers.engine.evaluate.report import evaluation_make

        rows = {model: self.search["models"][model] for model in models}
        board = board_make(self.job_dir, predictor, scores, rows, deployed, holdout, self.spec, self.metric)
        for row in board:
            self.events.model(row)
        # Each slice and each site has an interval of its own, which takes time: in the short way there is none.
        sensitive = [] if self.short else self.spec.roles.sensitive
        evaluation = evaluation_make(scores, deployed, self.metric, holdout, sensitive, self.spec.settings.seed)
        if self.prepared["split"]["kind"] == "site" and not self.short:
            evaluation["sites"] = self._sites(predictor, scores, deployed, holdout)
        prediction = scores.scored[deployed].prediction
        decision = decision_make(self.spec.use_case, scores.truth, prediction, holdout, self.spec.label, self.spec.decision)
        write_json(self.job_dir / "evaluation.json", evaluation | ({"decision": decision} if decision else {}))
        return board

    def _sites(self, predictor: TabularPredictor, scores: HoldoutScores, deployed: str, holdout: pd.DataFrame) -> dict[str, Any]:
        from workers.engine.evaluate.sites import sites_make

        columns = self.spec.roles.site
        return sites_make(
            self.job_dir, predictor, scores, holdout, deployed, columns=columns, metric=self.metric, seed=self.spec.settings.seed
        )

    def _explain(self, predictor: TabularPredictor, scores: HoldoutScores, deployed: str, holdout: pd.DataFrame) -> dict[str, Any]:
        from workers.engine.explain.permutation import importance_make
        from workers.engine.explain.text import text_make

        self._phase("explain", gettext_noop("Finding out what the model leans on"))
        explanations = importance_make(
            predictor,
            deployed,
            holdout,
            scores.truth,
            self.schema,
            metric=self.metric,
            rows_per_s=scores.scored[deployed].rows_per_s,
            until=0 if self.short else min(self._explain_until(), time.time() + 1.5 * self.plan.explain_s),
            seed=self.spec.settings.seed,
        )
        if explanations["left_out"]:
            message = gettext_noop("There was time to work out the importance of %(n)s columns, those that go with the prediction most.")
            self._warn("explained_in_part", message, n=len(explanations["importance"]))
        if not self.short:
            explanations |= text_make(scores, deployed, holdout, self.schema, until=self._explain_until())
        write_json(self.job_dir / "explanations.json", explanations)
        return explanations

    def _result(self, scores: HoldoutScores, models: list[str], deployed: str, *, partial: bool) -> dict[str, Any]:
        base = [name for name in models if family_of(name) not in NOT_BASE]
        return {
            "status": "done",
            "partial": partial,
            "canceled": finish_asked(self.job_dir),
            "holdout_uses": self.prepared.get("holdout_uses", 1),
            "problem_type": self.spec.problem_type,
            "eval_metric": self.metric,
            "classes": self.schema["classes"],
            "positive_class": self.schema["positive_class"],
            "deployed_model": deployed,
            "holdout": scores.scored[deployed].boot.point,
            "rows": self.prepared["rows"],
            "split": self.prepared["split"],
            "skipped_models": self.search["skipped"],
            "warnings": self.prepared["warnings"],
            "families": sorted({family_of(name) for name in base}),
            "base_models": len(base),
            "energy": self.prepared["energy"],
        }
