"""Real fits: the folds of every model, also of those added later, part no group and no site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.fitting import make_job, run_fit, table
from workers.engine.events import read_json

pytestmark = pytest.mark.fit


def _fold_of_rows(job_dir: Path, model: str) -> np.ndarray:
    """Which fold validated each row, as the trained model itself has it."""
    from workers.engine.problems.tabular import predictor_load

    predictor = predictor_load(job_dir / "predictor")
    bagged = predictor._trainer.load_model(model)
    predicted = predictor.predict_proba_oof(model)
    number = np.full(len(predicted), -1)
    for place, (_, test) in enumerate(bagged.params["custom_splits"]):
        number[test] = place
    assert len(bagged.models) == number.max() + 1 and not predicted.isna().any(axis=None)
    return number


def _fit(job_dir: Path, frame: pd.DataFrame, roles: dict[str, list[str]], **settings: Any) -> dict[str, Any]:
    order = {"roles": {"id": ["row id"], "sensitive": ["sex"], **roles}, "settings": {"candidates": ["GBM", "LR"], **settings}}
    return run_fit(make_job(job_dir, frame, "binary", 60, **order))


def test_folds_part_no_patient_and_the_result_says_what_it_claims(tmp_path: Path) -> None:
    frame = table(400)
    frame["patient"] = np.arange(400) // 4
    result = _fit(tmp_path, frame, {"group": ["patient"]})
    assert result["code"] == 0 and result["split"]["kind"] == "group"
    holdout = pd.read_parquet(tmp_path / "holdout.parquet")
    train = frame[~frame.patient.isin(holdout.patient)].reset_index(drop=True)
    assert len(train) == result["rows"]["train"]
    assert result["split"]["holdout"]["groups"] + result["split"]["train"]["groups"] == 100
    models = [row["model"] for row in read_json(tmp_path / "leaderboard.json") if row["family"] not in ("baseline", "ensemble")]
    assert len(models) >= 2
    for model in models:
        assert (pd.Series(_fold_of_rows(tmp_path, model)).groupby(train.patient).nunique() == 1).all()


def test_every_site_is_scored_by_models_that_have_not_seen_it(tmp_path: Path) -> None:
    frame = table(400)
    frame["hospital"] = np.random.default_rng(0).choice([f"h{i}" for i in range(9)], 400)
    result = _fit(tmp_path, frame, {"site": ["hospital"]}, candidates=["GBM"])
    assert result["code"] == 0 and result["split"]["kind"] == "site"
    holdout = pd.read_parquet(tmp_path / "holdout.parquet")
    train = frame[~frame.hospital.isin(holdout.hospital)].reset_index(drop=True)
    sites = read_json(tmp_path / "evaluation.json")["sites"]
    assert {row["site"] for row in sites["sites"]} == set(frame.hospital)
    assert {row["site"] for row in sites["sites"] if row["held_out"]} == set(holdout.hospital)
    assert sites["spread"]["lowest"] <= sites["spread"]["median"] <= sites["spread"]["highest"]
    (model,) = [row["model"] for row in read_json(tmp_path / "leaderboard.json") if row["family"] == "tree"]
    assert (pd.Series(_fold_of_rows(tmp_path, model)).groupby(train.hospital).nunique() == 1).all()
    assert "hospital" not in {column["name"] for column in read_json(tmp_path / "schema.json")["columns"] if column["role"] == "feature"}
    html = (tmp_path / "document.html").read_text()
    assert "From site to site" in html and "another hospital" in html
