"""What a model said about rows it had not learned from while it was validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engine.evaluate.truth import Floats
from workers.engine.table import WEIGHT

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor


@dataclass(frozen=True)
class Validated:
    """`shares` (rows, classes), `y` (rows,) positions in `classes`, `weight` (rows,)."""

    classes: list[str]
    shares: Floats
    y: Floats
    weight: Floats


def validated(predictor: TabularPredictor, model: str, *, weighed: bool) -> Validated:
    """Of a classifier: out-of-fold predictions, or those on the inner holdout; rows that no fold validated are left out.

    `weighed`: rows count by the table's own weights.
    """
    trainer = predictor._trainer  # AutoGluon's own calibration takes the same way (calibrate_model)
    if trainer.has_val:
        X, y = trainer.load_X_val(), trainer.load_y_val()
        raw = trainer.predict_proba(X, model)
    else:
        X, y, raw = trainer.load_X(), trainer.load_y(), trainer.get_model_oof(model)
    shares = np.asarray(raw, dtype="float64")
    if shares.ndim == 1:
        shares = np.column_stack([1 - shares, shares])
    weight = X[WEIGHT].to_numpy("float64") if weighed else np.ones(len(shares))
    known = np.isfinite(shares).all(axis=1)
    classes = [str(name) for name in predictor.class_labels]
    return Validated(classes, shares[known], y.to_numpy("float64")[known], weight[known])
