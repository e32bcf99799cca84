"""What the plots are drawn from, against counts by hand and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from workers.engine.evaluate.bootstrap import Resamples
from workers.engine.evaluate.confusions import MOST_CLASSES, multiclass_curves
from workers.engine.evaluate.curves import binary_curves, calibration, wilson
from workers.engine.evaluate.errors import quantile_curves, regression_curves
from workers.engine.evaluate.slices import slice_scores
from workers.engine.evaluate.truth import Truth, truth_make
from workers.engine.events import plain

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 300).astype(float)
P = np.clip(0.4 * Y + RNG.random(300) * 0.6, 0.001, 0.999)
TRUTH = Truth("binary", Y, ["0", "1"], "1")


def test_binary_curves_agree_with_scikit_learn_and_lie_in_their_bands() -> None:
    draws = Resamples(300)
    curves = binary_curves(TRUTH, P, draws, draws.metrics(TRUTH, P))
    fpr, tpr, _ = sk.roc_curve(Y, P, drop_intermediate=False)
    assert np.asarray(curves["roc"]["tpr"]) == pytest.approx(np.interp(curves["roc"]["fpr"], fpr, tpr), abs=0.02)
    assert curves["roc"]["auc"]["value"] == pytest.approx(sk.roc_auc_score(Y, P))
    for curve, line in ((curves["roc"], "tpr"), (curves["pr"], "precision")):
        assert (np.asarray(curve["low"]) <= np.asarray(curve["high"]) + 1e-12).all()
        inside = (curve["low"] - 1e-9 <= curve[line]) & (curve[line] <= curve["high"] + 1e-9)
        assert inside.mean() > 0.95
    assert curves["gain"]["captured"][0] == 0 and curves["gain"]["captured"][-1] == 1
    json.dumps(plain(curves), allow_nan=False)


def test_the_confusion_counts_every_row_at_every_threshold() -> None:
    draws = Resamples(300, resamples=10)
    confusion = binary_curves(TRUTH, P, draws, draws.metrics(TRUTH, P))["confusion"]
    totals = confusion["tp"] + confusion["fp"] + confusion["fn"] + confusion["tn"]
    assert (totals == 300).all()
    at = list(confusion["thresholds"]).index(0.5)
    tn, fp, fn, tp = sk.confusion_matrix(Y, P >= 0.5).ravel()
    assert [confusion[name][at] for name in ("tn", "fp", "fn", "tp")] == [tn, fp, fn, tp]


def test_calibration_bins_hold_all_rows_and_their_interval_the_share() -> None:
    result = calibration(Y, P, np.ones(300))
    assert sum(entry["n"] for entry in result["bins"]) == 300
    assert all(entry["low"] <= entry["observed"] <= entry["high"] for entry in result["bins"])
    assert 0 <= result["ece"] <= 1
    assert wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-3)


def test_multiclass_and_regression_curves_add_up() -> None:
    y = RNG.integers(0, 3, 90).astype(float)
    p = RNG.dirichlet([1, 1, 1], 90)
    curves = multiclass_curves(Truth("multiclass", y, ["a", "b", "c"]), p)
    assert (np.asarray(curves["confusion_matrix"]) == sk.confusion_matrix(y, p.argmax(axis=1))).all()
    assert [entry["n"] for entry in curves["per_class"]] == np.bincount(y.astype(int)).tolist()
    errors = regression_curves(Truth("regression", Y), P, seed=0)
    assert len(errors["points"]) == 300 and errors["residuals"]["counts"].sum() == 300
    assert errors["error_quantiles"]["p50"] <= errors["error_quantiles"]["p95"]


def test_slices_hide_small_groups_and_band_numbers() -> None:
    frame = pd.DataFrame({"sex": ["f"] * 150 + ["m"] * 145 + ["x"] * 5, "age": RNG.integers(18, 80, 300)})
    slices = slice_scores(frame, ["sex", "age", "absent"], TRUTH, P, "log_loss", seed=0)
    assert [entry["value"] for entry in slices if entry["column"] == "sex"] == ["f", "m"]
    ages = [entry for entry in slices if entry["column"] == "age"]
    assert len(ages) == 4 and sum(entry["n"] for entry in ages) == 300
    first = slices[0]
    assert first["score"] == pytest.approx(sk.log_loss(Y[:150], P[:150]))
    assert first["ci_low"] < first["score"] < first["ci_high"]
    assert first["mean_prediction"] == pytest.approx(P[:150].mean())


def test_the_truth_follows_the_positive_class() -> None:
    schema = {"problem_type": "binary", "classes": ["bad", "good"], "positive_class": "bad"}
    assert truth_make(pd.Series(["bad", "good"]), schema).y.tolist() == [1.0, 0.0]


def test_curves_go_by_the_rows_weights() -> None:
    weight = np.where(np.arange(300) < 100, 3.0, 0.0) + 1e-9  # as good as the first hundred rows alone
    truth, first = Truth("binary", Y, ["0", "1"], "1", weight=weight), slice(0, 100)
    draws = Resamples(300, resamples=20)
    curves = binary_curves(truth, P, draws, draws.metrics(truth, P))
    assert curves["roc"]["auc"]["value"] == pytest.approx(sk.roc_auc_score(Y[first], P[first]), abs=1e-6)
    assert curves["base_rate"] == pytest.approx(Y[first].mean())
    fpr, tpr, _ = sk.roc_curve(Y[first], P[first], drop_intermediate=False)
    assert np.asarray(curves["roc"]["tpr"]) == pytest.approx(np.interp(curves["roc"]["fpr"], fpr, tpr), abs=1e-4)


def test_hundreds_of_classes_show_the_largest_confusions_and_no_square() -> None:
    size = 200
    y = np.repeat(np.arange(size), 4).astype(float)
    p = 0.01 * RNG.random((len(y), size)) + np.eye(size)[y.astype(int)]
    p[:3, 7] += 2  # three of the four rows of class 0 are taken for class 7
    curves = multiclass_curves(Truth("multiclass", y, [f"c{i:03}" for i in range(size)]), p)
    assert size > MOST_CLASSES and "confusion_matrix" not in curves
    assert curves["confusions"] == [{"true": "c000", "predicted": "c007", "n": 3, "share": 0.75}]
    assert len(curves["per_class"]) == size and curves["per_class"][0]["recall"] == 0.25


def test_quantiles_are_compared_with_what_they_promise() -> None:
    y = RNG.normal(size=5000)
    p = np.tile([-1.2816, 0.0, 1.2816], (5000, 1))  # of the normal distribution itself
    curves = quantile_curves(Truth("quantile", y, levels=(0.1, 0.5, 0.9)), p, seed=0)
    for entry in curves["quantiles"]:
        assert entry["low"] < entry["level"] < entry["high"]
    assert curves["interval"]["promised"] == pytest.approx(0.8) and curves["interval"]["observed"] == pytest.approx(0.8, abs=0.02)
    assert curves["interval"]["mean_width"] == pytest.approx(2.5632)
    json.dumps(plain(curves), allow_nan=False)


def test_a_count_is_compared_level_by_level() -> None:
    rate = RNG.gamma(2, 2, 2000)
    truth = Truth("regression", RNG.poisson(rate).astype(float), distribution="poisson")
    found = regression_curves(truth, rate, seed=0)["levels"]
    assert sum(band["n"] for band in found["bands"]) == 2000
    assert all(band["observed"] == pytest.approx(band["predicted"], rel=0.25) for band in found["bands"])
    assert found["total"]["observed"] == pytest.approx(found["total"]["predicted"], rel=0.05)
