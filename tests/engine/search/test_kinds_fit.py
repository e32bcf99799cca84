"""Whole fits of quantiles, of a weighed count, and of five hundred classes: from the order to the bundle."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.fitting import make_job, run_fit, table

pytestmark = pytest.mark.fit


def read(job_dir: Path, name: str) -> Any:
    return json.loads((job_dir / name).read_text())


def golden(job_dir: Path) -> pd.DataFrame:
    """What the bundle answers to its golden rows."""
    with open(job_dir / "bundle" / "golden.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name.startswith("expected.") and name != "expected.unusual"]
    return pd.DataFrame([{name.removeprefix("expected."): row[name] for name in names} for row in rows]).astype("float64")


def test_quantiles(tmp_path: Path) -> None:
    frame = table(300, "regression")
    frame.loc[:9, "outcome"] = np.nan
    result = run_fit(make_job(tmp_path, frame, "quantile", 100, settings={"candidates": ["GBM", "XGB"]}))
    assert result["code"] == 0, result
    assert result["rows"]["set_aside_reasons"] == {"label_missing": 10}
    assert [(entry["model"], entry["code"]) for entry in result["skipped_models"]] == [("XGBoost", "no_quantiles")]
    answers = golden(tmp_path)
    assert list(answers) == ["prediction", "q10", "q50", "q90"]
    assert (answers["q10"] <= answers["q50"]).all() and (answers["q50"] <= answers["q90"]).all()
    assert (answers["prediction"] == answers["q50"]).all()
    evaluation = read(tmp_path, "evaluation.json")
    assert evaluation["interval"]["promised"] == pytest.approx(0.8) and 0.4 < evaluation["interval"]["observed"] <= 1
    assert evaluation["metrics"]["pinball_loss"]["ci_low"] < evaluation["metrics"]["pinball_loss"]["value"]
    assert read(tmp_path, "explanations.json")["metric"] == "pinball_loss"
    assert "put in order" in (tmp_path / "document.html").read_text()


def test_a_count_whose_rows_weigh_differently(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = table(400, "regression")
    frame["outcome"] = rng.poisson(np.exp(0.5 + 0.06 * frame["outcome"]))
    frame["exposure"] = rng.integers(1, 9, len(frame))
    roles = {"id": ["row id"], "weight": ["exposure"]}
    settings = {"candidates": ["GLM", "GBM"], "distribution": "poisson"}
    result = run_fit(make_job(tmp_path, frame, "regression", 100, roles=roles, settings=settings))
    assert result["code"] == 0, result
    assert result["eval_metric"] == "mean_poisson_deviance"
    assert "rows_weighed" in {warning["code"] for warning in result["warnings"]}
    board = {row["model"].split("_")[0]: row["score_val"] for row in read(tmp_path, "leaderboard.json")}
    assert min(board["GeneralizedLinear"], board["LightGBM"]) < board["Dummy"]
    assert (golden(tmp_path)["prediction"] >= 0).all()
    evaluation = read(tmp_path, "evaluation.json")
    assert evaluation["weighted"] and evaluation["levels"]["distribution"] == "poisson"
    exposure = read(tmp_path, "bundle/schema.json")["columns"]
    assert next(column for column in exposure if column["name"] == "exposure")["role"] == "weight"
    assert "exposure" not in (tmp_path / "bundle" / "golden.csv").read_text()


def test_five_hundred_classes_of_ten_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    classes = np.repeat(np.arange(500), 10)
    seen = rng.normal(size=(500, 5))[classes] * 3 + rng.normal(size=(5000, 5)) / 2
    frame = pd.DataFrame(seen.round(3), columns=list("abcde")).assign(outcome=[f"k{number:03}" for number in classes])
    frame = frame.sample(frac=1, random_state=0).reset_index(drop=True)
    result = run_fit(make_job(tmp_path, frame, "multiclass", 120, roles={}, settings={"candidates": ["LR"]}))
    assert result["code"] == 0, result
    assert result["rows"]["set_aside"] == 0 and len(result["classes"]) == 500
    evaluation = read(tmp_path, "evaluation.json")
    assert len(evaluation["per_class"]) == 500 and all(entry["n"] == 2 for entry in evaluation["per_class"])
    assert "confusion_matrix" not in evaluation and evaluation["confusions"]
    assert result["holdout"]["top_5_accuracy"] >= result["holdout"]["top_3_accuracy"] >= result["holdout"]["accuracy"] > 0.3
