"""An engine process whose portfolio holds candidates that fail, each in its own way."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from autogluon.tabular.models import LinearModel

from workers.engine import __main__ as engine
from workers.engine.search import candidates, portfolio
from workers.engine.search.candidate import Candidate


class Raising(LinearModel):  # type: ignore[misc]
    ag_key = "RAISING"
    ag_name = "Raising"

    def _fit(self, X: pd.DataFrame, y: pd.Series[Any], **kwargs: Any) -> None:
        raise KeyError("planted")


class NotANumber(LinearModel):  # type: ignore[misc]
    ag_key = "NOT_A_NUMBER"
    ag_name = "NotANumber"

    def _predict_proba(self, X: pd.DataFrame, **kwargs: Any) -> Any:
        return np.full(len(X), np.nan)


class Greedy(LinearModel):  # type: ignore[misc]
    ag_key = "GREEDY"
    ag_name = "Greedy"

    def _fit(self, X: pd.DataFrame, y: pd.Series[Any], **kwargs: Any) -> None:
        np.zeros(20_000_000_000).sum()


MODELS = (Raising, NotANumber, Greedy)


def main(job_dir: Path) -> int:
    """Run the verb fit with these models beside the linear one; the exit code."""
    from autogluon.tabular.registry import ag_model_registry

    ours = candidates.register

    def register() -> None:
        ours()
        for model in MODELS:
            if model.ag_key not in ag_model_registry.keys:
                ag_model_registry.add(model)

    candidates.register = register
    planted = [Candidate(model.ag_key, model.ag_name, 5, cheaper={}) for model in MODELS]
    vars(portfolio)["KNOWN"] = (*planted, Candidate("LR", "LinearModel", 5))
    return engine.run("fit", job_dir)


if __name__ == "__main__":
    from tests.engine.search import planted as importable  # AutoGluon pickles models by the name of their module

    sys.exit(importable.main(Path(sys.argv[1])))
