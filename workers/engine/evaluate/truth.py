"""The label as numbers, and what a measurement against it needs to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from domains.metrics import reported

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
NUMERIC = ("regression", "quantile")  # problem types whose label is a number


@dataclass(frozen=True)
class Truth:
    """`y` (rows,): 0 or 1 for binary, class positions, or the value itself. `weight` (rows,): how much a row counts; None is alike.

    `threshold`: a row is called positive from this probability on. `levels`: the quantiles of a prediction, ascending.
    `calibration` and `line`: what validation taught about probabilities and the threshold, with the reasons.
    """

    problem_type: str
    y: Floats
    classes: list[str] | None = None
    positive_class: str | None = None
    weight: Floats | None = None
    threshold: float = 0.5
    levels: tuple[float, ...] = ()
    distribution: str = "normal"
    eval_metric: str | None = None
    calibration: dict[str, Any] | None = None
    line: dict[str, Any] | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """What `runtime.answers` needs to know."""
        return {
            "problem_type": self.problem_type,
            "distribution": self.distribution,
            "quantile_levels": list(self.levels),
            "calibration": self.calibration,
        }

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of what is measured."""
        return reported(self.problem_type, self.distribution, self.eval_metric)

    @property
    def middle(self) -> int:
        """The position of the quantile nearest the median."""
        return int(np.abs(np.asarray(self.levels) - 0.5).argmin())

    def take(self, rows: npt.NDArray[Any]) -> Truth:
        """Some rows, by position or mask."""
        return replace(self, y=self.y[rows], weight=None if self.weight is None else self.weight[rows])


def truth_make(label: pd.Series[Any], schema: dict[str, Any], weight: pd.Series[Any] | None = None) -> Truth:
    """`label`: as in the engine's table (class text or float). `weight`: row for row the same."""
    problem_type, classes = schema["problem_type"], schema["classes"]
    if problem_type in NUMERIC:
        y = label.to_numpy("float64")
    elif problem_type == "binary":
        y = (label == schema["positive_class"]).to_numpy("float64")
    else:
        y = label.map({name: position for position, name in enumerate(classes)}).to_numpy("float64")
    return Truth(
        problem_type,
        y,
        classes,
        schema["positive_class"],
        weight=None if weight is None else weight.to_numpy("float64"),
        threshold=(schema.get("threshold") or {}).get("value", 0.5),
        levels=tuple(schema.get("quantile_levels") or ()),
        distribution=schema.get("distribution") or "normal",
        eval_metric=schema.get("eval_metric"),
        calibration=schema.get("calibration"),
        line=schema.get("threshold"),
    )
