"""What a classifier's validation teaches about its probabilities: how to put them right, and where to draw the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.answers import calibrated
from workers.engine.evaluate.calibrate import calibration_learn
from workers.engine.evaluate.threshold import threshold_learn
from workers.engine.problems.validated import validated
from workers.engine.spec import CLASSES, FitSpec

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor


def probabilities_learn(predictor: TabularPredictor, model: str, schema: dict[str, Any], spec: FitSpec) -> dict[str, Any]:
    """{"calibration", "threshold"} for schema.json, from rows that `model` was validated on; nothing for a predicted number."""
    if schema["problem_type"] not in CLASSES:
        return {}
    seen = validated(predictor, model, weighed=spec.weighed == "column")
    learned = calibration_learn(seen, model, balanced=spec.weighed == "balanced", seed=spec.settings.seed)
    if schema["problem_type"] != "binary":
        return {"calibration": learned, "threshold": None}
    shift = np.array([learned["shift"][name] for name in seen.classes])
    positive = seen.classes.index(schema["positive_class"])
    line = threshold_learn(
        (seen.y == positive).astype("float64"),
        calibrated(seen.shares, learned["scale"], shift)[:, positive],
        seen.weight,
        eval_metric=schema["eval_metric"],
        positive=schema["positive_class"],
    )
    return {"calibration": learned, "threshold": line}
