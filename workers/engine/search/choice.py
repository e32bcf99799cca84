"""Which model is published: the best in validation among those there is time to test and to pack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engine.search.candidate import NOT_BASE, family_of

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor

# Reading one fitted copy from disk and its first prediction, in seconds on an idle machine.
LOAD_S = 0.06
# Copying, hashing and zipping a bundle.
PACK_MB_PER_S = 40.0
# In a hurry a model may take this many times as long as the quickest one.
QUICK_SHARE = 3.0


@dataclass(frozen=True)
class Pace:
    """What the search has seen of its models: (model) seconds to predict `validated` rows, fitted copies and megabytes behind it.

    With folds every validation row was predicted by one copy only; a new row is predicted by all of them.
    """

    seconds: dict[str, float]
    copies: dict[str, int]
    sizes_mb: dict[str, float]
    scores: dict[str, float]
    validated: int
    folds: int

    def scoring_s(self, model: str, rows: int) -> float:
        """Seconds to read `model` from disk and predict `rows` with it."""
        share = rows / max(1, self.validated)
        return LOAD_S * self.copies[model] + max(1, self.folds) * self.seconds[model] * share

    def packing_s(self, model: str) -> float:
        """Seconds that the bundle of `model` takes for its size."""
        return self.sizes_mb[model] / PACK_MB_PER_S

    def best(self, *, rows: int, within: float, quick: bool = False) -> str:
        """The model to publish. `within`: seconds for predicting `rows` and packing; when none is that fast, the fastest.

        `quick`: the ensemble and whatever is slow to predict are left out. The baseline is for comparison; it is published
        only when there is nothing else.
        """
        models = [m for m in self.scores if family_of(m) != "baseline"] or list(self.scores)
        seconds = {model: self.scoring_s(model, rows) + self.packing_s(model) for model in models}
        if quick:
            single = [m for m in models if family_of(m) not in NOT_BASE] or models
            within = min(within, QUICK_SHARE * min(seconds[m] for m in single))
            models = single
        affordable = [m for m in models if seconds[m] <= within] or [min(models, key=lambda m: seconds[m])]
        return max(affordable, key=lambda m: self.scores[m])  # the first of equals


def pace_of(predictor: TabularPredictor, validated: int, folds: int) -> Pace:
    """Read off AutoGluon's own leaderboard; models without a validation score are left out. `validated`: rows validated on."""
    from workers.engine.evaluate.holdout import size_mb

    board = predictor.leaderboard().dropna(subset=["score_val"])
    # AutoGluon's order: higher is better; equal scores in the order of training.
    board = board.sort_values("fit_order", kind="stable")
    parents = {model: predictor._trainer.get_minimum_model_set(model) for model in board["model"]}
    sizes = {part: size_mb(Path(predictor.path), [part]) for part in set().union(*parents.values())}
    return Pace(
        seconds={row.model: float(row.pred_time_val or 0.0) for row in board.itertuples()},
        copies={model: max(1, folds) * len(parts) for model, parts in parents.items()},
        sizes_mb={model: sum(sizes[part] for part in parts) for model, parts in parents.items()},
        scores={row.model: float(row.score_val) for row in board.itertuples()},
        validated=validated,
        folds=folds,
    )
