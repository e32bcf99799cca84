"""The scorer with a real predictor: the numbers of the batch job, typed errors, bounded memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.engine.bundle.fitted import KINDS, fitted_job
from tests.engine.bundle.trees import private_key
from tests.workers.test_scorer import ask, predict
from workers.engine.bundle.runtime.golden import read_table
from workers.engine.bundle.seal import seal, unseal
from workers.scorer import Predictors

pytestmark = pytest.mark.fit


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("scorer")
    bundle, holdout, _ = fitted_job(folder / "job", "binary", {"GBM": {"num_boost_round": 30}})
    seal(bundle, folder / "bundle.zip", private_key())
    return folder, holdout


def request_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as a client would send them."""
    shown = frame[list(KINDS)].assign(opened=frame["opened"].dt.strftime("%Y-%m-%d")).astype(object)
    rows: list[dict[str, Any]] = shown.where(shown.notna(), None).to_dict("records")
    return rows


def test_rows_get_the_numbers_of_the_golden_file(made: tuple[Path, pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, holdout = made
    monkeypatch.setenv("AUTOML_DATA_DIR", str(folder))
    bundle = folder / "job" / "bundle"
    sample = holdout.sample(n=50, random_state=0).sort_index()
    status, answer = predict(bundle=str(bundle), rows=request_rows(sample), explain=2)
    assert status == 200, answer
    for given, golden in zip(answer["predictions"], read_table(bundle / "golden.csv"), strict=True):
        assert given["prediction"] == golden["expected.prediction"]
        assert abs(given["probability_bad"] - float(golden["expected.probability_bad"])) <= 1e-6
        assert given["reason_1_column"] in KINDS and abs(given["reason_1_effect"]) >= abs(given["reason_2_effect"])
    rows = [{**request_rows(sample)[0], "months": "twelve"}]
    status, answer = predict(bundle=str(bundle), rows=rows)
    assert (status, answer["code"], answer["errors"][0]["column"]) == (422, "rows_invalid", "months")
    status, answer = predict(bundle=str(bundle), rows=[{"months": 3}])
    assert (status, answer["code"]) == (422, "missing_columns")
    assert ask("GET", "/health")[1]["predictors"] == 1


def test_the_least_recently_used_predictor_leaves_first(made: tuple[Path, pd.DataFrame], tmp_path: Path) -> None:
    bundles = [tmp_path / name for name in "abc"]
    for bundle in bundles:
        unseal(made[0] / "bundle.zip", bundle)
    few = Predictors(most=2)
    first = few.get(bundles[0], None)
    few.get(bundles[1], None)
    assert few.get(bundles[0], None) is first
    few.get(bundles[2], None)
    assert len(few) == 2 and few.get(bundles[0], None) is first
    small = Predictors(most_bytes=1)
    small.get(bundles[0], None)
    small.get(bundles[1], None)
    assert len(small) == 1
