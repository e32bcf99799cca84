"""AutoGluon's tabular predictor, as the search uses it: one candidate at a time, no surprises."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.metrics import default_metric
from workers.engine.bundle.runtime.frame import text_columns
from workers.engine.events import read_json
from workers.engine.problems.scorers import search_metric
from workers.engine.search.candidate import Candidate
from workers.engine.search.configs.tabular import PROMISED
from workers.engine.spec import FitSpec
from workers.engine.splits.folds import folds_load
from workers.engine.table import LABEL, WEIGHT

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

SLACK = 1.6
FIRST_LEVEL = 8
FOLD_SHARE = 0.85  # the rest goes on encoding, predicting and saving each fold
ON_GPU = ("neural_net", "transformer", "text")


def eval_metric(spec: FitSpec) -> str:
    """The metric the search goes by."""
    return spec.settings.eval_metric or default_metric(spec.problem_type, spec.distribution)


class TabularSearch:
    """A growing AutoGluon predictor. Every call is one public AutoGluon call with all it leaves to
    chance said explicitly: resources, sequential folds, no stacking, no ensemble on the way.
    """

    def __init__(self, path: Path, spec: FitSpec, *, folds: int, positive_class: str | None, kept: bool = False) -> None:
        """`kept`: go on with the predictor that lies at `path`. Raises whatever unpickling raises when it cannot be read."""
        from autogluon.tabular import TabularPredictor

        from workers.engine.search.candidates import register

        register()
        quiet_libraries()
        self.folds = folds
        self.splits = folds_load(path.parent)
        self.text = [column["id"] for column in text_columns(read_json(path.parent / "schema.json"))]
        self.spec = spec
        # What AutoGluon does itself in fit(), which a predictor that is read back does not go through.
        os.environ["AG_MEMORY_LIMIT_IN_GB"] = str(spec.memory_limit_mb / 1024)
        if kept:
            self.predictor: TabularPredictor = predictor_load(path)
            return
        self.predictor = TabularPredictor(
            LABEL,
            problem_type=spec.problem_type,
            eval_metric=search_metric(eval_metric(spec), spec.problem_type, weighed=spec.weighed == "column"),
            path=str(path),
            positive_class=positive_class,
            quantile_levels=spec.settings.quantile_levels if spec.problem_type == "quantile" else None,
            sample_weight=WEIGHT if spec.weighed else None,
            # Balanced classes are for learning; models are compared by the rows as they are.
            weight_evaluation=spec.weighed == "column",
            verbosity=1,
            # Classes are checked by table.py; AutoGluon would drop small ones without a word.
            learner_kwargs={"label_count_threshold": 1},
        )

    def start(self, candidate: Candidate, train: pd.DataFrame, validation: pd.DataFrame | None) -> list[str]:
        """Fit the preprocessing and the first model; returns its name. `train` and `validation`
        are model frames with LABEL, and WEIGHT where rows weigh differently; `validation` is None when folds are used.
        """
        from workers.engine.search.text_features import feature_generator, feature_metadata

        self.predictor.fit(
            train,
            feature_generator=feature_generator(),
            feature_metadata=feature_metadata(train.drop(columns=[LABEL, WEIGHT], errors="ignore"), self.text),
            tuning_data=validation,
            num_bag_folds=self.folds,
            num_bag_sets=1 if self.folds else None,
            num_stack_levels=0,
            dynamic_stacking=False,
            auto_stack=False,
            calibrate_decision_threshold=False,
            memory_limit=self.spec.memory_limit_mb / 1024,
            **self._common(candidate),
        )
        return list(self.predictor.model_names())

    def add(self, candidate: Candidate, time_limit: float | None) -> list[str]:
        """Fit one more candidate on the same rows and folds; returns the names that are new. `time_limit` None: to its own end."""
        for module in candidate.imports:
            import_module(module)
        before = set(self.predictor.model_names())
        self.predictor.fit_extra(
            **self._common(candidate),
            base_model_names=self._first_level() if candidate.stacked else None,
            # AutoGluon gives up on all folds when the first ones took more than their share of this
            # limit, and first folds pay for warming up. So each fold gets its own limit, which the
            # model itself keeps to, and the sum some slack.
            time_limit=None if time_limit is None else SLACK * time_limit,
            ag_args_fit={
                **({} if time_limit is None else {"max_time_limit": FOLD_SHARE * time_limit / self._copies(candidate)}),
                # Models without a list of what they read would take whole texts for categories.
                **({} if candidate.family == "text" else {"get_features_kwargs_extra": {"invalid_special_types": ["text"]}}),
            },
        )
        return [name for name in self.predictor.model_names() if name not in before]

    def _copies(self, candidate: Candidate) -> int:
        return 1 if self._once(candidate) else max(1, self.folds)

    def _once(self, candidate: Candidate) -> bool:
        """Whether it is fitted once. A forest's own estimate draws rows one by one, so where rows hang together it takes the folds."""
        return candidate.single and (self.splits is None or candidate.key == "TEXT_ENCODER")

    def _common(self, candidate: Candidate) -> dict[str, Any]:
        params = dict(candidate.params_for(self.spec.problem_type))
        splits = self.splits
        if candidate.key == "TEXT_ENCODER":  # it keeps to the folds itself
            params |= {"encoder": self.spec.settings.text_encoder, "splits": splits}
            splits = None
        return {
            "hyperparameters": {candidate.key: params},
            "num_cpus": candidate.cpu_count or self.spec.cpu_count,
            "num_gpus": self.spec.gpu_count if candidate.family in ON_GPU else 0,
            "fit_strategy": "sequential",
            "fit_weighted_ensemble": False,
            "calibrate": False,
            "ag_args_ensemble": {"fold_fitting_strategy": "sequential_local", "custom_splits": splits},
        }

    def _first_level(self) -> list[str]:
        """The best models that a second level learns from, not more than are quick to predict with."""
        board = self.predictor.leaderboard()
        board = board[(board["stack_level"] == 1) & ~board["model"].str.startswith("Dummy")].dropna(subset=["score_val"])
        return [str(name) for name in board.sort_values("score_val", ascending=False, kind="stable")["model"][:FIRST_LEVEL]]

    def validation_score(self, model: str) -> float | None:
        return validation_scores(self.predictor).get(model)

    def failures(self) -> dict[str, tuple[str, str, float]]:
        """Exception type, text and seconds of the last failure by model name. A second try has the name of the first."""
        table = self.predictor.model_failures()
        return {row.model: (str(row.exc_type), str(row.exc_str), float(row.total_time)) for row in table.itertuples()}

    def failure_since(self, before: dict[str, tuple[str, str, float]]) -> tuple[str, str]:
        """Exception type and text of a failure that `before` does not have, empty when there is none."""
        new = [failure for name, failure in self.failures().items() if before.get(name) != failure]
        return new[-1][:2] if new else ("", "")


def predictor_load(path: Path) -> TabularPredictor:
    """The predictor as far as it got on disk, also when its process was killed."""
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register

    register()
    quiet_libraries()
    predictor: TabularPredictor = TabularPredictor.load(str(path), verbosity=1)
    return predictor


def ensemble_fit(predictor: TabularPredictor, members: list[str], time_limit: float | None) -> list[str]:
    """Weight `members` by their validation predictions (Caruana et al. 2004); new model names."""
    if len(members) < 2:
        return []
    names: list[str] = predictor.fit_weighted_ensemble(base_models=members, time_limit=time_limit)
    return names


def validation_scores(predictor: TabularPredictor) -> dict[str, float]:
    """Validation score per model in natural units: log loss and errors are positive."""
    board = predictor.leaderboard()
    scorer = predictor.eval_metric
    return {row.model: float(scorer.convert_score_to_original(row.score_val)) for row in board.itertuples() if row.score_val is not None}


def best_by_validation(predictor: TabularPredictor, candidates: list[str]) -> str:
    """The model with the best validation score. The holdout has no say."""
    board = predictor.leaderboard()
    board = board[board["model"].isin(candidates)].dropna(subset=["score_val"])
    return str(board.sort_values("score_val", ascending=False, kind="stable")["model"].iloc[0])


def imports_of(models: Iterable[str]) -> set[str]:
    """What the models will import when they predict."""
    found = (candidate.imports for candidate in PROMISED if any(model.startswith(candidate.name) for model in models))
    return {module for modules in found for module in modules}


def quiet_libraries() -> None:
    """Training libraries greet, advise and warn per fold; engine.log is for what went wrong."""
    for name in ("lightning", "pytorch_lightning", "lightning.pytorch", "pytorch_lightning.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
