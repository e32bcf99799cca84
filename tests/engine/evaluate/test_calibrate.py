"""Probabilities put right, and the line between two classes, on made predictions whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from workers.engine.bundle.runtime.answers import calibrated
from workers.engine.evaluate.calibrate import calibration_learn
from workers.engine.evaluate.threshold import threshold_learn
from workers.engine.evaluate.truth import Floats
from workers.engine.problems.validated import Validated

RNG = np.random.default_rng(0)
ROWS = 4000
SCORE = RNG.normal(size=ROWS)
TRUE = 1 / (1 + np.exp(-(1.5 * SCORE - 2.5)))
Y = (RNG.random(ROWS) < TRUE).astype(float)
ONES = np.ones(ROWS)


def two(p: Floats, y: Floats = Y) -> Validated:
    return Validated(["no", "yes"], np.column_stack([1 - p, p]), y, np.ones(len(y)))


def test_overconfident_probabilities_are_taken_back() -> None:
    loud = calibrated(np.column_stack([1 - TRUE, TRUE]), 2.5, np.zeros(2))[:, 1]
    learned = calibration_learn(two(loud), "M", balanced=False, seed=0)
    assert learned["applied"] and learned["scale"] == pytest.approx(1 / 2.5, rel=0.15)
    assert learned["loss_after"] < learned["loss_before"] and learned["ece_after"] < learned["ece_before"] / 3


def test_probabilities_that_are_right_are_left_alone() -> None:
    learned = calibration_learn(two(TRUE), "M", balanced=False, seed=0)
    assert not learned["applied"] and learned["loss_after"] == learned["loss_before"]


def test_a_handful_of_rows_teaches_nothing() -> None:
    learned = calibration_learn(two(np.full(50, 0.9), Y[:50]), "M", balanced=False, seed=0)
    assert not learned["applied"] and learned["rows"] == 50


def test_balanced_classes_get_their_real_shares_back() -> None:
    share = Y.mean()
    odds = TRUE / (1 - TRUE) * (1 - share) / share  # what a model says that learned from balanced classes
    learned = calibration_learn(two(odds / (1 + odds)), "M", balanced=True, seed=0)
    shift = np.array([learned["shift"][name] for name in ("no", "yes")])
    back = calibrated(np.column_stack([1 / (1 + odds), odds / (1 + odds)]), learned["scale"], shift)[:, 1]
    assert learned["applied"] and learned["prior"]
    assert back == pytest.approx(TRUE, abs=1e-6)


def test_many_classes_share_one_scale() -> None:
    classes = [f"c{i}" for i in range(30)]
    true = RNG.dirichlet(np.ones(30), ROWS)
    y = np.array([RNG.choice(30, p=row) for row in true]).astype(float)
    learned = calibration_learn(Validated(classes, calibrated(true, 3.0, np.zeros(30)), y, ONES), "M", balanced=False, seed=0)
    assert learned["applied"] and set(learned["shift"].values()) == {0.0} and learned["scale"] == pytest.approx(1 / 3, rel=0.1)


def test_the_line_is_where_the_metric_is_best_in_validation() -> None:
    line = threshold_learn(Y, TRUE, ONES, eval_metric="f1", positive="yes")
    best = max(sk.f1_score(Y, value <= TRUE) for value in np.linspace(0.02, 0.98, 300))
    assert line["validation"] == pytest.approx(sk.f1_score(Y, line["value"] <= TRUE)) and line["validation"] >= best - 0.005
    assert line["at_half"] == pytest.approx(sk.f1_score(Y, TRUE >= 0.5)) and line["value"] < 0.5
    assert line["message"] % line["params"]


def test_without_a_metric_that_asks_for_a_line_it_stays_in_the_middle_unless_the_class_is_rare() -> None:
    assert Y.mean() > 0.1
    assert threshold_learn(Y, TRUE, ONES, eval_metric="log_loss", positive="yes")["value"] == 0.5
    rare = (RNG.random(ROWS) < TRUE / 5).astype(float)
    line = threshold_learn(rare, TRUE / 5, ONES, eval_metric="roc_auc", positive="yes")
    assert line["metric"] == "f1" and line["value"] < 0.2 and "percent of the rows" in line["message"] % line["params"]
    # With recall alone everything would be called positive.
    assert threshold_learn(Y, TRUE, ONES, eval_metric="recall", positive="yes")["value"] == 0.5
