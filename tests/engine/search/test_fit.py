"""Whole fits on small tables, each in a process of its own, as the worker starts them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fitting import events, make_job, run_fit, table, wait
from workers.engine.launch import ROOT, child_environment, launch
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.portfolio import portfolio

pytestmark = pytest.mark.fit

OVERSTEPPING = """
import sys, time
from pathlib import Path
from workers.engine.__main__ import main
from workers.engine.problems.tabular import TabularSearch
honest = TabularSearch.add
def add(self, candidate, time_limit):
    if candidate.name == "LinearModel":
        time.sleep(1000)
    return honest(self, candidate, time_limit)
TabularSearch.add = add
sys.exit(main(["fit", sys.argv[1]]))
"""


def _read(job_dir: Path, name: str) -> Any:
    return json.loads((job_dir / name).read_text())


def _check_published(job_dir: Path, result: dict[str, Any]) -> None:
    """What every published fit keeps, whatever it was about."""
    assert result["code"] == 0 and result["status"] == "done"
    assert (job_dir / "result.json").stat().st_mtime <= _read(job_dir, "spec.json")["deadline"]
    rows = result["rows"]
    assert rows["in"] == rows["train"] + rows["holdout"] + rows["set_aside"]
    assert rows["set_aside"] == sum(rows["set_aside_reasons"].values())
    board = _read(job_dir, "leaderboard.json")
    assert [row["model"] for row in board if row["deployed"]] == [result["deployed_model"]]
    assert all(row["score_val"] >= 0 and row["fit_time_s"] is not None for row in board)
    best = min if not board[0]["higher_is_better"] else max
    eligible = [row for row in board if not row["baseline"]] or board
    assert best(eligible, key=lambda row: row["score_val"])["deployed"]
    importance = _read(job_dir, "explanations.json")["importance"]
    assert {entry["column"] for entry in importance} == {"amount", "age", "purpose", "since"}
    assert importance[0]["column"] in ("amount", "purpose")
    html = (job_dir / "document.html").read_text()
    assert "house, &quot;big&quot;" not in html or "<script" not in html
    assert (job_dir / "bundle" / "manifest.json").exists()
    assert 0 < result["energy"]["low_wh"] < result["energy_wh"] < result["energy"]["high_wh"]
    assert "factor of two" in html


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    job_dir = make_job(tmp_path_factory.mktemp("binary"), table(400), "binary", 75)
    return job_dir, run_fit(job_dir)


def test_every_promised_model_is_trained_or_named(binary: tuple[Path, dict[str, Any]]) -> None:
    job_dir, result = binary
    _check_published(job_dir, result)
    trained = [row["model"] for row in _read(job_dir, "leaderboard.json")]
    skipped = {entry["model"]: entry["reason"] for entry in result["skipped_models"]}
    promised = [candidate for candidate in portfolio(SearchFacts("binary", rows=320, columns=4)) if not candidate.extra]
    assert len(promised) >= 10
    for candidate in promised:
        assert any(name.startswith(candidate.name) for name in trained) or skipped[candidate.name]
    assert result["base_models"] >= 8 and len(result["families"]) >= 4
    assert "transformer" in result["families"]
    curves = _read(job_dir, "learning_curves.json")
    assert {name.split("_")[0] for name in curves} >= {"LightGBM", "FTTransformer"} and set(curves) <= set(trained)
    left = [event for event in events(job_dir) if event["type"] == "progress"]
    assert all(event["eta_low_s"] <= event["eta_s"] <= event["eta_high_s"] for event in left)


def test_the_evaluation_is_ready_to_plot(binary: tuple[Path, dict[str, Any]]) -> None:
    job_dir, result = binary
    evaluation = _read(job_dir, "evaluation.json")
    assert evaluation["positive_class"] == "1"
    for metric in evaluation["metrics"].values():
        assert metric["ci_low"] <= metric["value"] <= metric["ci_high"]
    assert len(evaluation["roc"]["tpr"]) == len(evaluation["roc"]["low"]) == 101
    assert {entry["value"] for entry in evaluation["slices"]} == {"f", "m"}
    assert result["holdout"]["roc_auc"] > 0.65


def test_a_run_can_be_watched(binary: tuple[Path, dict[str, Any]]) -> None:
    job_dir, _ = binary
    log = events(job_dir)
    phases = [event["phase"] for event in log if event["type"] == "phase"]
    assert phases == ["check", "split", "search", "evaluate", "explain", "document", "bundle"]
    search = [e["t"] for e in log if e["type"] in ("progress", "model", "log")]
    assert max(b - a for a, b in zip(search, search[1:], strict=False)) < 10
    assert next(e for e in log if e["type"] == "model")["baseline"]


@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_other_problem_types(tmp_path: Path, kind: str) -> None:
    only = ["GBM", "LR", "RF", "FT_TRANSFORMER_SCRATCH"]
    job_dir = make_job(tmp_path, table(kind=kind), kind, 60, settings={"candidates": only})
    result = run_fit(job_dir)
    _check_published(job_dir, result)
    assert result["base_models"] == 4 and not result["skipped_models"]
    assert result["families"] == ["linear", "transformer", "tree"]
    if kind == "multiclass":
        assert result["rows"]["set_aside_reasons"] == {"rare_class": 3}
        assert len(_read(job_dir, "evaluation.json")["confusion_matrix"]) == 3
    else:
        assert _read(job_dir, "evaluation.json")["points"]


def test_a_time_role_holds_out_the_latest_rows(tmp_path: Path) -> None:
    roles = {"id": ["row id"], "time": ["since"]}
    job_dir = make_job(tmp_path, table(), "binary", 40, roles=roles, settings={"candidates": ["GBM", "LR"], "eval_metric": "roc_auc"})
    result = run_fit(job_dir)
    assert result["split"]["kind"] == "time" and result["eval_metric"] == "roc_auc"
    assert _read(job_dir, "plan.json")["folds"] > 1  # each one later than what it is learned from


def test_a_model_that_ignores_its_limit_does_not_move_the_deadline(tmp_path: Path) -> None:
    job_dir = make_job(tmp_path, table(), "binary", 45)
    subprocess.run([sys.executable, "-c", OVERSTEPPING, str(job_dir)], cwd=ROOT, env=child_environment({}), check=True, timeout=60)
    result = _read(job_dir, "result.json") | {"code": 0}
    _check_published(job_dir, result)
    assert result["partial"]
    assert "killed" in {entry["code"] for entry in result["skipped_models"]}


@pytest.mark.parametrize("how", ["file", "signal"])
def test_a_cancel_ends_the_search_within_seconds(tmp_path: Path, how: str) -> None:
    job_dir = make_job(tmp_path, table(), "binary", 120)
    child = launch("fit", job_dir)
    _wait_for_models(job_dir, 1)
    if how == "file":
        (job_dir / "cancel").touch()
    else:
        child.terminate()
    assert wait(child, 5) == 3
    assert not (job_dir / "result.json").exists()


def _wait_for_models(job_dir: Path, count: int) -> None:
    ends_at = time.monotonic() + 100
    while time.monotonic() < ends_at:
        path = job_dir / "search.json"
        if path.exists() and len(json.loads(path.read_text())["models"]) >= count:
            return
        time.sleep(0.05)
    raise AssertionError((job_dir / "engine.log").read_text()[-2000:])
