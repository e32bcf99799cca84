"""A scored file that holds the label: what the predictions turned out to be worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.answers import quantile_name
from workers.engine.bundle.runtime.casting import cast_array
from workers.engine.bundle.runtime.thinning import Thinned
from workers.engine.evaluate.metrics import HIGHER_IS_BETTER, point
from workers.engine.evaluate.truth import NUMERIC, truth_make
from workers.engine.table import label_text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MOST_NUMBERS = 500_000  # labels and probabilities held in memory; of a larger file an even sample is measured
MIN_ROWS = 10


class Labelled:
    """Collects labels and predictions chunk by chunk; `score_file` calls it as its ``compare``."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = dict(schema)
        self.cast = next(column["cast"] for column in schema["columns"] if column["name"] == schema["label"])
        self.names = self._names()
        self.pairs = Thinned(MOST_NUMBERS // (1 + len(self.names)))
        self.unknown = 0  # rows whose label is missing or of a class the predictor does not know

    def __call__(self, labels: pa.ChunkedArray, predictions: pd.DataFrame) -> None:
        """Take the raw label cells (n,) and the predictions (n rows) of a chunk."""
        import pandas as pd

        typed, _ = cast_array(labels.combine_chunks(), self.cast)
        series = typed.to_pandas()
        if self.schema["problem_type"] in NUMERIC:
            label = pd.to_numeric(series, errors="coerce").astype("float64")
            known = np.isfinite(label.to_numpy())
        else:
            distinct = series.drop_duplicates()
            label = series.map(dict(zip(distinct, label_text(distinct), strict=True)))
            known = label.isin(self.schema["classes"]).to_numpy()
        self.unknown += int((~known).sum())
        # A class that no training row had is never predicted.
        predicted = predictions.reindex(columns=self.names, fill_value=0.0).to_numpy("float64")
        self.truth = truth_make(label, self.schema)
        self.pairs.add(np.column_stack([self.truth.y, predicted])[known])

    def _names(self) -> list[str]:
        """The columns of a prediction that are compared with the label."""
        if self.schema["problem_type"] == "regression":
            return ["prediction"]
        if self.schema["problem_type"] == "quantile":
            return [quantile_name(level) for level in self.schema["quantile_levels"]]
        classes = [self.schema["positive_class"]] if self.schema["problem_type"] == "binary" else self.schema["classes"]
        return [f"probability_{name}" for name in classes]

    def evaluation(self) -> dict[str, Any] | None:
        """None below 10 labelled rows, else {"label", "rows", "rows_labelled", "rows_without", "metrics"}.

        `rows` were measured, all that have a label or an even sample of them. `metrics`: [{"metric", "value", "higher_is_better"}].
        """
        if self.pairs.seen < MIN_ROWS:
            return None
        pairs = self.pairs.values()
        p = pairs[:, 1:] if self.schema["problem_type"] in ("multiclass", "quantile") else pairs[:, 1]
        truth = replace(self.truth, y=pairs[:, 0])
        metrics = [{"metric": name, "value": value, "higher_is_better": HIGHER_IS_BETTER[name]} for name, value in point(truth, p).items()]
        counts = {"rows": len(pairs), "rows_labelled": self.pairs.seen, "rows_without": self.unknown}
        return {"label": self.schema["label"], **counts, "metrics": metrics}
