"""A bundle's predictor: loaded once, asked with typed tables. The caller has verified the bundle before."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.answers import CLASSIFICATION, answers, called, middle_name
from workers.engine.bundle.runtime.frame import Hooks, to_model_frame
from workers.engine.events import Refused, gettext_noop

if TYPE_CHECKING:
    import pandas as pd


def read_schema(bundle_dir: Path) -> dict[str, Any]:
    """The content of ``schema.json``."""
    schema: dict[str, Any] = json.loads((bundle_dir / "schema.json").read_text(encoding="utf-8"))
    return schema


def bundle_hooks(bundle_dir: Path, use_case: str) -> Hooks:
    """The hooks the bundle carries, not those installed here: a newer release must not change an old predictor."""
    from domains import hooks

    return hooks.load(bundle_dir / "domain" / "domains" / use_case)


def load(bundle_dir: Path) -> BundlePredictor:
    """Load the predictor of a verified bundle into memory (CPU, no network); it unpickles.

    Raises Refused (`versions_differ`) when this Python or AutoGluon is another than the one it was made with.
    """
    from autogluon.tabular import TabularPredictor

    hush()
    schema = read_schema(bundle_dir)
    try:
        inner = TabularPredictor.load(str(bundle_dir / "predictor"), verbosity=0)
    except AssertionError as error:
        message = gettext_noop("This predictor was made with other versions than those installed here. %(reason)s")
        raise Refused("versions_differ", message, {"reason": str(error)}) from None
    inner.persist("all", max_memory=None)
    return BundlePredictor(inner, schema, bundle_hooks(bundle_dir, schema["use_case"]))


def hush() -> None:
    """Keep the neural-net library's remarks on hardware off the console: they hide the lines that matter."""
    for name in ("pytorch_lightning", "lightning", "lightning.pytorch", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"pytorch_lightning\.|lightning\.")


class BundlePredictor:
    """AutoGluon's predictor behind the schema's names. Not for several threads at once."""

    def __init__(self, inner: Any, schema: dict[str, Any], hooks: Hooks) -> None:
        self.inner = inner
        self.schema = schema
        self.hooks = hooks

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Predict a typed table.

        ``frame``: (n rows, original names), n >= 1. Returns (n rows, same index): ``prediction`` (class as text, or
        float64), ``probability_<class>`` per class or ``q<percent>`` per quantile, then whatever columns the use case's decision adds.
        """
        import pandas as pd

        table = to_model_frame(frame, self.schema, hooks=self.hooks)
        found = answers(self.inner, table, self.schema)
        if self.schema["problem_type"] in CLASSIFICATION:
            predictions = found.add_prefix("probability_")
            predictions.insert(0, "prediction", called(found, self.schema))
        elif self.schema["problem_type"] == "quantile":
            found.insert(0, "prediction", found[middle_name(self.schema["quantile_levels"])])
            predictions = found
        else:
            predictions = found
        if "decide" not in self.hooks:
            return predictions
        settings = {**(self.schema.get("decision") or {}), "positive_class": self.schema.get("positive_class")}
        decision = self.hooks["decide"](predictions.copy(), frame, settings)
        added = [name for name in decision.columns if name not in predictions.columns]
        return pd.concat([predictions, decision[added]], axis=1)

    def score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The numbers an explanation moves: one probability column per class, or the prediction (n rows, float64), of quantiles the middle one."""
        table = to_model_frame(frame, self.schema, hooks=self.hooks)
        found = answers(self.inner, table, self.schema)
        if self.schema["problem_type"] == "quantile":
            return found[[middle_name(self.schema["quantile_levels"])]].set_axis(["prediction"], axis=1)
        return found
