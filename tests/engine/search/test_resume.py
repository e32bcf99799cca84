"""Fits that are interrupted in every way, and what the next attempt makes of them. Each test is one job from its first process to its last."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.fitting import events, make_job, run_fit, table, wait
from workers.engine.launch import launch
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.portfolio import portfolio

pytestmark = pytest.mark.fit
CANDIDATES = ["GBM", "LR", "XT"]
ORDER = [candidate.name for candidate in portfolio(SearchFacts("binary", 240, 4, 2), CANDIDATES)]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return make_job(tmp_path, table(300), "binary", 100, settings={"candidates": CANDIDATES})


def search(job_dir: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((job_dir / "search.json").read_text())
    except FileNotFoundError:
        return {"models": {}, "current": None}
    return found


def start_and_wait(job_dir: Path, models: int) -> Any:
    """A child that has finished so many models (the baseline included) and is training the next."""
    child = launch("fit", job_dir)
    until = time.monotonic() + 60
    while not (len(search(job_dir)["models"]) >= models and search(job_dir)["current"]):
        assert time.monotonic() < until and child.poll() is None, (job_dir / "engine.log").read_text()[-2000:]
        time.sleep(0.02)
    return child


def order_again(job_dir: Path, seconds: float = 100, **changes: Any) -> None:
    for name in ("cancel", "pause", "finish", "result.json", "events.jsonl"):
        (job_dir / name).unlink(missing_ok=True)
    spec = json.loads((job_dir / "spec.json").read_text())
    (job_dir / "spec.json").write_text(json.dumps({**spec, "deadline": time.time() + seconds, **changes}))


def trained(job_dir: Path) -> list[str]:
    return [event["params"]["model"] for event in events(job_dir) if event.get("message") == "Training %(model)s"]


def test_a_kill_costs_the_model_in_training_and_no_other(job: Path) -> None:
    child = start_and_wait(job, 3)
    child.kill()
    kept = search(job)
    order_again(job)
    result = run_fit(job)
    assert (result["code"], result["base_models"], result["skipped_models"], result["partial"]) == (0, 3, [], False)
    assert trained(job) == ORDER[2:]
    assert {event["message"]: event["params"] for event in events(job) if event["type"] == "log"}["Resumed: %(models)s models kept"] == {
        "models": 2
    }
    board = {row["model"]: row for row in json.loads((job / "leaderboard.json").read_text())}
    for name, row in kept["models"].items():
        assert board[name]["score_val"] == row["score_val"] and board[name]["score_holdout"] is not None
    # What died after the search goes on there: nothing is trained again.
    order_again(job)
    again = run_fit(job)
    assert trained(job) == [] and again["holdout"] == result["holdout"] and again["deployed_model"] == result["deployed_model"]


def test_a_search_that_dies_alone_goes_on_without_the_model_it_died_in(job: Path) -> None:
    child = start_and_wait(job, 2)
    dying = search(job)["current"]["model"]
    (fork,) = psutil.Process(child.pid).children()
    os.kill(fork.pid, signal.SIGKILL)
    assert wait(child, 60) == 0
    result = json.loads((job / "result.json").read_text())
    assert [(entry["model"], entry["code"]) for entry in result["skipped_models"]] == [(dying, "killed")]
    assert result["partial"] and result["base_models"] == 2


def test_a_cancel_keeps_what_is_finished_and_more_time_finishes_the_rest(job: Path) -> None:
    child = start_and_wait(job, 2)
    asked = time.monotonic()
    (job / "finish").touch()
    assert wait(child, 60) == 0
    print(f"published {time.monotonic() - asked:.1f} s after the cancel")
    result = json.loads((job / "result.json").read_text())
    assert result["canceled"] and result["partial"] and result["base_models"] == 1
    assert {entry["code"] for entry in result["skipped_models"]} == {"canceled"} and len(result["skipped_models"]) == 2
    assert (job / "bundle" / "manifest.json").exists() and result["holdout"]["roc_auc"] > 0.5
    assert "canceled" in (job / "document.html").read_text()
    order_again(job, job="another", holdout_uses=2)
    more = run_fit(job)
    assert (more["code"], more["base_models"], more["skipped_models"], more["holdout_uses"]) == (0, 3, [], 2)
    assert trained(job) == ORDER[1:]


def test_a_pause_keeps_the_models_and_damage_is_said(job: Path) -> None:
    child = start_and_wait(job, 2)
    (job / "pause").touch()
    assert wait(child, 20) == 4
    assert events(job)[-1]["message"].startswith("Paused") and search(job)["current"] is None
    (snapshot,) = (job / "snapshots").iterdir()
    (snapshot / "models" / "trainer.pkl").write_bytes(b"half")
    order_again(job)
    result = run_fit(job)
    assert result["code"] == 0 and result["base_models"] == 3
    assert [event["type"] for event in events(job)].count("anew") == 1
