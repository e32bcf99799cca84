"""Texts are taken apart and put together again unchanged, and the words that count are found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.evaluate.truth import Truth
from workers.engine.explain.terms import _apart
from workers.engine.explain.tokens import KINDS, Part, examples_make, parts_of, pieces_of, without

TEXTS = ["Great food, really GREAT", "slow <b>and</b> cold", "很好吃！送得很快", "  ", "ok 2"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_pieces_are_the_text(text: str) -> None:
    parts = parts_of(text)
    pieces = pieces_of(text, parts, [0.5] * len(parts))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, effect in pieces if effect is not None] == [text[part.start : part.end] for part in parts]


def test_words_and_characters_are_parts() -> None:
    assert [("Great food")[part.start : part.end] for part in parts_of("Great food")] == ["Great", "food"]
    assert len(parts_of("很好吃！")) == 4
    assert without("a-b-c", Part(2, 3)) == "a- -c"


def test_terms_that_say_the_same_are_named_once() -> None:
    ranked = [("c1", "好吃"), ("c1", "很好吃"), ("c1", "吃"), ("c2", "吃"), ("c1", "快")]
    assert _apart(ranked) == [("c1", "好吃"), ("c2", "吃"), ("c1", "快")]


class Reader:
    """Predicts by whether a text holds 好吃 or tasty."""

    can_predict_proba = True
    class_labels = ("bad", "good")

    def predict_proba(self, frame: pd.DataFrame, model: str | None = None) -> pd.DataFrame:
        good = np.array([0.9 if ("好吃" in text or "tasty" in text) else 0.2 for text in frame["c0001"].fillna("")])
        return pd.DataFrame({"bad": 1 - good, "good": good}, index=frame.index)


SCHEMA: dict[str, Any] = {
    "problem_type": "binary",
    "positive_class": "good",
    "classes": ["bad", "good"],
    "use_case": "general/table",
    "columns": [{"name": "review", "id": "c0001", "type": "text", "role": "feature"}],
}


@pytest.mark.parametrize(("good", "word"), [("真好吃啊", "好吃"), ("so tasty here", "tasty")])
def test_the_word_that_makes_the_prediction_has_its_effect(good: str, word: str) -> None:
    holdout = pd.DataFrame({"review": [good, "凉了", "cold", None, good]})
    truth = Truth("binary", np.array([1.0, 0, 0, 0, 0]), classes=["bad", "good"], positive_class="good")
    prediction = Reader().predict_proba(holdout.rename(columns={"review": "c0001"}))["good"].to_numpy()
    scores: Any = SimpleNamespace(truth=truth, predictor=Reader(), scored={"m": SimpleNamespace(prediction=prediction)})
    found = examples_make(scores, "m", holdout, SCHEMA, until=float("inf"))
    assert {entry["kind"] for entry in found} <= set(KINDS) and len(found) == 4  # all but the empty one
    worst = found[0]
    assert (worst["row"], worst["kind"], worst["actual"], worst["predicted"], worst["score"]) == (4, "wrong", "bad", "good", 0.9)
    effects = {piece: effect for piece, effect in worst["pieces"] if effect is not None}
    telling = {piece for piece, effect in effects.items() if effect > 0.3}
    assert telling and all(piece in word or piece in good for piece in telling)
    assert max(effects, key=lambda piece: effects[piece]) in word
    assert examples_make(scores, "m", holdout, SCHEMA, until=0) == []
