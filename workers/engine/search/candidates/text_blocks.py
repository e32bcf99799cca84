"""What a text model learns from: its text columns, and the table's other columns beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workers.engine.search.candidates.encoder import TableEncoder

# Special types of AutoGluon's feature metadata: raw texts, and numbers that text_features.py makes of them for other models.
TEXT = "text"
TEXT_TOPIC = "text_topic"
TEXT_AS_CATEGORY = "text_as_category"  # whole texts as names, which AutoGluon makes besides
MAX_CODES = 200  # a category column with more values is left to the models made for that
NUMBER_SCALE = 0.3  # normal quantiles beside TF-IDF weights, whose length is 1 over a whole text


def text_names(metadata: Any) -> list[str]:
    """The raw text columns of a model's feature metadata."""
    names: list[str] = metadata.get_features(required_special_types=[TEXT], valid_raw_types=["object"])
    return names


class ReadsTexts:
    """Mixed into an AutoGluon model: raw texts and the other columns come in, what was made of the texts for other models does not."""

    def _get_default_auxiliary_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super()._get_default_auxiliary_params()  # type: ignore[misc]
        params["valid_raw_types"] = ["int", "float", "category", "bool", "object"]
        params["ignored_type_group_special"] = [TEXT_TOPIC, TEXT_AS_CATEGORY]
        return params


class OtherColumns:
    """Numbers as normal quantiles and categories as one-hot codes; nothing when the table is all text."""

    def fit(self, X: pd.DataFrame) -> OtherColumns:
        categories = X.select_dtypes(exclude=["number", "bool"]).columns
        self._dropped = [name for name in categories if X[name].nunique() > MAX_CODES]
        kept = X.drop(columns=self._dropped)
        self._encoder = TableEncoder().fit(kept) if kept.shape[1] else None
        return self

    @property
    def n_columns(self) -> int:
        if self._encoder is None:
            return 0
        return self._encoder.n_numbers + sum(self._encoder.cardinalities)

    def dense(self, X: pd.DataFrame) -> Any:
        """(rows, n_columns) float32."""
        if self._encoder is None:
            return np.zeros((len(X), 0), dtype="float32")
        numbers, codes = self._encoder.transform(X.drop(columns=self._dropped))
        hot = [np.eye(size, dtype="float32")[codes[:, at]] for at, size in enumerate(self._encoder.cardinalities)]
        return np.hstack([numbers * NUMBER_SCALE, *hot])
