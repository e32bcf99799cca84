"""Pretrained encoders: where they are looked for, which texts they can read, and that they fine-tune, refit and travel."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.texts import chinese, english, tiny_bert
from workers.engine.search.candidates.text_encoder_files import ENCODER, PACKAGED, WEIGHTS, EncoderMissing, encoder_directory
from workers.engine.search.skips import skip_reason


def laid_out(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


def test_an_encoder_is_found_by_its_name_or_where_the_operator_says(tmp_path: Path) -> None:
    mounted = laid_out(tmp_path / "text" / "bert-zh")
    elsewhere = laid_out(tmp_path / "elsewhere")
    weights = {WEIGHTS: str(tmp_path)}
    assert encoder_directory("bert-zh", weights) == ("bert-zh", mounted)
    assert encoder_directory("", {**weights, ENCODER: "bert-zh"}) == ("bert-zh", mounted)
    assert encoder_directory("", {ENCODER: str(elsewhere)}) == ("elsewhere", elsewhere)
    name, directory = encoder_directory("", {})
    assert name == PACKAGED and (directory / "config.json").is_file()


@pytest.mark.parametrize("name", ["absent", "../elsewhere", "/etc", "a/b", ".."])
def test_no_other_folder_can_be_named_by_a_run(name: str, tmp_path: Path) -> None:
    laid_out(tmp_path / "elsewhere")
    (tmp_path / "text").mkdir()
    with pytest.raises(EncoderMissing):
        encoder_directory(name, {WEIGHTS: str(tmp_path)})


def test_a_folder_without_a_model_is_no_encoder(tmp_path: Path) -> None:
    (tmp_path / "text" / "empty").mkdir(parents=True)
    with pytest.raises(EncoderMissing):
        encoder_directory("empty", {WEIGHTS: str(tmp_path)})


@pytest.mark.parametrize("kind", ["EncoderMissing", "EncoderLanguage"])
def test_a_missing_or_foreign_encoder_is_named_with_its_remedy(kind: str) -> None:
    skip = skip_reason(kind, "bert-zh")
    assert "bert-zh" in skip.reason % skip.params and "AUTOML_WEIGHTS_DIR" in skip.remedy and not skip.retry


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("weights") / "text" / "tiny-zh")


def encoder(path: Path, **settings: Any) -> Any:
    from workers.engine.search.candidates.text_encoder import TextEncoderModel

    return TextEncoderModel(path=str(path), name="TextEncoder", problem_type="binary", hyperparameters=settings)


def fit(model: Any, frame: pd.DataFrame, **more: Any) -> Any:
    from autogluon.common.features.feature_metadata import FeatureMetadata

    metadata = FeatureMetadata({"c1": "object", "c2": "float"}, {"text": ["c1"]})
    return model.fit(X=frame[["c1", "c2"]], y=truth(frame), num_cpus=1, num_gpus=0, feature_metadata=metadata, **more)


def truth(frame: pd.DataFrame) -> pd.Series[int]:
    return (frame.label == "good").astype(int)


@pytest.mark.fit
@pytest.mark.parametrize("layers", [0, 2])
def test_it_learns_frozen_or_tuned_validates_itself_and_needs_its_folder_no_more(
    layers: int, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WEIGHTS, str(tiny.parents[1]))
    frame = chinese(260)
    learnt, unseen = frame[:200].reset_index(drop=True), frame[200:]
    model = encoder(tmp_path, encoder="tiny-zh", tuned_layers=layers, max_epochs=8, patience=8, lr=3e-3, lr_head=3e-3)
    fit(model, learnt)
    out_of_fold = model.predict_proba_oof(learnt[["c1", "c2"]], truth(learnt))
    assert len(out_of_fold) == 200 and ((out_of_fold > 0.5) == truth(learnt)).mean() > 0.7
    assert model.params_trained["tuned_layers"] == layers
    output = model.predict_proba(unseen[["c1", "c2"]])
    assert ((output > 0.5) == truth(unseen)).mean() > (0.85 if layers else 0.7)
    monkeypatch.setenv(WEIGHTS, "/nowhere")
    again = pickle.loads(pickle.dumps(model))
    assert np.abs(again.predict_proba(unseen[["c1", "c2"]]) - output).max() < 1e-6
    again._set_device("cpu")
    assert again.get_device() == "cpu"


@pytest.mark.fit
def test_an_encoder_of_another_language_is_not_used(tmp_path: Path) -> None:
    from workers.engine.search.candidates.text_encoder_files import EncoderLanguage

    with pytest.raises(EncoderLanguage, match=PACKAGED):
        fit(encoder(tmp_path), chinese(40))


@pytest.mark.fit
def test_the_packaged_encoder_reads_english_and_stops_when_it_would_take_too_long(tmp_path: Path) -> None:
    from autogluon.core.utils.exceptions import TimeLimitExceeded

    frame = english(120)
    model = fit(encoder(tmp_path, tuned_layers=0), frame[:90])
    assert ((model.predict_proba(frame[90:][["c1", "c2"]]) > 0.5) == truth(frame[90:])).mean() > 0.8
    with pytest.raises(TimeLimitExceeded):
        fit(encoder(tmp_path / "late", tuned_layers=0), english(3_000), time_limit=0.5)
