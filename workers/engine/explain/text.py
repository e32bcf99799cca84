"""The part of explanations.json that is about texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.frame import text_columns
from workers.engine.explain.terms import terms_make
from workers.engine.explain.tokens import examples_make

if TYPE_CHECKING:
    import pandas as pd

    from workers.engine.evaluate.holdout import HoldoutScores


def text_make(scores: HoldoutScores, deployed: str, holdout: pd.DataFrame, schema: dict[str, Any], *, until: float) -> dict[str, Any]:
    """{"text": {"terms": see terms.py, "examples": see tokens.py}}, empty for a table without texts or when `until` has passed."""
    if not text_columns(schema) or time.time() > until:
        return {}
    examples = examples_make(scores, deployed, holdout, schema, until=until)
    terms = terms_make(scores.predictor, deployed, holdout, schema) if time.time() < until else None
    return {"text": {"terms": terms, "examples": examples}}
