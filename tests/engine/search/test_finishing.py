"""Whatever happens after the search, something is published by the deadline."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.fitting import make_job, table
from workers.engine.launch import ROOT, child_environment

pytestmark = pytest.mark.fit

HANGING = """
import sys, time
from workers.engine.__main__ import main
from workers.engine.search.finish import Finish
honest = Finish._explain
def explain(self, *arguments):
    if not self.short:
        time.sleep(1000)
    return honest(self, *arguments)
Finish._explain = explain
sys.exit(main(["fit", sys.argv[1]]))
"""


def test_an_explanation_that_hangs_is_replaced_by_a_short_finish(tmp_path: Path) -> None:
    only = ["GBM", "LR", "RF"]
    job_dir = make_job(tmp_path, table(300), "binary", 45, settings={"candidates": only})
    subprocess.run([sys.executable, "-c", HANGING, str(job_dir)], cwd=ROOT, env=child_environment({}), check=True, timeout=90)
    result, order = (json.loads((job_dir / name).read_text()) for name in ("result.json", "spec.json"))
    assert result["status"] == "done" and result["partial"]
    assert "finished_short" in {warning["code"] for warning in result["warnings"]}
    assert "Ensemble" not in result["deployed_model"] and (job_dir / "bundle" / "manifest.json").exists()
    assert (job_dir / "result.json").stat().st_mtime <= order["deadline"] + 5
    board = json.loads((job_dir / "leaderboard.json").read_text())
    assert [row["model"] for row in board if row["score_holdout"] is not None] == [result["deployed_model"]]
    assert json.loads((job_dir / "explanations.json").read_text())["importance"] == []
