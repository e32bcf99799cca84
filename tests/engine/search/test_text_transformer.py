"""The transformer over texts: its tokens, its batches, its clock, and that it refits and travels."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.search.test_ft_transformer import ELSEWHERE
from tests.engine.texts import chinese
from workers.engine.launch import ROOT, child_environment
from workers.engine.search.candidates.text_tokens import Tokens, batches, both_ends, padded, shortened


def test_chinese_characters_and_pieces_of_words_are_tokens() -> None:
    tokens = Tokens(16).fit([["很好吃，很快", "Tasty tasty 好", "好吃好吃"] * 5])
    (row,) = tokens.rows([["好吃 TASTY ☃"]])
    (good, eat) = tokens.rows(
        [
            ["好"],
        ]
    ) + tokens.rows([["吃"]])
    assert len(good) == len(eat) == 1 and list(row[:2]) == [good[0], eat[0]]
    assert row[-1] == 1  # never seen
    assert tokens.rows([["", "好"]])[0].tolist() == [1]  # an empty text is one unknown token
    assert max(max(part) for part in tokens.rows([["很好吃，很快", "tasty"]])) < tokens.size


def test_columns_share_the_tokens_of_a_row() -> None:
    tokens = Tokens(16).fit([["好吃好吃"] * 3, ["很快很快"] * 3])
    (row,) = tokens.rows([["好" * 100], ["快" * 100]])
    assert len(row) <= 16 and list(row).count(2) == 1


def test_long_texts_keep_both_ends() -> None:
    assert both_ends(list(range(10)), 4) == [0, 1, 2, 9]
    assert both_ends([1, 2], 4) == [1, 2]
    assert shortened("a" * 300 + "b" * 300, 5) == "a" * 50 + " " + "b" * 50


def test_batches_hold_every_row_once_and_no_more_tokens_than_allowed() -> None:
    lengths = np.random.default_rng(0).integers(1, 90, 2_500)
    for rng in (None, np.random.default_rng(1)):
        made = batches(lengths, 1_000, rng)
        assert sorted(np.concatenate(made)) == list(range(2_500))
        assert all(lengths[rows].max() * len(rows) <= 1_000 for rows in made)
    assert batches(np.array([5_000]), 1_000)[0].tolist() == [0]  # one row is always possible
    assert batches(np.array([], dtype="int64"), 1_000) == []


def test_rows_are_padded_with_zero() -> None:
    assert padded([np.array([3]), np.array([4, 5])]).tolist() == [[3, 0], [4, 5]]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, pd.DataFrame, Path]:
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register
    from workers.engine.search.text_features import feature_generator, feature_metadata

    register()
    frame = chinese(400)
    path = tmp_path_factory.mktemp("text") / "predictor"
    predictor = TabularPredictor("label", path=str(path), eval_metric="log_loss", verbosity=0)
    predictor.fit(
        frame[:300],
        tuning_data=frame[300:350],
        feature_generator=feature_generator(),
        feature_metadata=feature_metadata(frame.drop(columns="label"), ["c1"]),
        hyperparameters={"TEXT_TRANSFORMER": {"d_block": 32, "max_epochs": 6, "lr": 5e-3, "max_tokens": 32}},
        num_cpus=1,
        num_gpus=0,
        fit_weighted_ensemble=False,
    )
    return predictor, frame[350:], path


@pytest.mark.fit
def test_it_learns_and_refits_to_the_same_epoch(fitted: tuple[Any, pd.DataFrame, Path]) -> None:
    predictor, unseen, _ = fitted
    assert predictor.evaluate(unseen)["accuracy"] > 0.8
    epochs = predictor.info()["model_info"]["TextTransformer"]["hyperparameters_fit"]["max_epochs"]
    (name,) = predictor.refit_full("TextTransformer").values()
    assert predictor.info()["model_info"][name]["hyperparameters_fit"]["max_epochs"] == epochs
    assert predictor.evaluate(unseen, model=name)["accuracy"] > 0.8


@pytest.mark.fit
def test_it_predicts_the_same_in_another_process_and_row_by_row(fitted: tuple[Any, pd.DataFrame, Path], tmp_path: Path) -> None:
    predictor, unseen, path = fitted
    here = predictor.predict_proba(unseen, model="TextTransformer")
    unseen.to_parquet(tmp_path / "in.parquet")
    arguments = [str(path), str(tmp_path / "in.parquet"), "TextTransformer", str(tmp_path / "out.parquet")]
    subprocess.run([sys.executable, "-c", ELSEWHERE, *arguments], cwd=ROOT, env=child_environment({}), check=True)
    there = pd.read_parquet(tmp_path / "out.parquet")
    assert np.abs(here.to_numpy() - there.to_numpy()).max() < 1e-6
    alone = pd.concat([predictor.predict_proba(unseen.iloc[[row]], model="TextTransformer") for row in range(3)])
    assert np.abs(here.head(3).to_numpy() - alone.to_numpy()).max() < 1e-6


@pytest.mark.fit
def test_it_stops_within_a_batch_of_its_time(tmp_path: Path) -> None:
    from autogluon.common.features.feature_metadata import FeatureMetadata
    from autogluon.core.utils.exceptions import TimeLimitExceeded

    from workers.engine.search.candidates.text_transformer import TextTransformerModel

    frame = chinese(3_000)
    settings = {"max_epochs": 10_000, "patience": 10_000}
    model = TextTransformerModel(path=str(tmp_path), name="t", problem_type="binary", hyperparameters=settings)
    metadata = FeatureMetadata({"c1": "object"}, {"text": ["c1"]})
    started = time.process_time()
    try:
        model.fit(X=frame[["c1"]], y=(frame.label == "good").astype(int), time_limit=4, num_cpus=1, num_gpus=0, feature_metadata=metadata)
    except TimeLimitExceeded:
        pass  # on a machine so busy that one epoch takes longer
    assert time.process_time() - started < 8
