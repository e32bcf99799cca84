"""Columns to the two arrays a network over tokens wants: numbers and category codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

MAX_QUANTILES = 1000


class TableEncoder:
    """Numbers through a quantile transform to a normal shape; categories to codes.

    A missing number becomes 0 (the middle) and, in columns that had any at fit time, also raises a
    missing-value column. Code 0 is a category that is missing or was never seen.
    """

    def fit(self, X: pd.DataFrame) -> TableEncoder:
        from sklearn.preprocessing import QuantileTransformer

        numeric = X.select_dtypes(include=["number", "bool"])
        self._numbers: list[str] = list(numeric.columns)
        self._with_missing: list[str] = [c for c in self._numbers if numeric[c].isna().any()]
        self._categories: dict[str, dict[Any, int]] = {}
        for name in X.columns.difference(self._numbers, sort=False):
            values = X[name].dropna().unique()
            self._categories[name] = {value: code for code, value in enumerate(values, start=1)}
        self._quantiles: QuantileTransformer | None = None
        if self._numbers:
            self._quantiles = QuantileTransformer(
                n_quantiles=max(2, min(MAX_QUANTILES, len(X) // 10)),
                output_distribution="normal",
                random_state=0,
            ).fit(numeric.to_numpy("float64"))
        return self

    @property
    def n_numbers(self) -> int:
        """Columns of the number array, missing-value columns included."""
        return len(self._numbers) + len(self._with_missing)

    @property
    def cardinalities(self) -> list[int]:
        """Codes per category column, the code 0 included."""
        return [len(values) + 1 for values in self._categories.values()]

    def transform(self, X: pd.DataFrame) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """(rows, n_numbers) float32 without missing values, (rows, categories) int64."""
        numbers = np.zeros((len(X), self.n_numbers), dtype="float32")
        if self._quantiles is not None and len(X):
            raw = X[self._numbers].to_numpy("float64")
            width = len(self._numbers)
            # Normal quantiles reach +-5.2 at the ends; 3 keeps an outlier from leading a gradient.
            numbers[:, :width] = np.nan_to_num(np.clip(self._quantiles.transform(raw), -3, 3))
            for offset, name in enumerate(self._with_missing, start=width):
                numbers[:, offset] = X[name].isna()
        codes = np.zeros((len(X), len(self._categories)), dtype="int64")
        for position, (name, values) in enumerate(self._categories.items()):
            codes[:, position] = X[name].astype(object).map(values).fillna(0).astype("int64")
        return numbers, codes
