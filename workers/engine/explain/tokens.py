"""Which words of a text the prediction hangs on: over many rows, and word by word in a few of them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workers.engine.bundle.runtime.frame import text_columns, to_model_frame
from workers.engine.evaluate.holdout import predict
from workers.engine.evaluate.truth import Floats, Truth
from workers.engine.search.candidates.text_script import is_spaceless
from workers.engine.search.candidates.text_vectors import text_of

if TYPE_CHECKING:
    import pandas as pd

    from workers.engine.evaluate.holdout import HoldoutScores

MOST_PARTS = 60  # of a text that is taken apart; what follows is shown as it is
MOST_LETTERS = 1_000
WORDS = re.compile(r"\w+|[^\w\s]", re.UNICODE)
EACH_KIND = 3
KINDS = ("wrong", "unsure", "typical")


@dataclass(frozen=True)
class Part:
    """A word, or a character where words have no spaces between them: text[start:end]."""

    start: int
    end: int


def examples_make(
    scores: HoldoutScores, model: str, holdout: pd.DataFrame, schema: dict[str, Any], *, until: float
) -> list[dict[str, Any]]:
    """A few rows of the final test, taken apart: what leaving out each word would do to the prediction of `model`.

    Per row and text column {row, kind (wrong, unsure, typical), column, actual, predicted, class, score, pieces, cut}: `pieces`
    are (text, effect) that make up the text; an effect is the change of `class`'s probability, or of the number, that the word
    brings, None for what was not tried. Stops at `until` (unix time); always whole rows.
    """
    columns = text_columns(schema)
    found: list[dict[str, Any]] = []
    prediction = scores.scored[model].prediction
    for row, kind in _chosen(scores.truth, prediction):
        for column in columns:
            if time.time() > until:
                return found
            entry = _entry(scores.truth, prediction, row, kind)
            text = text_of(holdout[column["name"]].iloc[[row]])[0][:MOST_LETTERS]
            if text.strip():
                place = (
                    scores.truth.classes.index(entry["class"]) if scores.truth.problem_type == "multiclass" and scores.truth.classes else 0
                )
                parts = parts_of(text)
                effects = _effects(scores, model, holdout.iloc[[row]], column["name"], text, parts[:MOST_PARTS], schema, place)
                found.append(
                    {
                        **entry,
                        "column": column["name"],
                        "pieces": pieces_of(text, parts[:MOST_PARTS], effects),
                        "cut": len(parts) > MOST_PARTS,
                    }
                )
    return found


def parts_of(text: str) -> list[Part]:
    """The words and marks of a text, or its characters."""
    pattern = re.compile(r"[^\W_]|[^\w\s]") if is_spaceless([text]) else WORDS
    return [Part(match.start(), match.end()) for match in pattern.finditer(text)]


def without(text: str, part: Part) -> str:
    """The text with a space in the place of a part: what stood beside it must not grow together."""
    return text[: part.start] + " " + text[part.end :]


def pieces_of(text: str, parts: list[Part], effects: list[float]) -> list[tuple[str, float | None]]:
    """The whole text in pieces, each with its effect; None for what lies between the parts."""
    pieces: list[tuple[str, float | None]] = []
    at = 0
    for part, effect in zip(parts, effects, strict=True):
        if part.start > at:
            pieces.append((text[at : part.start], None))
        pieces.append((text[part.start : part.end], round(effect, 6)))
        at = part.end
    return pieces if at >= len(text) else [*pieces, (text[at:], None)]


def _effects(
    scores: HoldoutScores, model: str, row: pd.DataFrame, column: str, text: str, parts: list[Part], schema: dict[str, Any], place: int
) -> list[float]:
    """What each part adds: the prediction of the row as it is less the one without that part."""
    import pandas as pd

    table = pd.concat([row] * (len(parts) + 1), ignore_index=True)
    table[column] = [text, *(without(text, part) for part in parts)]
    values = _one(predict(scores.predictor, model, to_model_frame(table, schema), scores.truth), scores.truth, place)
    return [float(effect) for effect in values[0] - values[1:]]


def _one(values: Floats, truth: Truth, place: int) -> Floats:
    """(rows,): the number that is explained."""
    if values.ndim == 1:
        return values
    return np.asarray(values[:, truth.middle if truth.problem_type == "quantile" else place])


def _entry(truth: Truth, prediction: Floats, row: int, kind: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"row": int(row), "kind": kind}
    if truth.problem_type in ("regression", "quantile"):
        value = float(_one(prediction, truth, 0)[row])
        return entry | {"actual": float(truth.y[row]), "predicted": value, "class": None, "score": value}
    assert truth.classes is not None
    if truth.problem_type == "multiclass":
        at = int(prediction[row].argmax())
        predicted, score = truth.classes[at], float(prediction[row, at])
        return entry | {"actual": truth.classes[int(truth.y[row])], "predicted": predicted, "class": predicted, "score": score}
    others = [name for name in truth.classes if name != truth.positive_class]
    names = [*others[:1], truth.positive_class]
    called = names[int(prediction[row] >= truth.threshold)]
    return entry | {"actual": names[int(truth.y[row])], "predicted": called, "class": truth.positive_class, "score": float(prediction[row])}


def _chosen(truth: Truth, prediction: Floats) -> list[tuple[int, str]]:
    """(row, kind): the worst errors, the closest calls, and rows that are right and as sure as most."""
    wrongness, sureness = _judged(truth, prediction)
    numbers = truth.problem_type in ("regression", "quantile")
    called = prediction.argmax(axis=1) if prediction.ndim == 2 else prediction >= truth.threshold
    is_wrong = np.ones(len(truth.y), dtype=bool) if numbers else called != truth.y
    taken: dict[int, str] = {}
    for kind, order in (
        ("wrong", np.argsort(-wrongness, kind="stable")),
        ("unsure", np.argsort(sureness, kind="stable")),
        ("typical", np.argsort(np.abs(wrongness - np.median(wrongness)), kind="stable")),
    ):
        rows = [int(row) for row in order if int(row) not in taken and (kind != "wrong" or is_wrong[row])][:EACH_KIND]
        taken |= dict.fromkeys(rows, kind)
    return list(taken.items())


def _judged(truth: Truth, prediction: Floats) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Per row how far off the prediction is, and how far from another one."""
    if truth.problem_type in ("regression", "quantile"):
        values = _one(prediction, truth, 0)
        off = np.abs(values - truth.y)
        return off, -off
    if truth.problem_type == "multiclass":
        ordered = np.sort(prediction, axis=1)
        return 1 - prediction[np.arange(len(prediction)), truth.y.astype(int)], ordered[:, -1] - ordered[:, -2]
    return np.abs(truth.y - prediction), np.abs(prediction - truth.threshold)
