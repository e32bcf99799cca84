"""How much each row counts: by a column of its own, or so that every class counts alike in learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.events import Refused, gettext_noop
from workers.engine.spec import FitSpec

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS_NAMED = 20


def weights_check(frame: pd.DataFrame, spec: FitSpec) -> None:
    """`frame`: all rows as they came. Raises Refused (`weight_invalid`, `weights_conflict`) where rows cannot be weighed."""
    if not spec.roles.weight:
        return
    column = spec.roles.weight[0]
    if len(spec.roles.weight) > 1 or spec.settings.class_weight != "none":
        message = gettext_noop("Rows are weighed by one column, or so that classes are balanced, not by both or by several columns.")
        raise Refused("weights_conflict", message, column=column)
    weights = numbers(frame[column])
    wrong = ~(weights >= 0) | (weights == float("inf"))
    if wrong.any() or not weights.sum() > 0:
        message = gettext_noop(
            "%(column)s is to say how much a row counts, and in %(rows)s rows it is missing, negative or no number. "
            "Fill it, or take the role of a weight away."
        )
        if not wrong.any():
            message = gettext_noop("%(column)s is to say how much a row counts, and is zero in every row.")
        places = [int(row) + 1 for row in wrong.to_numpy().nonzero()[0][:MOST_ROWS_NAMED]]
        raise Refused("weight_invalid", message, {"column": column, "rows": int(wrong.sum())}, column=column, rows=places or None)


def row_weights(frame: pd.DataFrame, spec: FitSpec) -> pd.Series[Any] | None:
    """(rows,) for learning, mean one; None when all rows count alike. `frame`: rows of the table with known labels."""
    if spec.weighed == "column":
        weights = numbers(frame[spec.roles.weight[0]])
        return weights / weights.mean()
    if spec.weighed == "balanced":
        counts = frame[spec.label].value_counts()
        balanced: pd.Series[Any] = len(frame) / (len(counts) * frame[spec.label].map(counts).astype("float64"))
        return balanced
    return None


def holdout_weights(holdout: pd.DataFrame, spec: FitSpec) -> pd.Series[Any] | None:
    """(rows,) for measuring: of a column of weights alone, since the classes of the world are not balanced."""
    return numbers(holdout[spec.roles.weight[0]]) if spec.weighed == "column" else None


def numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").astype("float64")


def weights_note(spec: FitSpec) -> tuple[str, str]:
    """Code and sentence on what weights change in a run; the sentence names the %(models)s that cannot learn from them."""
    if spec.weighed == "balanced":
        return "classes_balanced", gettext_noop(
            "Classes count alike in learning, so models think rare classes too likely: their log loss in the list is worse than it "
            "need be. The published model's probabilities are put right by the classes' real shares. Left out, because they cannot "
            "weigh rows: %(models)s."
        )
    return "rows_weighed", gettext_noop(
        "Rows count by their weights in learning, in validation and in the test. %(models)s learn from every row alike, and are only "
        "compared by the weights."
    )
