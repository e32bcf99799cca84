"""What a run shows of itself while it lives, built from the engine's events."""

from __future__ import annotations

from typing import Any

from automl_portal.projects.plots.learning import kept_figure, training_figure
from automl_portal.projects.watching import MOST_POINTS, live_after


def epoch(number: int, model: str = "FTTransformer_BAG_L1", fold: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "type": "epoch",
        "model": model,
        "fold": fold,
        "folds": 4,
        "epoch": number,
        "epochs": 60,
        "measure": "loss",
        "higher_is_better": False,
        "points": [[number, 0.9 / number, 1.0 / number]],
        **fields,
    }


def test_the_curve_of_the_model_in_training_grows_and_stays_short() -> None:
    live = live_after({}, [epoch(1), epoch(2)])
    assert live["training"]["points"] == [[1, 1, 0.9, 1.0], [1, 2, 0.45, 0.5]] and live["training"]["epoch"] == 2
    live = live_after(live, [epoch(number) for number in range(3, 1000)])
    epochs = [point[1] for point in live["training"]["points"]]
    assert len(epochs) <= MOST_POINTS and epochs[-1] == 999 and epochs[0] < 20  # its beginning is still there


def test_another_model_begins_a_curve_of_its_own() -> None:
    live = live_after({}, [epoch(5), epoch(1, model="TabM_BAG_L1", measure="log_loss")])
    assert live["training"]["model"] == "TabM_BAG_L1" and len(live["training"]["points"]) == 1


def test_the_curve_goes_when_the_model_lands_is_skipped_or_the_search_ends() -> None:
    live = live_after({}, [epoch(5)])
    assert "training" not in live_after(live, [{"type": "model", "model": "FTTransformer_BAG_L1"}])
    assert "training" not in live_after(live, [{"type": "skipped", "model": "FTTransformer"}])
    assert "training" not in live_after(live, [{"type": "phase", "phase": "evaluate"}])
    assert "training" in live_after(live, [{"type": "model", "model": "LightGBM_BAG_L1"}, {"type": "progress", "progress": 0.3}])


def test_what_is_used_and_how_long_is_left_are_kept() -> None:
    live = live_after({}, [{"type": "usage", "t": 1.0, "memory_mb": 900, "peak_memory_mb": 950}])
    live = live_after(live, [{"type": "usage", "t": 2.0, "energy_wh": 0.4}, {"type": "progress", "eta_low_s": 60, "eta_high_s": 90}])
    assert live == {"usage": {"memory_mb": 900, "peak_memory_mb": 950, "energy_wh": 0.4}, "eta": [60, 90]}


def test_a_warning_is_seen_while_the_run_goes_on_and_once() -> None:
    warning = {"type": "warning", "code": "smaller_plan", "message": "%(rows)s rows.", "params": {"rows": 5000}}
    live = live_after(live_after({}, [warning]), [{**warning, "params": {"rows": 2500}}])
    assert live["warnings"] == [{"code": "smaller_plan", "message": "%(rows)s rows.", "params": {"rows": 2500}}]


def test_the_figure_tells_the_best_epoch_of_the_fold_in_training() -> None:
    assert training_figure(None) is None and training_figure(live_after({}, [epoch(1)])["training"]) is None
    live = live_after({}, [epoch(1), epoch(2), epoch(1, fold=2), epoch(3, fold=2)])
    figure = training_figure(live["training"])
    assert figure is not None
    assert figure.caption == "FTTransformer_BAG_L1, fold 2, is best at epoch 3: loss 0.333 in validation. In grey: fold 1."
    assert [mark.name for mark in figure.marks] == ["Fold 1", "Fold 2", "Training rows"] and len(figure.rows) == 4


def test_a_kept_curve_of_a_score_is_best_where_it_is_largest() -> None:
    points = {"every": 1, "points": [[1, None, 0.7], [2, None, 0.8], [3, None, 0.75]]}
    figure = kept_figure("LightGBM", {"measure": "roc_auc", "higher_is_better": True, "folds": {"1": points}})
    assert figure is not None and figure.caption == "LightGBM is best at epoch 2: AUC 0.800 in validation."


def test_a_curve_without_a_value_is_not_drawn() -> None:
    curve = {"measure": "loss", "higher_is_better": False, "folds": {"1": {"every": 1, "points": [[1, None, None]]}}}
    assert kept_figure("NeuralNetTorch", curve) is None
