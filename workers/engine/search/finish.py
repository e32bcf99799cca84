"""From base models on disk to a published result: ensemble, evaluate, explain, document, bundle."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.events import EventLog, check_canceled, gettext_noop, read_json, write_json
from workers.engine.search.candidate import family_of
from workers.engine.search.plan import Plan
from workers.engine.spec import FitSpec

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

    from workers.engine.evaluate.holdout import HoldoutScores

NOT_BASE = ("baseline", "ensemble")


class Finish:
    """The phases after the search. Each reads what the ones before left in the job directory."""

    def __init__(
        self, job_dir: Path, spec: FitSpec, plan: Plan, search: dict[str, Any], prepared: dict[str, Any], events: EventLog
    ) -> None:
        self.job_dir = job_dir
        self.spec = spec
        self.plan = plan
        self.search = search
        self.prepared = prepared
        self.events = events
        self.schema = read_json(job_dir / "schema.json")
        self.metric = self.schema["eval_metric"]
        self.predictor_dir = job_dir / "predictor"

    def run(self, *, partial: bool) -> dict[str, Any]:
        """result.json. `partial`: the search did not get to everything it had promised."""
        import pandas as pd

        from workers.engine.problems.tabular import best_by_validation, predictor_load

        self._phase("evaluate", gettext_noop("Testing on rows no model has seen"))
        holdout = pd.read_parquet(self.job_dir / "holdout.parquet")
        predictor = predictor_load(self.predictor_dir)
        models = self._with_ensemble(predictor)
        # The baseline is for comparison; it is published only when there is nothing else.
        deployed = best_by_validation(predictor, [m for m in models if family_of(m) != "baseline"] or models)
        predictor.persist(models=[deployed], max_memory=None)
        scores, complete = self._score(predictor, models, deployed, holdout)
        board = self._leaderboard(predictor, scores, models, deployed)
        explanations = self._explain(predictor, scores, deployed, holdout)
        result = self._result(scores, models, deployed, partial=partial or not complete)
        html = self._document(result, board, explanations)
        self._bundle(deployed, result, holdout, html)
        return result

    def _phase(self, name: str, message: str) -> None:
        check_canceled(self.job_dir)
        now = time.time()
        self.events.phase(name, round(self.plan.progress(now), 3), round(max(0.0, self.plan.deadline - now), 1), message)

    def _score_until(self) -> float:
        return self.plan.deadline - self.plan.bundle_s - self.plan.explain_s

    def _with_ensemble(self, predictor: TabularPredictor) -> list[str]:
        """All model names. The ensemble is fitted here, also after a search that was killed."""
        from workers.engine.problems.tabular import ensemble_fit, validation_scores
        from workers.engine.search.searcher import Usage, live_row

        known = list(predictor.model_names())
        members = [name for name in known if family_of(name) not in NOT_BASE]
        used = Usage()
        scores = validation_scores(predictor)
        names = ensemble_fit(predictor, members, max(5.0, (self._score_until() - time.time()) / 2))
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

    def _score(self, predictor: TabularPredictor, models: list[str], deployed: str, holdout: pd.DataFrame) -> tuple[HoldoutScores, bool]:
        """Scores of every model on the holdout; False when time ran out before the last."""
        from workers.engine.bundle.runtime.frame import to_model_frame
        from workers.engine.evaluate.holdout import HoldoutScores, truth_make

        truth = truth_make(holdout[self.spec.label], self.schema)
        groups = None
        if self.spec.roles.group:
            groups = holdout.groupby(self.spec.roles.group, dropna=False).ngroup().to_numpy()
        frame = to_model_frame(holdout, self.schema)
        scores = HoldoutScores(predictor, frame, truth, groups=groups, seed=self.spec.settings.seed)
        scores.score(deployed)
        for model in models:
            if time.time() > self._score_until():
                return scores, False
            if model != deployed:
                check_canceled(self.job_dir)
                scores.score(model, only=[self.metric])
        return scores, True

    def _leaderboard(self, predictor: TabularPredictor, scores: HoldoutScores, models: list[str], deployed: str) -> list[dict[str, Any]]:
        """leaderboard.json and evaluation.json; the rows, best validation score first."""
        import pandas as pd

        from workers.engine.evaluate.decision import decision_make
        from workers.engine.evaluate.holdout import size_mb
        from workers.engine.evaluate.metrics import HIGHER_IS_BETTER
        from workers.engine.evaluate.report import evaluation_make
        from workers.engine.search.searcher import live_row

        board = []
        for model in models:
            row = live_row(self.search["models"][model]) | scores.fields(model, self.metric)
            row |= {"size_mb": size_mb(self.predictor_dir, _parts(predictor, model, deployed)), "deployed": model == deployed}
            board.append(row)
            self.events.model(row)
        sign = -1 if HIGHER_IS_BETTER[self.metric] else 1
        board.sort(key=lambda row: (row["score_val"] is None, sign * (row["score_val"] or 0)))
        write_json(self.job_dir / "leaderboard.json", board)
        holdout = pd.read_parquet(self.job_dir / "holdout.parquet")
        evaluation = evaluation_make(scores, deployed, self.metric, holdout, self.spec.roles.sensitive, self.spec.settings.seed)
        prediction = scores.scored[deployed].prediction
        decision = decision_make(self.spec.use_case, scores.truth, prediction, holdout, self.spec.label, self.spec.decision)
        write_json(self.job_dir / "evaluation.json", evaluation | ({"decision": decision} if decision else {}))
        return board

    def _explain(self, predictor: TabularPredictor, scores: HoldoutScores, deployed: str, holdout: pd.DataFrame) -> dict[str, Any]:
        from workers.engine.explain.permutation import importance_make

        self._phase("explain", gettext_noop("Finding out what the model leans on"))
        explanations = importance_make(
            predictor,
            deployed,
            holdout,
            scores.truth,
            self.schema,
            metric=self.metric,
            rows_per_s=scores.scored[deployed].rows_per_s,
            until=min(self.plan.explain_until(), time.time() + 1.5 * self.plan.explain_s),
            seed=self.spec.settings.seed,
        )
        write_json(self.job_dir / "explanations.json", explanations)
        return explanations

    def _result(self, scores: HoldoutScores, models: list[str], deployed: str, *, partial: bool) -> dict[str, Any]:
        base = [name for name in models if family_of(name) not in NOT_BASE]
        return {
            "status": "done",
            "partial": partial,
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
            "energy_wh": None,
        }

    def _document(self, result: dict[str, Any], board: list[dict[str, Any]], explanations: dict[str, Any]) -> str:
        from workers.engine.report.document import facts_make
        from workers.engine.report.html import document_html

        self._phase("document", gettext_noop("Writing the model document"))
        facts = facts_make(self.spec, self.schema, result, board, read_json(self.job_dir / "evaluation.json"), explanations)
        write_json(self.job_dir / "document.json", facts)
        html = document_html(facts)
        (self.job_dir / "document.html").write_text(html, encoding="utf-8")
        return html

    def _bundle(self, deployed: str, result: dict[str, Any], holdout: pd.DataFrame, html: str) -> None:
        from workers.engine.bundle.build import bundle_build

        self._phase("bundle", gettext_noop("Packing the predictor"))
        bundle_build(
            job_dir=self.job_dir,
            predictor_dir=self.predictor_dir,
            model=deployed,
            facts={
                "title": self.spec.use_case,
                "eval_metric": self.metric,
                "holdout": result["holdout"],
                "decision": self.spec.decision,
            },
            holdout=holdout,
            document_html=html,
        )


def _parts(predictor: TabularPredictor, model: str, deployed: str) -> list[str]:
    """The models on disk that `model` is made of; an ensemble is as large as its members.

    The published one is in memory with exactly what it needs. (predictor.info() would know the
    others too, but collects garbage per model, which takes longer than all of the evaluation.)
    """
    if model == deployed:
        return [str(name) for name in predictor.model_names(persisted=True)]
    return [model]
