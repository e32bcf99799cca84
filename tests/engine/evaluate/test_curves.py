"""What the plots are drawn from, against counts by hand and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from workers.engine.evaluate.bootstrap import Resamples
from workers.engine.evaluate.curves import binary_curves, calibration, multiclass_curves, regression_curves, wilson
from workers.engine.evaluate.holdout import Truth, truth_make
from workers.engine.evaluate.slices import slice_scores
from workers.engine.events import plain

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 300).astype(float)
P = np.clip(0.4 * Y + RNG.random(300) * 0.6, 0.001, 0.999)


def test_binary_curves_agree_with_scikit_learn_and_lie_in_their_bands() -> None:
    draws = Resamples(300)
    curves = binary_curves(Y, P, draws, draws.metrics("binary", Y, P))
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
    confusion = binary_curves(Y, P, draws, draws.metrics("binary", Y, P))["confusion"]
    totals = confusion["tp"] + confusion["fp"] + confusion["fn"] + confusion["tn"]
    assert (totals == 300).all()
    at = list(confusion["thresholds"]).index(0.5)
    tn, fp, fn, tp = sk.confusion_matrix(Y, P >= 0.5).ravel()
    assert [confusion[name][at] for name in ("tn", "fp", "fn", "tp")] == [tn, fp, fn, tp]


def test_calibration_bins_hold_all_rows_and_their_interval_the_share() -> None:
    result = calibration(Y, P)
    assert sum(entry["n"] for entry in result["bins"]) == 300
    assert all(entry["low"] <= entry["observed"] <= entry["high"] for entry in result["bins"])
    assert 0 <= result["ece"] <= 1
    assert wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-3)


def test_multiclass_and_regression_curves_add_up() -> None:
    y = RNG.integers(0, 3, 90).astype(float)
    p = RNG.dirichlet([1, 1, 1], 90)
    curves = multiclass_curves(y, p, ["a", "b", "c"])
    assert (np.asarray(curves["confusion_matrix"]) == sk.confusion_matrix(y, p.argmax(axis=1))).all()
    assert [entry["n"] for entry in curves["per_class"]] == np.bincount(y.astype(int)).tolist()
    errors = regression_curves(Y, P, seed=0)
    assert len(errors["points"]) == 300 and errors["residuals"]["counts"].sum() == 300
    assert errors["error_quantiles"]["p50"] <= errors["error_quantiles"]["p95"]


def test_slices_hide_small_groups_and_band_numbers() -> None:
    frame = pd.DataFrame({"sex": ["f"] * 150 + ["m"] * 145 + ["x"] * 5, "age": RNG.integers(18, 80, 300)})
    truth = Truth("binary", Y, ["0", "1"], "1")
    slices = slice_scores(frame, ["sex", "age", "absent"], truth, P, "log_loss", seed=0)
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
