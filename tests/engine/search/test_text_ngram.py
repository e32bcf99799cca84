"""Texts are read in any writing, by n-grams under a linear head or boosted trees, and as numbers by the other models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.texts import chinese, english
from workers.engine.search.candidate import SearchFacts, family_of
from workers.engine.search.candidates.text_heads import LinearHead
from workers.engine.search.candidates.text_script import is_spaceless, normal
from workers.engine.search.candidates.text_vectors import TextVectors
from workers.engine.search.portfolio import portfolio


@pytest.mark.parametrize(
    ("texts", "spaceless"),
    [
        (["很快，好吃，味道足，量大", "iPhone 很好用"], True),
        (["とても美味しい"], True),
        (["อร่อยมาก"], True),
        (["Love my Echo!", "works with 小米"], False),
        (["정말 맛있어요", "배달이 빨라요"], False),
        (["", "123 456"], False),
        ([], False),
    ],
)
def test_writing_without_spaces_is_told_apart(texts: list[str], spaceless: bool) -> None:
    assert is_spaceless(texts) is spaceless


def test_full_width_and_large_letters_are_one_spelling() -> None:
    assert normal("ＯＫ！Straße") == normal("ok!STRASSE")


def test_terms_of_every_column_stand_side_by_side() -> None:
    frame = pd.DataFrame({"zh": ["很好吃", "不好吃", None], "en": ["good food", "good Food", np.nan]})
    vectors = TextVectors()
    matrix = vectors.fit_transform(frame)
    assert matrix.shape == (3, len(vectors.terms())) and matrix.dtype == np.float32
    assert {"好吃", "good food", " goo"} <= set(vectors.terms())
    assert dict(zip(vectors.terms(), vectors.owners(), strict=True))["好吃"] == "zh"
    assert not matrix[2].nnz  # missing texts
    assert abs(vectors.transform(frame) - matrix).max() < 1e-6


def test_a_column_of_empty_texts_adds_nothing() -> None:
    frame = pd.DataFrame({"a": ["", None, " "]})
    vectors = TextVectors()
    assert vectors.fit_transform(frame).shape == (3, 0) and vectors.transform(frame).shape == (3, 0)
    assert not len(vectors.terms()) and not len(vectors.owners())


@pytest.mark.parametrize(("problem_type", "classes"), [("binary", 2), ("multiclass", 3), ("regression", None)])
def test_the_linear_head_learns_and_its_weights_are_its_prediction(problem_type: str, classes: int | None) -> None:
    from scipy import sparse

    rng = np.random.default_rng(0)
    X = sparse.csr_matrix(rng.random((300, 6)) * (rng.random((300, 6)) < 0.4), dtype=np.float32)
    signal = np.asarray(X @ np.array([3.0, -3.0, 1.0, 0, 0, 0])).ravel()
    y = signal if classes is None else np.digitize(signal, [0.5] if classes == 2 else [-0.5, 0.5])
    head = LinearHead(problem_type, classes, {"C": [2.0, 50.0]}, 1)
    assert head.fit(X, y, None, (X, y), np.inf)["C"] == 50.0  # noise-free: the weaker shrinkage is better on any rows
    output = head.predict(X)
    assert head.weights().shape == (6, classes if classes == 3 else 1)
    if classes is None:
        assert np.corrcoef(output, y)[0, 1] > 0.99
    elif classes == 2:
        assert ((output > 0.5) == y).mean() > 0.9
    else:
        assert output.sum(axis=1) == pytest.approx(1.0) and (output.argmax(axis=1) == y).mean() > 0.85


def test_text_models_are_tried_only_where_there_are_texts() -> None:
    without = portfolio(SearchFacts("binary", 1000, 5, classes=2))
    with_text = portfolio(SearchFacts("binary", 1000, 5, classes=2, text=("review",)))
    assert not [c for c in without if c.family == "text"]
    assert [c.name for c in with_text[1:3]] == ["TextNgram", "TextNgram"]  # right after the first quick model
    assert family_of("TextNgram_2_BAG_L1") == "text"
    assert len({str(sorted(c.params)) for c in with_text if c.name == "TextNgram"}) == 2


@pytest.fixture(scope="module", params=["zh", "en"])
def fitted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, pd.DataFrame, Path]:
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register
    from workers.engine.search.text_features import feature_generator, feature_metadata

    register()
    frame = (chinese if request.param == "zh" else english)(400)
    path = tmp_path_factory.mktemp("ngram") / "predictor"
    predictor = TabularPredictor("label", path=str(path), eval_metric="log_loss", verbosity=0)
    extra = {"get_features_kwargs_extra": {"invalid_special_types": ["text"]}}
    predictor.fit(
        frame[:300],
        tuning_data=frame[300:350],
        feature_generator=feature_generator(),
        feature_metadata=feature_metadata(frame.drop(columns="label"), ["c1"]),
        hyperparameters={
            "TEXT_NGRAM": [{}, {"head": "gbm", "max_rounds": 40}],
            "GBM": {"num_boost_round": 30, "ag_args_fit": extra},
            "LR": {"ag_args_fit": extra},
        },
        num_cpus=1,
        num_gpus=0,
        fit_weighted_ensemble=False,
    )
    return predictor, frame[350:], path


@pytest.mark.fit
def test_every_model_learns_from_texts_and_only_text_models_see_them_raw(fitted: tuple[Any, pd.DataFrame, Path]) -> None:
    predictor, unseen, _ = fitted
    assert set(predictor.model_names()) == {"TextNgram", "TextNgram_2", "LightGBM", "LinearModel"}
    for name in predictor.model_names():
        assert predictor.evaluate(unseen, model=name)["accuracy"] > 0.8, name
        raw = [feature for feature in predictor._trainer.load_model(name).features if feature.endswith("_raw_text")]
        assert bool(raw) is name.startswith("TextNgram"), name


@pytest.mark.fit
def test_the_weights_of_terms_say_what_was_planted(fitted: tuple[Any, pd.DataFrame, Path]) -> None:
    predictor, unseen, _ = fitted
    model = predictor._trainer.load_model("TextNgram")
    owners, terms, weights = model.term_weights()
    assert set(owners) == {"c1_raw_text"} and weights.shape == (len(terms), 1)
    strongest = {terms[at] for at in np.argsort(-weights[:, 0])[:12]}
    assert strongest & {"好吃", "很快", "tasty", "quick"}
    assert predictor._trainer.load_model("TextNgram_2").term_weights() is None
    # A text of nothing that was ever seen, and a missing one, are predicted too.
    odd = unseen.head(2).assign(c1=["☃", None])
    assert predictor.predict_proba(odd, model="TextNgram").notna().all().all()


@pytest.mark.fit
def test_it_refits_with_what_it_chose(fitted: tuple[Any, pd.DataFrame, Path]) -> None:
    predictor, unseen, _ = fitted
    chosen = predictor.info()["model_info"]["TextNgram"]["hyperparameters_fit"]["C"]
    (name,) = predictor.refit_full("TextNgram").values()
    assert predictor.info()["model_info"][name]["hyperparameters_fit"]["C"] == chosen
    assert predictor.evaluate(unseen, model=name)["accuracy"] > 0.8
