"""What the ensemble is said to score while the search lives is what AutoGluon's own scores when it is fitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.fitting import table
from workers.engine.search.standing import Standing


@pytest.mark.fit
@pytest.mark.parametrize(("kind", "metric", "folds"), [("binary", "roc_auc", 3), ("multiclass", "log_loss", 0), ("regression", "r2", 3)])
def test_the_ensemble_foretold_is_the_one_that_is_fitted(kind: str, metric: str, folds: int, tmp_path: Path) -> None:
    from autogluon.tabular import TabularPredictor

    frame = table(300, kind).drop(columns=["row id", "since"])
    if kind != "regression":
        frame = frame[frame["outcome"] != "once"].astype({"outcome": str})
    predictor = TabularPredictor("outcome", problem_type=kind, eval_metric=metric, path=str(tmp_path / "p"), verbosity=0)
    predictor.fit(
        frame, hyperparameters={"GBM": {"num_boost_round": 30}, "LR": {}, "XT": {"n_estimators": 30}}, num_bag_folds=folds, num_stack_levels=0,
        num_cpus=1, num_gpus=0, fit_weighted_ensemble=False, dynamic_stacking=False, ag_args_ensemble={"fold_fitting_strategy": "sequential_local"},
    )  # fmt: skip
    members = predictor.model_names()
    standing = Standing(predictor, folds)
    standing.began -= 1000  # as if the search had been going on: looking may cost a share of its time
    assert standing.look(members[:1]) is None
    found = standing.look(members)
    assert found is not None
    score, weights = found
    (name,) = predictor.fit_weighted_ensemble(base_models=members)
    board = predictor.leaderboard().set_index("model")["score_val"]
    assert score == pytest.approx(predictor.eval_metric.convert_score_to_original(board[name]), rel=1e-3)
    assert set(weights) <= set(members) and sum(weights.values()) == pytest.approx(1)
    standing.spent = 1000
    assert standing.look(members) is None
