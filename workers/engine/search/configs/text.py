"""Models that read texts, for tables with a text column; in the order they are tried."""

from __future__ import annotations

from workers.engine.search.candidate import Candidate

TEXT_PROBLEMS = ("binary", "multiclass", "regression")

# The weights follow measured processor seconds on 9,600 short Chinese reviews: 3 to 6 a fold for n-grams, 12 an epoch and fold for
# the transformer. What a candidate does not use goes to those after it.
TEXT = (
    Candidate("TEXT_NGRAM", "TextNgram", 40, cheaper={"max_terms": 20_000, "C": 2.0}, problem_types=TEXT_PROBLEMS, needs_text=True),
    Candidate(
        "TEXT_NGRAM",
        "TextNgram",
        40,
        {"head": "gbm"},
        cheaper={"head": "gbm", "selected_terms": 1_000, "max_rounds": 100},
        problem_types=TEXT_PROBLEMS,
        needs_text=True,
    ),
    Candidate(
        "TEXT_TRANSFORMER",
        "TextTransformer",
        70,
        cheaper={"d_block": 32, "max_epochs": 2, "max_tokens": 64, "vocabulary": 3_000},
        minimum=2,
        problem_types=TEXT_PROBLEMS,
        needs_text=True,
    ),
    Candidate(
        "TEXT_ENCODER",
        "TextEncoder",
        40,
        minimum=8,
        imports=("transformers",),
        problem_types=TEXT_PROBLEMS,
        needs_text=True,
        single=True,
    ),
)
