"""The transformer behaves as AutoGluon's own models do: it refits, travels and keeps its limit."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.fitting import table
from workers.engine.launch import ROOT, child_environment
from workers.engine.search.candidates.encoder import TableEncoder

ELSEWHERE = """
import sys
import pandas as pd
from autogluon.tabular import TabularPredictor
predictor = TabularPredictor.load(sys.argv[1], verbosity=0)
frame = pd.read_parquet(sys.argv[2])
predictor.predict_proba(frame, model=sys.argv[3]).to_parquet(sys.argv[4])
"""


def test_the_encoder_handles_what_it_has_not_seen() -> None:
    train = pd.DataFrame({"n": [1.0, 2.0, np.nan, 4.0] * 10, "c": ["a", "b", None, "a"] * 10})
    encoder = TableEncoder().fit(train)
    assert (encoder.n_numbers, encoder.cardinalities) == (2, [3])
    numbers, codes = encoder.transform(pd.DataFrame({"n": [1e9, np.nan], "c": ["new", "b"]}))
    assert np.isfinite(numbers).all() and numbers.dtype == np.float32
    assert numbers[1].tolist() == [0.0, 1.0]
    assert codes.tolist() == [[0], [2]]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, pd.DataFrame, Path]:
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register
    from workers.engine.search.candidates.ft_transformer import FTTransformerModel

    register()
    frame = table(300).drop(columns=["row id", "since"])
    frame["outcome"] = frame["outcome"].astype(str)
    path = tmp_path_factory.mktemp("ft") / "predictor"
    predictor = TabularPredictor("outcome", path=str(path), eval_metric="log_loss", verbosity=0)
    predictor.fit(
        frame,
        hyperparameters={FTTransformerModel.ag_key: {"max_epochs": 12}},
        num_cpus=1,
        num_gpus=0,
        time_limit=60,
        fit_weighted_ensemble=False,
    )
    return predictor, frame, path


@pytest.mark.fit
def test_it_learns_and_refits_to_the_same_epoch(fitted: tuple[Any, pd.DataFrame, Path]) -> None:
    predictor, frame, _ = fitted
    assert predictor.evaluate(frame, model="FTTransformer")["roc_auc"] > 0.7
    epochs = predictor.info()["model_info"]["FTTransformer"]["hyperparameters_fit"]["max_epochs"]
    assert 1 <= epochs <= 12
    (name,) = predictor.refit_full("FTTransformer").values()
    refitted = predictor.info()["model_info"][name]["hyperparameters_fit"]["max_epochs"]
    assert refitted == epochs
    assert predictor.evaluate(frame, model=name)["roc_auc"] > 0.7


@pytest.mark.fit
def test_it_loads_in_another_process(fitted: tuple[Any, pd.DataFrame, Path], tmp_path: Path) -> None:
    predictor, frame, path = fitted
    frame.to_parquet(tmp_path / "in.parquet")
    arguments = [str(path), str(tmp_path / "in.parquet"), "FTTransformer", str(tmp_path / "out.parquet")]
    subprocess.run([sys.executable, "-c", ELSEWHERE, *arguments], cwd=ROOT, env=child_environment({}), check=True)
    there = pd.read_parquet(tmp_path / "out.parquet")
    here = predictor.predict_proba(frame, model="FTTransformer")
    assert np.abs(there.to_numpy() - here.to_numpy()).max() < 1e-6


@pytest.mark.fit
@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_it_keeps_its_time_limit(kind: str, tmp_path: Path) -> None:
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register
    from workers.engine.search.candidates.ft_transformer import FTTransformerModel

    register()
    frame = table(2000, kind).drop(columns=["row id", "since"])
    params = {"max_epochs": 10_000, "patience": 10_000}
    started = time.monotonic()
    predictor = TabularPredictor("outcome", problem_type=kind, path=str(tmp_path / "p"), verbosity=0)
    predictor.fit(
        frame, hyperparameters={FTTransformerModel.ag_key: params}, num_cpus=1, num_gpus=0, time_limit=8, fit_weighted_ensemble=False
    )
    assert time.monotonic() - started < 16
    assert predictor.model_names() == ["FTTransformer"]
