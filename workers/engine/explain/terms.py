"""The n-grams that count most in the texts of a table: exact, read off the linear weights of a text_ngram model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.frame import text_columns, to_model_frame

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

ROWS = 1_000
COPIES = 3  # of a bagged model that are read
TOP = 12
LEAST_ROWS = 2
RAW = "_raw_text"  # what AutoGluon adds to the name of a raw text column


def terms_make(predictor: TabularPredictor, deployed: str, holdout: pd.DataFrame, schema: dict[str, Any]) -> dict[str, Any] | None:
    """{model, part (of the deployed one), rows, unit, groups: [{class, terms: [{column, term, effect, rows}]}]}; None without such
    a model or texts. `effect`: mean contribution in the rows that hold the term, to the log odds of the class or to the number.
    """
    name = _model(predictor, deployed)
    names = {column["id"]: column["name"] for column in text_columns(schema)}
    if name is None or not names or not len(holdout):
        return None
    sample = holdout.sample(min(len(holdout), ROWS), random_state=0)
    table = predictor.transform_features(to_model_frame(sample, schema), model=name)
    sums, counts, outputs = _contributions(_copies(predictor, name), table)
    groups = []
    for label, at, sign in _groups(predictor, schema, outputs):
        known = [key for key in sums if counts[key] >= LEAST_ROWS and sign * sums[key][at] > 0]
        # One character says little by itself; it comes in where there is nothing longer to show.
        ranked = sorted(known, key=lambda key: (len(key[1]) < 2, -sign * sums[key][at]))
        groups.append({"class": label, "terms": [_term(names, key, sums, counts, at, sign) for key in _apart(ranked)]})
    return {
        "model": name,
        "part": name in predictor._trainer.get_minimum_model_set(deployed),
        "rows": len(sample),
        "unit": "value" if schema["problem_type"] == "regression" else "log_odds",
        "groups": groups,
    }


def _model(predictor: TabularPredictor, deployed: str) -> str | None:
    """The best linear text_ngram model that the deployed one is made of, else the best there is."""
    board = predictor.leaderboard().dropna(subset=["score_val"]).sort_values("score_val", ascending=False, kind="stable")
    names = [str(name) for name in board["model"] if str(name).startswith("TextNgram")]
    members = predictor._trainer.get_minimum_model_set(deployed)
    for name in sorted(names, key=lambda each: each not in members):
        if _copies(predictor, name)[0].term_weights() is not None:
            return name
    return None


def _copies(predictor: TabularPredictor, name: str) -> list[Any]:
    """The fitted copies of a bagged model, at most COPIES, or the model itself."""
    model = predictor._trainer.load_model(name)
    if not hasattr(model, "load_child"):
        return [model]
    return [model.load_child(child) for child in model.models[:COPIES]]


Key = tuple[str, str]


def _contributions(copies: list[Any], table: pd.DataFrame) -> tuple[dict[Key, Any], dict[Key, int], int]:
    """Per (column, n-gram) the sum of its contributions (outputs,) over the rows, mean of the copies, and the rows that hold it."""
    sums: dict[Key, Any] = defaultdict(float)
    counts: dict[Key, int] = defaultdict(int)
    outputs = 1
    for copy in copies:
        owners, terms, weights = copy.term_weights()
        values = copy.term_values(table)
        outputs = weights.shape[1]
        total = np.asarray(values.sum(axis=0)).ravel()
        held = np.asarray((values > 0).sum(axis=0)).ravel()
        readable = copy.readable_terms()
        for at in np.flatnonzero((held > 0) & readable):
            key = (str(owners[at]).removesuffix(RAW), str(terms[at]).strip())
            if not key[1].replace(" ", "").isalnum():  # marks
                continue
            sums[key] = sums[key] + total[at] * weights[at] / len(copies)
            counts[key] = max(counts[key], int(held[at]))
    return sums, counts, outputs


def _groups(predictor: TabularPredictor, schema: dict[str, Any], outputs: int) -> list[tuple[str | None, int, int]]:
    """(class, output, sign): the two classes are the two directions of one output; a number goes up or down."""
    if schema["problem_type"] == "regression":
        return [("up", 0, 1), ("down", 0, -1)]
    if outputs == 1:
        positive = schema["positive_class"]
        other = next(str(name) for name in schema["classes"] if str(name) != str(positive))
        return [(str(positive), 0, 1), (other, 0, -1)]
    return [(str(name), at, 1) for at, name in enumerate(predictor.class_labels)]


def _apart(ranked: list[Key]) -> list[Key]:
    """The strongest, without n-grams that hold a stronger one or are held in it: they say the same."""
    kept: list[Key] = []
    for column, term in ranked:
        if term and not any(column == other and (term in known or known in term) for other, known in kept):
            kept.append((column, term))
        if len(kept) == TOP:
            break
    return kept


def _term(names: dict[str, str], key: Key, sums: dict[Key, Any], counts: dict[Key, int], at: int, sign: int) -> dict[str, Any]:
    column, term = key
    effect = round(float(sign * sums[key][at]) / counts[key], 4)
    return {"column": names.get(column, column), "term": term, "effect": effect, "rows": counts[key]}
