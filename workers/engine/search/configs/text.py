"""Models that read texts, for tables with a text column; in the order they are tried."""

from __future__ import annotations

from workers.engine.search.candidate import Candidate

TEXT_PROBLEMS = ("binary", "multiclass", "regression")

# The weights follow measured seconds (waimai: 9,600 short Chinese reviews, 2 cores, 8 folds).
TEXT = (
    Candidate("TEXT_NGRAM", "TextNgram", 12, cheaper={"max_terms": 20_000, "C": 2.0}, problem_types=TEXT_PROBLEMS, needs_text=True),
    Candidate(
        "TEXT_NGRAM",
        "TextNgram",
        14,
        {"head": "gbm"},
        cheaper={"head": "gbm", "selected_terms": 1_000, "max_rounds": 100},
        problem_types=TEXT_PROBLEMS,
        needs_text=True,
    ),
    Candidate(
        "TEXT_TRANSFORMER",
        "TextTransformer",
        50,
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
