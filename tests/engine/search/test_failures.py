"""Planted failures: one candidate that raises, one that answers with NaN, one that eats memory; and the run in which all fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fitting import events, make_job, table
from workers.engine.launch import child_environment

ROOT = Path(__file__).resolve().parents[3]


def run_planted(job_dir: Path, *names: str) -> dict[str, Any]:
    """result.json with "code", the exit code; engine.log beside it."""
    make_job(job_dir, table(200), "binary", 100, settings={"candidates": list(names)}, memory_limit_mb=5000)
    with open(job_dir / "engine.log", "wb") as log:
        command = [sys.executable, "-m", "tests.engine.search.planted", str(job_dir)]
        env = child_environment({"OMP_NUM_THREADS": "1"})
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=log, stderr=log, timeout=200)
    result: dict[str, Any] = json.loads((job_dir / "result.json").read_text())
    return result | {"code": done.returncode}


@pytest.mark.fit
def test_what_fails_is_named_with_reason_and_remedy_and_the_rest_is_published(tmp_path: Path) -> None:
    result = run_planted(tmp_path, "Raising", "NotANumber", "Greedy", "LinearModel")
    assert result["code"] == 0 and result["base_models"] == 1
    skipped: dict[str, dict[str, Any]] = {entry["model"]: entry for entry in result["skipped_models"]}
    assert {name: entry["code"] for name, entry in skipped.items()} == {
        "Raising": "error",
        "NotANumber": "not_a_number",
        "Greedy": "memory",
    }
    assert skipped["Raising"]["params"] == {"error": "KeyError"} and all(entry["remedy"] for entry in skipped.values())
    assert {event["model"] for event in events(tmp_path) if event["type"] == "skipped"} == set(skipped)
    assert "planted" in (tmp_path / "engine.log").read_text()


@pytest.mark.fit
def test_when_all_fail_the_run_fails_with_a_sentence_and_the_list(tmp_path: Path) -> None:
    result = run_planted(tmp_path, "Raising", "NotANumber")
    assert result["code"] == 2 and result["error"]["code"] == "every_model_failed"
    assert result["error"]["params"] == {"count": 2}
    assert {event["model"] for event in events(tmp_path) if event["type"] == "skipped"} == {"Raising", "NotANumber"}
