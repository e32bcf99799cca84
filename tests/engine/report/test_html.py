"""The model document: complete, escaped, and without a request to anywhere."""

from __future__ import annotations

import re
from typing import Any

from tests.engine.report.test_method import ENERGY
from workers.engine.report.html import document_html
from workers.engine.splits.facts import sentences

NASTY = "<script>alert('x')</script>"


def _facts() -> dict[str, Any]:
    row = {
        "model": "LightGBM_BAG_L1", "family": "tree", "score_val": 0.5, "score_holdout": 0.51, "ci_low": 0.45, "ci_high": 0.6,
        "tied_with_best": True, "fit_time_s": 1.2, "predict_rows_per_s": 1000.0, "size_mb": 0.4, "energy_wh": 0.001, "deployed": True,
    }  # fmt: skip
    split: dict[str, Any] = {
        "kind": "random", "asked": "random", "fallback": None, "reason": NASTY, "seed": 7, "gap_days": 0, "linked": 12,
        "columns": {"time": [], "group": [], "site": []}, "train": {"rows": 790}, "holdout": {"rows": 200},
    }  # fmt: skip
    split["sentences"] = sentences(split)
    scored = {"site": NASTY, "held_out": True, "n": 40, "score": 0.5, "ci_low": 0.4, "ci_high": 0.6}
    spread = {"sites": 2, "lowest": 0.4, "median": 0.45, "highest": 0.5, "sd": 0.07}
    sites = {"metric": "log_loss", "columns": ["hospital"], "sites": [scored, {**scored, "score": None}], "spread": spread}
    return {
        "use_case": {"key": "a/b", "title": "Credit default", "summary": NASTY, "who": "analyst", "decision_served": "approve"},
        "job": "1", "made_at": "2026-01-01", "label": NASTY, "problem_type": "binary", "positive_class": "1", "classes": ["0", "1"],
        "eval_metric": "log_loss", "settings": {"time_limit": 120.0}, "partial": True, "canceled": False, "holdout_uses": 1, "deployed_model": "LightGBM_BAG_L1",
        "rows": {"in": 1000, "train": 790, "holdout": 200, "set_aside": 10, "set_aside_reasons": {"label_missing": 10}},
        "split": split, "sites": sites, "families": ["tree"], "base_models": 1,
        "columns": [{"name": NASTY, "role": "feature", "type": "number", "missing": 1, "unique": 5}],
        "leaderboard": [row, {**row, "score_holdout": None, "ci_low": None, "tied_with_best": None}],
        "skipped_models": [{"model": "TabM", "code": "error", "family": "neural_net", "reason": "It took %(s)s seconds.", "params": {"s": 9}}],
        "metrics": {"roc_auc": {"value": 0.8, "ci_low": 0.7, "ci_high": float("nan"), "higher_is_better": True}}, "n_holdout": 200,
        "slices": [{"column": "sex", "value": NASTY, "n": 90, "score": 0.5, "ci_low": 0.4, "ci_high": 0.6, "mean_prediction": 0.3}],
        "importance": [{"column": NASTY, "importance": 0.1, "low": 0.05, "high": 0.15}],
        "importance_of": {"metric": "log_loss", "rows_used": 200, "shuffles": 5}, "energy": ENERGY,
        "warnings": [{"code": "x", "message": "%(rows)s rows.", "params": {"rows": 3}}],
        "sections": [{"title": "Scorecard", "text": NASTY, "table": {"head": ["a", "b"], "rows": [["x", 1.5]]}}],
        "versions": {"python": "3.11"}, "kinds": [{"title": "Class by class", "sentences": [], "table": {"head": ["a"], "rows": [[NASTY]]}}],
    }  # fmt: skip


def test_everything_an_auditor_asks_for_is_in_it() -> None:
    html = document_html(_facts())
    for part in (
        "Purpose",
        "Data",
        "How the test was set apart",
        "From site to site",
        "Method",
        "Results on the holdout",
        "Groups of people",
        "What the model leans on",
        "Limits",
        "Scorecard",
    ):
        assert f"<h2>{part}</h2>" in html
    for text in (
        "It took 9 seconds.",
        "the label is missing",
        "3 rows.",
        "0.45 to 0.6",
        "not out of time",
        "The reason given",
        "seed of the split is 7",
        "12 rows are so alike",
        "lowest 0.4",
    ):
        assert text in html
    assert "nan" not in html.lower()


def test_values_are_text_and_nothing_is_fetched() -> None:
    html = document_html(_facts())
    assert "<script" not in html
    assert not re.search(r"(src|href)=|url\(|@import", html)


def test_a_cancel_and_a_holdout_that_was_used_before_are_said() -> None:
    assert "was canceled" not in document_html(_facts()) and "for this test only" in document_html(_facts())
    html = document_html(_facts() | {"canceled": True, "holdout_uses": 3})
    assert "was canceled" in html and "used for 3 tests" in html
