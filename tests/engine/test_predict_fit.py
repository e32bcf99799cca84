"""The verb `predict` with a real predictor, as the supervisor starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.engine.bundle.fitted import fitted_job, write_german
from tests.engine.bundle.trees import private_key
from workers.engine.bundle.seal import seal
from workers.engine.events import Canceled, Refused
from workers.engine.predict import predict_run

pytestmark = pytest.mark.fit


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("predict")
    bundle, holdout, _ = fitted_job(folder / "job", "regression", {"GBM": {"num_boost_round": 30}})
    seal(bundle, folder / "bundle.zip", private_key())
    return bundle, holdout


def job(folder: Path, made: tuple[Path, pd.DataFrame]) -> Path:
    (folder / "bundle").symlink_to(made[0])
    write_german(made[1], folder / "input.bin")
    spec = {"verb": "predict", "bundle": "bundle", "input": "input.bin", "filename": "x.csv", "explain": 1}
    (folder / "spec.json").write_text(json.dumps(spec))
    return folder


def test_the_job_leaves_output_result_and_progress(made: tuple[Path, pd.DataFrame], tmp_path: Path) -> None:
    folder = job(tmp_path, made)
    command = [sys.executable, "-m", "workers.engine", "predict", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((folder / "result.json").read_text())
    assert result["status"] == "done" and result["rows"] == {"in": 100, "scored": 100, "rejected": 0, "unusual": 0}
    assert result["columns"][:3] == ["row", "customer id", "prediction"] and "reason_1_effect" in result["columns"]
    assert sum(result["distribution"]["counts"]) == 100
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert [e["phase"] for e in events if e["type"] == "phase"] == ["check", "predict"]
    assert events[-1]["progress"] == 1.0 and events[-1]["eta_s"] == 0.0
    assert len((folder / "output.csv").read_text(encoding="utf-8").splitlines()) == 101
    assert (folder / "rejected.csv").read_text() == "row,column,value,code,reason\n"


def test_a_missing_column_is_refused_before_the_predictor_is_loaded(
    made: tuple[Path, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = job(tmp_path, made)
    text = (folder / "input.bin").read_text(encoding="utf-8")
    (folder / "input.bin").write_text(text.replace("months", "Months ", 1), encoding="utf-8")

    def never(bundle: Path) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr("workers.engine.bundle.runtime.scoring.load", never)
    with pytest.raises(Refused, match="missing_columns") as caught:
        predict_run(folder)
    assert caught.value.params["suggestions"] == {"months": "Months"}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"a,b\n", "no_rows"), (b"%PDF-1.7 x", "not_csv"), (b"a,b\n1\0,2\n" + b"1,2\n" * 99, "nul_byte")],
)
def test_bad_files_have_the_readers_codes(made: tuple[Path, pd.DataFrame], tmp_path: Path, content: bytes, code: str) -> None:
    folder = job(tmp_path, made)
    (folder / "input.bin").write_bytes(content)
    with pytest.raises(Refused, match=code):
        predict_run(folder)


def test_cancel_between_chunks_leaves_no_output(made: tuple[Path, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = job(tmp_path, made)
    monkeypatch.setattr("workers.engine.predict.CHUNK_ROWS", 10)
    seen = 0

    def stop_after_three(job_dir: Path) -> None:
        nonlocal seen
        seen += 1
        if seen > 3:
            raise Canceled

    monkeypatch.setattr("workers.engine.predict.check_canceled", stop_after_three)
    with pytest.raises(Canceled):
        predict_run(folder)
    assert sorted(p.name for p in folder.iterdir()) == ["bundle", "events.jsonl", "input.bin", "spec.json"]
