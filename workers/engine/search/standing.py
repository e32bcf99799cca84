"""What the ensemble of the models that are there would score: worked out from their validation predictions, nothing is stored."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor

STEPS = 25  # models chosen one after the other, with repetition (Caruana et al. 2004); AutoGluon's own number
MOST_ROWS = 20_000
SHARE = 0.03  # of the search's time, at most about this much goes into looking
ENSEMBLE = "WeightedEnsemble"


class Standing:
    """Grows with the search. `folds`: 0 when the models were validated on rows of their own."""

    def __init__(self, predictor: TabularPredictor, folds: int) -> None:
        self.predictor = predictor
        self.folds = folds
        self.known: dict[str, npt.NDArray[Any]] = {}
        self.began, self.spent = time.monotonic(), 0.0

    def look(self, members: list[str]) -> tuple[float, dict[str, float]] | None:
        """(validation score in natural units, weight by model); None with fewer than two members, or when it was looked at enough.

        The rows that not every member has a prediction for (the first of a forward chain) are left out.
        """
        if len(members) < 2 or self.spent > SHARE * (time.monotonic() - self.began):
            return None
        started = time.monotonic()
        try:
            return self._look(members)
        finally:
            self.spent += time.monotonic() - started

    def _look(self, members: list[str]) -> tuple[float, dict[str, float]] | None:
        from autogluon.core.metrics import compute_metric
        from autogluon.core.models.greedy_ensemble.ensemble_selection import EnsembleSelection

        trainer, metric = self.predictor._trainer, self.predictor.eval_metric
        for name in members:
            if name not in self.known:
                self.known[name] = self._predictions(name)
        labels = np.asarray(trainer.load_y() if self.folds else trainer.load_y_val())
        whole = np.all([np.isfinite(self.known[name].reshape(len(labels), -1)).all(axis=1) for name in members], axis=0)
        if not whole.any():
            return None
        labels, predictions = labels[whole], [self.known[name][whole] for name in members]
        chosen = EnsembleSelection(STEPS, trainer.problem_type, metric, tie_breaker="random", subsample_size=MOST_ROWS)
        if len(labels) <= MOST_ROWS:
            chosen.subsample_size = None
        chosen.fit(predictions, labels)
        together = chosen.predict_proba(predictions)
        score = compute_metric(y=labels, y_pred=chosen.predict(predictions), y_pred_proba=together, metric=metric)
        weights = {name: float(weight) for name, weight in zip(members, chosen.weights_, strict=True) if weight > 0}
        return float(metric.convert_score_to_original(score)), weights

    def _predictions(self, name: str) -> npt.NDArray[Any]:
        """(rows,) or (rows, classes), in the order of the labels."""
        trainer = self.predictor._trainer
        found = trainer.get_model_oof(name) if self.folds else trainer.predict_proba(trainer.load_X_val(), model=name)
        return np.asarray(found)
