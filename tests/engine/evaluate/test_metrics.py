"""Every weighted metric equals scikit-learn's on the rows the resample repeats."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from workers.engine.evaluate.bootstrap import Resamples
from workers.engine.evaluate.metrics import binary_metrics, multiclass_metrics, regression_metrics

RNG = np.random.default_rng(0)
WEIGHTS = RNG.multinomial(120, np.full(120, 1 / 120), size=5).astype(float)


@pytest.mark.parametrize("draw", range(5))
def test_binary_metrics_agree_with_scikit_learn(draw: int) -> None:
    y = RNG.integers(0, 2, 120).astype(float)
    p = np.round(np.clip(0.3 * y + RNG.random(120) * 0.7, 0.01, 0.99), 1)  # rounded: many ties
    ours = {name: value[draw] for name, value in binary_metrics(y, p, WEIGHTS).items()}
    rows = np.repeat(np.arange(120), WEIGHTS[draw].astype(int))
    a, b, guess = y[rows], p[rows], p[rows] >= 0.5
    fpr, tpr, _ = sk.roc_curve(a, b, drop_intermediate=False)
    theirs = {
        "log_loss": sk.log_loss(a, b),
        "roc_auc": sk.roc_auc_score(a, b),
        "average_precision": sk.average_precision_score(a, b),
        "brier": sk.brier_score_loss(a, b),
        "accuracy": sk.accuracy_score(a, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(a, guess),
        "f1": sk.f1_score(a, guess),
        "mcc": sk.matthews_corrcoef(a, guess),
        "ks": (tpr - fpr).max(),
    }
    assert ours == pytest.approx(theirs)


@pytest.mark.parametrize("draw", range(5))
def test_multiclass_metrics_agree_with_scikit_learn(draw: int) -> None:
    y = RNG.integers(0, 3, 120).astype(float)
    p = RNG.dirichlet([1, 1, 1], 120) + 0.3 * np.eye(3)[y.astype(int)]
    p /= p.sum(axis=1, keepdims=True)
    ours = {name: value[draw] for name, value in multiclass_metrics(y, p, WEIGHTS).items()}
    rows = np.repeat(np.arange(120), WEIGHTS[draw].astype(int))
    a, b, guess = y[rows], p[rows], p[rows].argmax(axis=1)
    theirs = {
        "log_loss": sk.log_loss(a, b),
        "accuracy": sk.accuracy_score(a, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(a, guess),
        "f1_macro": sk.f1_score(a, guess, average="macro"),
        "roc_auc_ovo": sk.roc_auc_score(a, b, multi_class="ovo"),
    }
    assert ours == pytest.approx(theirs)


@pytest.mark.parametrize("draw", range(5))
def test_regression_metrics_agree_with_scikit_learn(draw: int) -> None:
    y = RNG.normal(size=120)
    p = y + RNG.normal(size=120)
    ours = {name: value[draw] for name, value in regression_metrics(y, p, WEIGHTS).items()}
    rows = np.repeat(np.arange(120), WEIGHTS[draw].astype(int))
    theirs = {
        "root_mean_squared_error": sk.root_mean_squared_error(y[rows], p[rows]),
        "mean_absolute_error": sk.mean_absolute_error(y[rows], p[rows]),
        "r2": sk.r2_score(y[rows], p[rows]),
        "median_absolute_error": sk.median_absolute_error(y[rows], p[rows]),
    }
    assert ours == pytest.approx(theirs)


def test_a_class_missing_from_a_resample_gives_nan_and_not_a_number() -> None:
    weights = np.array([[1.0, 1.0, 0.0]])
    assert np.isnan(binary_metrics(np.array([0.0, 0, 1]), np.array([0.1, 0.2, 0.9]), weights)["roc_auc"])


def test_intervals_agree_with_a_bootstrap_by_hand() -> None:
    y = RNG.integers(0, 2, 200).astype(float)
    p = np.clip(0.3 * y + RNG.random(200) * 0.7, 0.01, 0.99)
    ours = Resamples(200, seed=1).metrics("binary", y, p).interval("roc_auc")
    by_hand = []
    for _ in range(2000):
        rows = RNG.integers(0, 200, 200)
        by_hand.append(sk.roc_auc_score(y[rows], p[rows]))
    low, high = np.percentile(by_hand, [2.5, 97.5])
    assert ours.value == pytest.approx(sk.roc_auc_score(y, p))
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.01)


def test_a_subset_of_a_large_holdout_gives_the_same_width() -> None:
    y = RNG.integers(0, 2, 6000).astype(float)
    p = np.clip(0.2 * y + RNG.random(6000) * 0.8, 0.01, 0.99)
    whole = Resamples(6000, max_rows=6000).metrics("binary", y, p).interval("log_loss")
    part = Resamples(6000, max_rows=1500).metrics("binary", y, p).interval("log_loss")
    assert part.high - part.low == pytest.approx(whole.high - whole.low, rel=0.2)
    assert part.value == whole.value


def test_whole_groups_are_drawn_together() -> None:
    groups = np.repeat(np.arange(20), 5)
    weights = np.concatenate(Resamples(100, groups=groups).chunks())
    assert (weights.reshape(len(weights), 20, 5).std(axis=2) == 0).all()


def test_ties_are_judged_on_the_paired_difference() -> None:
    y = RNG.integers(0, 2, 400).astype(float)
    good = np.clip(0.5 * y + RNG.random(400) * 0.5, 0.01, 0.99)
    draws = Resamples(400)
    best = draws.metrics("binary", y, good)
    same = draws.metrics("binary", y, np.clip(good + RNG.normal(0, 1e-3, 400), 0.01, 0.99))
    worse = draws.metrics("binary", y, RNG.random(400).clip(0.01, 0.99))
    assert same.tied_with(best, "log_loss")
    assert not worse.tied_with(best, "log_loss")
