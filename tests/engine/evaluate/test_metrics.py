"""Every weighted metric equals scikit-learn's (or AutoGluon's) on the rows the resample repeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from domains.metrics import HIGHER_IS_BETTER, REPORTED, SELECTABLE
from workers.engine.evaluate.bootstrap import Resamples
from workers.engine.evaluate.metrics import compute, point
from workers.engine.evaluate.truth import Floats, Truth

RNG = np.random.default_rng(0)
ROWS = 120
WEIGHTS = RNG.multinomial(ROWS, np.full(ROWS, 1 / ROWS), size=5).astype(float)
Y2 = RNG.integers(0, 2, ROWS).astype(float)
P2 = np.round(np.clip(0.3 * Y2 + RNG.random(ROWS) * 0.7, 0.01, 0.99), 1)  # rounded: many ties
Y4 = RNG.integers(0, 4, ROWS).astype(float)
P4 = RNG.dirichlet(np.ones(4), ROWS) + 0.3 * np.eye(4)[Y4.astype(int)]
P4 /= P4.sum(axis=1, keepdims=True)
YN = RNG.poisson(3, ROWS).astype(float)
PN = np.round(np.abs(YN + RNG.normal(size=ROWS)) + 0.1, 2)
LEVELS = (0.1, 0.5, 0.9)
PQ = np.sort(YN[:, None] + RNG.normal(size=(ROWS, 3)), axis=1)
BINARY = Truth("binary", Y2, ["0", "1"], "1")
SEVERAL = Truth("multiclass", Y4, list("abcd"))
COUNT = Truth("regression", YN, distribution="poisson")
QUANTILE = Truth("quantile", YN, levels=LEVELS)


def binary(y: Floats) -> Truth:
    return Truth("binary", y, ["0", "1"], "1")


def averages(a: Any, guess: Any) -> dict[str, float]:
    made = {"precision": sk.precision_score, "recall": sk.recall_score, "f1": sk.f1_score}
    return {
        f"{name}_{kind}": score(a, guess, average=kind, zero_division=0)
        for name, score in made.items()
        for kind in ("macro", "micro", "weighted")
    }


def binary_by_the_book(a: Floats, b: Floats) -> dict[str, float]:
    guess = (b >= 0.5).astype(float)
    fpr, tpr, _ = sk.roc_curve(a, b, drop_intermediate=False)
    return averages(a, guess) | {
        "log_loss": sk.log_loss(a, b),
        "roc_auc": sk.roc_auc_score(a, b),
        "average_precision": sk.average_precision_score(a, b),
        "brier": sk.brier_score_loss(a, b),
        "accuracy": sk.accuracy_score(a, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(a, guess),
        "f1": sk.f1_score(a, guess),
        "precision": sk.precision_score(a, guess),
        "recall": sk.recall_score(a, guess),
        "mcc": sk.matthews_corrcoef(a, guess),
        "quadratic_kappa": sk.cohen_kappa_score(a, guess, weights="quadratic"),
        "ks": (tpr - fpr).max(),
    }


def several_by_the_book(a: Floats, b: Floats) -> dict[str, float]:
    guess = b.argmax(axis=1)
    areas = {
        f"roc_auc_{way}{'' if kind == 'macro' else '_' + kind}": sk.roc_auc_score(a, b, multi_class=way, average=kind)
        for way, kind in (("ovo", "macro"), ("ovo", "weighted"), ("ovr", "macro"), ("ovr", "weighted"), ("ovr", "micro"))
    }
    return (averages(a, guess) | areas) | {
        "log_loss": sk.log_loss(a, b),
        "accuracy": sk.accuracy_score(a, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(a, guess),
        "mcc": sk.matthews_corrcoef(a, guess),
        "quadratic_kappa": sk.cohen_kappa_score(a, guess, weights="quadratic"),
    }


def number_by_the_book(a: Floats, b: Floats) -> dict[str, float]:
    return {
        "root_mean_squared_error": sk.root_mean_squared_error(a, b),
        "mean_squared_error": sk.mean_squared_error(a, b),
        "mean_absolute_error": sk.mean_absolute_error(a, b),
        "r2": sk.r2_score(a, b),
        "median_absolute_error": sk.median_absolute_error(a, b),
        "mean_absolute_percentage_error": sk.mean_absolute_percentage_error(a, b),
        "symmetric_mean_absolute_percentage_error": np.mean(np.abs(a - b) / (np.abs(a) + np.abs(b))),
        "spearmanr": stats.spearmanr(a, b)[0],
        "pearsonr": stats.pearsonr(a, b)[0],
        "mean_poisson_deviance": sk.mean_poisson_deviance(a, b),
        "mean_tweedie_deviance": sk.mean_tweedie_deviance(a, b, power=1.5),
        "deviance_explained": sk.d2_tweedie_score(a, b, power=1),
    }


def quantiles_by_the_book(a: Floats, b: Floats) -> dict[str, float]:
    return {
        "pinball_loss": np.mean([sk.mean_pinball_loss(a, b[:, i], alpha=level) for i, level in enumerate(LEVELS)]),
        "interval_coverage": ((a >= b[:, 0]) & (a <= b[:, 2])).mean(),
        "interval_width": (b[:, 2] - b[:, 0]).mean(),
        "mean_absolute_error": np.abs(a - b[:, 1]).mean(),
    }


BOOK: dict[str, tuple[Truth, Floats, Callable[[Floats, Floats], dict[str, float]]]] = {
    "binary": (BINARY, P2, binary_by_the_book),
    "multiclass": (SEVERAL, P4, several_by_the_book),
    "regression": (COUNT, PN, number_by_the_book),
    "quantile": (QUANTILE, PQ, quantiles_by_the_book),
}


@pytest.mark.parametrize("kind", BOOK)
@pytest.mark.parametrize("draw", range(5))
def test_metrics_agree_with_scikit_learn(kind: str, draw: int) -> None:
    truth, p, by_the_book = BOOK[kind]
    rows = np.repeat(np.arange(ROWS), WEIGHTS[draw].astype(int))
    theirs = by_the_book(truth.y[rows], p[rows])
    ours = {name: value[draw] for name, value in compute(truth, p, WEIGHTS, theirs).items()}
    assert ours == pytest.approx(theirs)


@pytest.mark.parametrize("kind", BOOK)
def test_a_rows_weight_counts_as_so_many_rows(kind: str) -> None:
    truth, p, by_the_book = BOOK[kind]
    rows = np.repeat(np.arange(ROWS), WEIGHTS[0].astype(int))
    weighted = Truth(**{**truth.__dict__, "weight": WEIGHTS[0]})
    theirs = by_the_book(truth.y[rows], p[rows])
    assert point(weighted, p, theirs) == pytest.approx(theirs)


def test_every_selectable_and_reported_metric_is_measured_and_has_a_direction() -> None:
    for kind, (truth, p, by_the_book) in BOOK.items():
        measured = set(compute(truth, p, WEIGHTS, SELECTABLE[kind])) | set(point(truth, p))
        assert measured >= set(SELECTABLE[kind]) | set(REPORTED[kind]) - {"top_3_accuracy", "top_5_accuracy"}
        assert set(by_the_book(truth.y, p)) >= set(SELECTABLE[kind]) - {"pac"}, "every metric is compared with the book"
        assert measured <= set(HIGHER_IS_BETTER)


def test_pac_is_nothing_for_the_shares_and_one_for_the_truth() -> None:
    assert point(BINARY, np.full(ROWS, float(Y2.mean())), ["pac"])["pac"] == pytest.approx(0, abs=1e-12)
    assert point(BINARY, Y2, ["pac"])["pac"] == pytest.approx(1, abs=1e-6)
    shares = np.bincount(Y4.astype(int)).astype("float64") / ROWS
    assert point(SEVERAL, np.tile(shares, (ROWS, 1)), ["pac"])["pac"] == pytest.approx(0, abs=1e-12)


def test_the_line_between_two_classes_moves_what_depends_on_it() -> None:
    low = Truth("binary", Y2, ["0", "1"], "1", threshold=0.2)
    assert point(low, P2)["recall"] == sk.recall_score(Y2, P2 >= 0.2)
    assert point(low, P2)["roc_auc"] == point(BINARY, P2)["roc_auc"]


def test_with_many_classes_the_first_few_guesses_count_too() -> None:
    y = RNG.integers(0, 20, 400).astype(float)
    p = RNG.dirichlet(np.ones(20), 400) + 0.05 * np.eye(20)[y.astype(int)]
    found = point(Truth("multiclass", y, [str(i) for i in range(20)]), p)
    for k in (3, 5):
        assert found[f"top_{k}_accuracy"] == pytest.approx(sk.top_k_accuracy_score(y, p, k=k))


def test_a_class_missing_from_a_resample_gives_nan_and_not_a_number() -> None:
    truth = Truth("binary", np.array([0.0, 0, 1]), ["0", "1"], "1")
    assert np.isnan(compute(truth, np.array([0.1, 0.2, 0.9]), np.array([[1.0, 1.0, 0.0]]))["roc_auc"])


def test_a_prediction_of_nothing_has_a_finite_deviance() -> None:
    found = point(Truth("regression", np.array([0.0, 2.0]), distribution="tweedie"), np.zeros(2))
    assert np.isfinite(found["mean_tweedie_deviance"]) and found["deviance_explained"] < 0


def test_intervals_agree_with_a_bootstrap_by_hand() -> None:
    y = RNG.integers(0, 2, 200).astype(float)
    p = np.clip(0.3 * y + RNG.random(200) * 0.7, 0.01, 0.99)
    ours = Resamples(200, seed=1).metrics(binary(y), p).interval("roc_auc")
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
    whole = Resamples(6000, max_rows=6000).metrics(binary(y), p).interval("log_loss")
    part = Resamples(6000, max_rows=1500).metrics(binary(y), p).interval("log_loss")
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
    best = draws.metrics(binary(y), good)
    same = draws.metrics(binary(y), np.clip(good + RNG.normal(0, 1e-3, 400), 0.01, 0.99))
    worse = draws.metrics(binary(y), RNG.random(400).clip(0.01, 0.99))
    assert same.tied_with(best, "log_loss")
    assert not worse.tied_with(best, "log_loss")
