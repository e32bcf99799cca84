"""A real bundle from fit to a stranger's machine: same numbers, no training rows, nothing loaded after a change."""

from __future__ import annotations

import csv
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.bundle.fitted import CANARY_NUMBERS, CANARY_TEXTS, fitted_job, schema, table, write_german
from tests.engine.bundle.trees import private_key
from workers.engine.bundle.runtime.frame import to_model_frame
from workers.engine.bundle.runtime.golden import check_golden, read_table
from workers.engine.bundle.runtime.scoring import score_file
from workers.engine.bundle.seal import public_key_of, seal, unseal
from workers.engine.events import Refused

pytestmark = pytest.mark.fit
MODELS = {"GBM": {"num_boost_round": 30}, "LR": {}}


def python(*arguments: Any, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python as a stranger would: isolated, no PYTHONPATH, another folder, no network wanted."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [sys.executable, "-I", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env={**environment, "CUDA_VISIBLE_DEVICES": ""}, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, Any, str]:
    folder = tmp_path_factory.mktemp(request.param)
    bundle, holdout, inner = fitted_job(folder / "job", request.param, MODELS)
    seal(bundle, folder / "bundle.zip", private_key())
    return folder, holdout, inner, request.param


@pytest.fixture
def bundle(made: tuple[Path, pd.DataFrame, Any, str], tmp_path: Path) -> Path:
    unseal(made[0] / "bundle.zip", tmp_path / "bundle", public_key_of(private_key()))
    return tmp_path / "bundle"


def expected(made: tuple[Path, pd.DataFrame, Any, str]) -> pd.DataFrame:
    """What the predictor in memory says of the holdout."""
    _, holdout, inner, problem_type = made
    data = to_model_frame(holdout, schema(table(), problem_type))
    if problem_type == "regression":
        return inner.predict(data).to_frame("prediction")
    return inner.predict_proba(data).add_prefix("probability_").assign(prediction=inner.predict(data))


def test_scored_elsewhere_the_numbers_are_the_same(made: tuple[Path, pd.DataFrame, Any, str], bundle: Path, tmp_path: Path) -> None:
    write_german(made[1], tmp_path / "in.csv")
    done = python(bundle / "score.py", tmp_path / "in.csv", tmp_path / "out.csv", "--explain", 2, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    output = pd.read_csv(tmp_path / "out.csv", float_precision="round_trip")
    assert output["row"].tolist() == list(range(1, 101)) and output["customer id"].tolist() == made[1]["customer id"].tolist()
    for name, values in expected(made).items():
        if values.dtype == object:
            assert output[name].tolist() == values.tolist()
        else:
            assert np.abs(output[name].to_numpy() - values.to_numpy()).max() <= 1e-6
    assert {"reason_1_column", "reason_1_value", "reason_2_effect"} <= set(output.columns)
    assert output["reason_1_column"].value_counts().idxmax() in ("months", "ratio", "purpose")
    assert read_table(tmp_path / "out.rejected.csv") == []


def test_verify_accepts_and_then_refuses_without_unpickling(
    made: tuple[Path, pd.DataFrame, Any, str], bundle: Path, tmp_path: Path
) -> None:
    done = python(bundle / "verify.py", "--key", public_key_of(private_key()), cwd=tmp_path)
    assert done.returncode == 0 and "Golden rows ok: 50 rows" in done.stdout, done.stderr
    assert python(bundle / "verify.py", made[0] / "bundle.zip", cwd=tmp_path).returncode == 0
    assert not list(bundle.rglob("__pycache__"))
    # Any import of AutoGluon or any unpickling after the flip would leave a trace in these lines.
    target = bundle / "predictor" / "learner.pkl"
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    write_german(made[1], tmp_path / "in.csv")
    for arguments in (["verify.py"], ["score.py", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]):
        code = (
            "import pickle, runpy, sys\n"
            "def refuse(*a, **k): print('UNPICKLED'); raise SystemExit(9)\n"
            "pickle.load = pickle.loads = pickle.Unpickler = refuse\n"
            f"sys.argv = {arguments!r}\n"
            f"try: runpy.run_path({str(bundle / arguments[0])!r}, run_name='__main__')\n"
            "finally: print('autogluon' in sys.modules)\n"
        )
        done = python("-c", code, cwd=tmp_path)
        assert done.returncode == 1 and done.stdout == "False\n" and "learner.pkl" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_every_file_counts(made: tuple[Path, pd.DataFrame, Any, str], bundle: Path) -> None:
    from workers.engine.bundle.runtime.verify import BundleRefused, verify_directory

    for path in [p for p in bundle.rglob("*") if p.is_file() and p.stat().st_size]:
        original = path.read_bytes()
        for position in {0, len(original) // 3, len(original) - 1}:
            path.write_bytes(original[:position] + bytes([original[position] ^ 1]) + original[position + 1 :])
            with pytest.raises(BundleRefused):
                verify_directory(bundle)
        path.write_bytes(original)
    verify_directory(bundle)


def test_no_training_rows_inside(made: tuple[Path, pd.DataFrame, Any, str], bundle: Path) -> None:
    for path in (p for p in bundle.rglob("*") if p.is_file()):
        content = path.read_bytes()
        for text in CANARY_TEXTS:
            assert text.encode() not in content, (path, text)
        for number in CANARY_NUMBERS:
            assert repr(number).encode() not in content, (path, number)
            if path.name == "model.pkl" and path.parent.name == "LinearModel":
                continue  # its scaler keeps each column's quantiles; the bundle's README says so
            assert struct.pack("<d", number) not in content, (path, number)
        assert b"id-17" not in content


def test_golden_rows_hold_in_this_process_too(bundle: Path) -> None:
    assert check_golden(bundle) == {"rows": 50, "difference": 0.0}


def test_small_chunks_bad_cells_and_warnings(made: tuple[Path, pd.DataFrame, Any, str], bundle: Path, tmp_path: Path) -> None:
    write_german(made[1], tmp_path / "in.csv")
    with open(tmp_path / "in.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    rows[4]["months"] = "twelve"
    rows[7]["purpose"] = "yacht"
    rows[8]["Betrag, €"] = "9.999.999,00"
    rows[3]["customer id"] = "=1+1"
    rows[2]["customer id"] = "-5"
    with open(tmp_path / "in.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "extra"], delimiter=";")
        writer.writeheader()
        writer.writerows([{**row, "extra": "x"} for row in rows])
    seen: list[tuple[int, int]] = []
    result = score_file(
        bundle, tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "bad.csv", chunk_rows=7, progress=lambda *a: seen.append(a)
    )
    whole = pd.read_csv(tmp_path / "out.csv", float_precision="round_trip")
    assert seen[-1] == (100, 100) and len(seen) == 15
    assert result["rows"] == {"in": 100, "scored": 99, "rejected": 1, "unusual": 2}
    assert {w["code"] for w in result["warnings"]} == {"extra_columns", "columns_reordered", "unseen_categories", "out_of_range"}
    assert whole["row"].tolist() == list(range(1, 101)) and whole["prediction"].isna().tolist().index(True) == 4
    assert whole["customer id"].tolist()[2:4] == ["-5", "'=1+1"]
    assert read_table(tmp_path / "bad.csv") == [
        {"row": "5", "column": "months", "value": "twelve", "code": "not_a_number", "reason": "twelve in months is not a number."}
    ]
    others = [i for i in range(100) if i not in (4, 7, 8)]
    for name, values in expected(made).items():
        if values.dtype != object:
            assert np.abs(whole[name].to_numpy()[others] - values.to_numpy()[others]).max() <= 1e-6
    assert len(result["preview"]) == 20 and result["preview"][0]["row"] == 1
    spread = result["distribution"]
    assert sum(spread["counts"]) if "counts" in spread else sum(v["count"] for v in spread["values"]) == 99


def test_a_column_that_changed_its_type_refuses_the_file(made: tuple[Path, pd.DataFrame, Any, str], bundle: Path, tmp_path: Path) -> None:
    write_german(made[1], tmp_path / "in.csv")
    text = (tmp_path / "in.csv").read_text(encoding="utf-8").replace("old applicant", "x")
    lines = text.splitlines()
    position = lines[0].split(";").index("months")
    changed = [";".join([*cells[:position], "many", *cells[position + 1 :]]) for cells in (line.split(";") for line in lines[1:7])]
    (tmp_path / "in.csv").write_text("\n".join([lines[0], *changed, *lines[7:]]) + "\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        score_file(bundle, tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "bad.csv")
    assert caught.value.code == "column_type_changed" and caught.value.column == "months" and caught.value.rows == [1, 2, 3, 4, 5]
    assert "6.0 %" in caught.value.message % caught.value.params
    assert not (tmp_path / "out.csv").exists() and not (tmp_path / "bad.csv").exists()


def test_a_read_only_bundle_works(bundle: Path, tmp_path: Path) -> None:
    for path in bundle.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert python(bundle / "verify.py", cwd=tmp_path).returncode == 0
    shutil.rmtree(tmp_path / "x", ignore_errors=True)


def test_the_decision_of_the_use_case_travels_with_the_bundle(tmp_path: Path) -> None:
    decision = {"margin": 1.0, "loss_given_default": 1.0, "exposure": 5.0}
    made, holdout, _ = fitted_job(tmp_path / "job", "binary", {"GBM": {"num_boost_round": 30}}, "finance/credit_default", decision)
    seal(made, tmp_path / "bundle.zip", private_key())
    unseal(tmp_path / "bundle.zip", tmp_path / "bundle")
    write_german(holdout, tmp_path / "in.csv")
    done = python(tmp_path / "bundle" / "score.py", tmp_path / "in.csv", tmp_path / "out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    output = pd.read_csv(tmp_path / "out.csv")
    assert list(output.columns) == [
        "row",
        "customer id",
        "prediction",
        "probability_bad",
        "probability_good",
        "decision",
        "expected_profit",
        "unusual",
    ]
    assert ((output["decision"] == "approve") == (output["probability_bad"] < 1 / 6)).all()
    assert not (tmp_path / "bundle/domain/domains/finance/credit_default/sample.csv").exists()


def test_mlflow_finds_its_door(made: tuple[Path, pd.DataFrame, Any, str], bundle: Path, tmp_path: Path) -> None:
    made[1].head(3).to_pickle(tmp_path / "rows.pkl")
    code = (
        f"import sys; sys.path.insert(0, {str(bundle / 'runtime')!r}); sys.path.append({str(bundle / 'domain')!r})\n"
        "import pandas\nfrom workers.engine.bundle.runtime.pyfunc import _load_pyfunc\n"
        f"print(_load_pyfunc({str(bundle)!r}).predict(pandas.read_pickle({str(tmp_path / 'rows.pkl')!r}))['prediction'].notna().sum())"
    )
    done = python("-B", "-c", code, cwd=tmp_path)
    assert done.stdout == "3\n", done.stderr
