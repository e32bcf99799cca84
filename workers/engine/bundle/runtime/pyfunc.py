"""The door for MLflow: `mlflow.pyfunc.load_model(bundle)` ends up here (see the bundle's MLmodel)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workers.engine.bundle.runtime.predictor import BundlePredictor, load
from workers.engine.bundle.runtime.verify import trust, verify_directory

if TYPE_CHECKING:
    import pandas as pd


class PyfuncModel:
    """What MLflow calls: `predict` takes and gives a table with original names."""

    def __init__(self, predictor: BundlePredictor) -> None:
        self.predictor = predictor

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """(n rows, original names, typed) -> (n rows, the bundle's output columns)."""
        return self.predictor.predict(frame)


def _load_pyfunc(path: str) -> PyfuncModel:
    """Check the bundle at `path`, then load it. Raises BundleRefused."""
    verify_directory(Path(path))
    trust(Path(path).resolve())
    return PyfuncModel(load(Path(path)))
