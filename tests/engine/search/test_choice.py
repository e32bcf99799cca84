"""Which model is published when there is much time, little, or next to none."""

from __future__ import annotations

from workers.engine.search.choice import Pace

PACE = Pace(
    seconds={"Dummy": 0.0, "LightGBM": 0.1, "RandomForest": 0.2, "TabM": 5.0, "WeightedEnsemble_L2": 5.3},
    copies={"Dummy": 1, "LightGBM": 5, "RandomForest": 5, "TabM": 5, "WeightedEnsemble_L2": 16},
    sizes_mb={"Dummy": 0.01, "LightGBM": 1, "RandomForest": 900, "TabM": 10, "WeightedEnsemble_L2": 911},
    scores={"Dummy": -0.7, "LightGBM": -0.5, "RandomForest": -0.48, "TabM": -0.45, "WeightedEnsemble_L2": -0.4},
    validated=1000,
    folds=5,
)


def test_with_time_the_best_in_validation_is_published() -> None:
    assert PACE.best(rows=250, within=1000) == "WeightedEnsemble_L2"


def test_a_model_too_large_to_pack_or_too_slow_to_test_gives_way() -> None:
    assert PACE.best(rows=250, within=20) == "TabM"
    assert PACE.best(rows=250, within=2) == "LightGBM"


def test_in_a_hurry_only_quick_single_models_count() -> None:
    assert PACE.best(rows=250, within=1000, quick=True) == "LightGBM"


def test_when_nothing_fits_the_fastest_is_taken_and_never_the_baseline() -> None:
    assert PACE.best(rows=1_000_000, within=0.001) == "LightGBM"
    alone = Pace({"Dummy": 0.0}, {"Dummy": 1}, {"Dummy": 0.01}, {"Dummy": -0.7}, 100, 0)
    assert alone.best(rows=10, within=1) == "Dummy"


def test_every_copy_of_a_bagged_model_predicts_every_row() -> None:
    assert PACE.scoring_s("TabM", 1000) > 5 * 5.0
