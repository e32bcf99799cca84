"""Mounted weights become models of a run, and travel in its bundle. The weights are tiny and random; the way they go is the real one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.engine.fitting import make_job, run_fit, table
from workers.engine.launch import ROOT, child_environment

TABICL = {
    "max_classes": 3, "embed_dim": 16, "col_num_blocks": 1, "col_nhead": 2, "col_num_inds": 8, "row_num_blocks": 1, "row_nhead": 2,
    "row_num_cls": 2, "icl_num_blocks": 1, "icl_nhead": 2, "ff_factor": 1,
}  # fmt: skip
ELSEWHERE = """
import sys
import pandas as pd
from workers.engine.problems.tabular import predictor_load
predictor = predictor_load(__import__("pathlib").Path(sys.argv[1]))
frame = pd.read_parquet(sys.argv[2])
for model in ("TabICL_BAG_L1", "Mitra_BAG_L1"):
    predictor.predict_proba(frame, model=model).to_parquet(sys.argv[3] + model)
"""


def weights_make(folder: Path) -> Path:
    """tabicl/*.ckpt and mitra/classifier as docs/pretrained.md lays them out."""
    import torch
    from autogluon.tabular.models.mitra._internal.models.tab2d import Tab2D
    from tabicl._model.tabicl import TabICL

    torch.manual_seed(0)
    (folder / "tabicl").mkdir(parents=True)
    checkpoint = {"config": TABICL, "state_dict": TabICL(**TABICL).state_dict()}
    torch.save(checkpoint, folder / "tabicl" / "tabicl-classifier-v2-20260212.ckpt")
    mitra = Tab2D(
        dim=16,
        dim_output=10,
        n_layers=1,
        n_heads=2,
        task="CLASSIFICATION",
        use_pretrained_weights=False,
        path_to_weights="",
        device="cpu",
    )
    mitra.save_pretrained(str(folder / "mitra" / "classifier"))
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], Path]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("pretrained")
    weights = weights_make(folder / "weights")
    patch.setenv("AUTOML_WEIGHTS_DIR", str(weights))
    wanted = {"candidates": ["LR", "TabICL", "Mitra", "TabPFN-3"], "allow_noncommercial": True}
    job_dir = make_job(folder / "job", table(240), "binary", 240, settings=wanted, memory_limit_mb=16_000)
    try:
        result = run_fit(job_dir, 300)
    finally:
        patch.undo()
    shutil.move(weights, folder / "gone")
    return job_dir, result, folder


@pytest.mark.fit
def test_mounted_weights_land_on_the_leaderboard_and_missing_ones_are_named(ran: tuple[Path, dict[str, Any], Path]) -> None:
    job_dir, result, _ = ran
    assert result["code"] == 0, result
    board = {row["model"]: row for row in json.loads((job_dir / "leaderboard.json").read_text())}
    assert {"TabICL_BAG_L1", "Mitra_BAG_L1"} <= set(board), (board.keys(), result["skipped_models"])
    assert board["TabICL_BAG_L1"]["family"] == "transformer" and board["Mitra_BAG_L1"]["score_holdout"] is not None
    (missing,) = result["skipped_models"]
    assert (missing["model"], missing["code"]) == ("TabPFN-3", "not_installed")
    assert "AUTOML_WEIGHTS_DIR" in missing["remedy"] and not result["partial"]


@pytest.mark.fit
def test_the_document_says_that_noncommercial_licences_were_allowed(ran: tuple[Path, dict[str, Any], Path]) -> None:
    job_dir, result, _ = ran
    assert "noncommercial_allowed" in {warning["code"] for warning in result["warnings"]}
    assert "must not be used commercially" in (job_dir / "document.html").read_text()


@pytest.mark.fit
def test_the_models_hold_their_weights_when_the_folder_is_gone(ran: tuple[Path, dict[str, Any], Path], tmp_path: Path) -> None:
    job_dir, _, folder = ran
    frame = pd.read_parquet(job_dir / "holdout.parquet")
    from workers.engine.bundle.runtime.frame import to_model_frame

    schema = json.loads((job_dir / "schema.json").read_text())
    to_model_frame(frame, schema).to_parquet(tmp_path / "in.parquet")
    arguments = [str(job_dir / "predictor"), str(tmp_path / "in.parquet"), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *arguments], cwd=ROOT, env=child_environment({}), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for model in ("TabICL_BAG_L1", "Mitra_BAG_L1"):
        answers = pd.read_parquet(str(tmp_path / "out") + model)
        assert answers.shape == (len(frame), 2) and answers.notna().all(axis=None)
