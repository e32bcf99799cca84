from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from domains import hooks, registry

CASE = registry.use_case("finance/credit_default")
HOOKS = hooks.load(registry.folder(CASE.key))
SETTINGS = {**CASE.decision_defaults(), "positive_class": "0"}


def predictions(bad: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"prediction": ["1"] * len(bad), "probability_0": bad, "probability_1": [1 - p for p in bad]}, index=range(3, 3 + len(bad))
    )


def test_defaults_are_the_german_costs() -> None:
    facts = HOOKS["business_metrics"](pd.Series(["0", "1"]), predictions([0.2, 0.1]), pd.DataFrame(index=range(2)), SETTINGS)
    assert facts["cut_off"] == pytest.approx(1 / 6)


def test_decision_turns_at_the_cut_off_and_keeps_the_rows() -> None:
    made = HOOKS["decide"](predictions([0.16, 0.17]), pd.DataFrame(index=range(2)), SETTINGS)
    assert list(made["decision"]) == ["approve", "decline"]
    assert list(made.index) == [3, 4]
    assert made["expected_profit"].tolist() == pytest.approx([0.84 - 5 * 0.16, 0.83 - 5 * 0.17])


def test_without_costs_there_is_no_decision() -> None:
    assert HOOKS["decide"](predictions([0.1]), pd.DataFrame(index=range(1)), {"positive_class": "0"}).shape == (1, 0)
    assert set(
        HOOKS["business_metrics"](pd.Series(["0", "1"]), predictions([0.2, 0.1]), pd.DataFrame(index=range(2)), {"positive_class": "0"})
    ) == {"gini", "ks"}


def test_cost_counts_approved_bads_and_declined_goods() -> None:
    truth, p = pd.Series(["0", "0", "1", "1"]), [0.1, 0.9, 0.1, 0.9]
    found = HOOKS["business_metrics"](truth, predictions(p), pd.DataFrame(index=range(4)), SETTINGS)
    assert found["cost_per_applicant"] == pytest.approx((5 + 0 + 0 + 1) / 4)
    assert found["approval_rate"] == 0.5 and found["bad_rate_approved"] == 0.5 and found["gini"] == pytest.approx(0)


def test_gini_and_ks_agree_with_scipy() -> None:
    from scipy.stats import ks_2samp, mannwhitneyu

    rng = np.random.default_rng(1)
    bad = rng.random(400) < 0.3
    p = np.round(np.clip(rng.normal(0.3 + 0.2 * bad, 0.2), 0, 1), 2)  # rounded: ties
    found = HOOKS["business_metrics"](pd.Series(np.where(bad, "0", "1")), predictions(list(p)), pd.DataFrame(index=range(400)), SETTINGS)
    area = mannwhitneyu(p[bad], p[~bad]).statistic / (bad.sum() * (~bad).sum())
    assert found["gini"] == pytest.approx(2 * area - 1)
    assert found["ks"] == pytest.approx(ks_2samp(p[bad], p[~bad]).statistic)


def test_document_says_what_is_true_and_leaves_validation_empty() -> None:
    facts = {
        "label": "credit_risk",
        "positive_class": "0",
        "decision": CASE.decision_defaults(),
        "roles": {"sensitive": ["sex"]},
        "split": {"kind": "random"},
    }
    text = "\n".join(part["message"] % part["params"] for section in HOOKS["document"](facts) for part in section["sentences"])
    assert "not out-of-time" in text and "0.1667" in text and "sex" in text and "did not build" in text
    without = HOOKS["document"]({"label": "y", "positive_class": "1", "split": {"kind": "time"}})
    assert {"Split", "Cut-off economics"}.isdisjoint(section["title"] for section in without)
