from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workers.engine.evaluate.decision import business_metrics, decision_make, predictions_frame
from workers.engine.evaluate.truth import Truth

BINARY = Truth("binary", np.array([1.0, 0.0, 0.0, 1.0]), ["0", "1"], "0")


def test_the_credit_decision_is_counted_and_priced_on_the_holdout() -> None:
    holdout = pd.DataFrame({"amount": [1.0, 2, 3, 4], "risk": ["0", "1", "1", "0"]})
    bad = np.array([0.9, 0.05, 0.3, 0.1])  # the cut-off is 1/6: the last bad one slips through, one good one is turned away
    settings = {"margin": 1.0, "loss_given_default": 1.0, "exposure": 5.0}
    facts = decision_make("finance/credit_default", BINARY, bad, holdout, "risk", settings)
    assert facts is not None
    assert facts["counts"] == {"approve": 2, "decline": 2}
    assert facts["metrics"]["cost_per_applicant"] == pytest.approx((5 + 1) / 4)
    assert facts["metrics"]["cut_off"] == pytest.approx(1 / 6)


def test_a_use_case_without_a_decision_has_none() -> None:
    assert decision_make("general/table", BINARY, np.zeros(4), pd.DataFrame({"risk": list("0110")}), "risk", {}) is None


def test_predictions_look_like_the_predictors_own_output() -> None:
    frame = predictions_frame(BINARY, np.array([0.9, 0.2]))
    assert frame["prediction"].tolist() == ["0", "1"]
    assert frame["probability_1"].tolist() == pytest.approx([0.1, 0.8])
    several = predictions_frame(Truth("multiclass", np.zeros(1), ["a", "b"], None), np.array([[0.3, 0.7]]))
    assert several.to_dict("records") == [{"prediction": "b", "probability_a": 0.3, "probability_b": 0.7}]
    spread = predictions_frame(Truth("quantile", np.zeros(1), levels=(0.025, 0.5, 0.975)), np.array([[1.0, 2.0, 3.0]]))
    assert spread.to_dict("records") == [{"prediction": 2.0, "q2.5": 1.0, "q50": 2.0, "q97.5": 3.0}]


def test_every_model_has_the_use_cases_own_figures() -> None:
    holdout = pd.DataFrame({"amount": [1.0, 2, 3, 4], "risk": ["0", "1", "1", "0"]})
    own = business_metrics("finance/credit_default", BINARY, np.array([0.9, 0.05, 0.3, 0.8]), holdout, "risk", {})
    assert own["gini"] == 1.0
    assert business_metrics("general/table", BINARY, np.zeros(4), holdout, "risk", {}) == {}
