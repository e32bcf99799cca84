"""Texts to sparse counts of n-grams: words and pieces of words, or characters where words have no spaces between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workers.engine.search.candidates.text_script import is_spaceless, normal

CHARACTERS = {"analyzer": "char", "ngram_range": (1, 3)}
WORDS = {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
PIECES = {"analyzer": "char_wb", "ngram_range": (2, 5)}


def text_of(column: pd.Series[Any]) -> list[str]:
    """The texts of a column; a missing one is empty."""
    return ["" if value is None or value != value else str(value) for value in column.astype(object)]


class TextVectors:
    """TF-IDF with sublinear counts over the n-grams of every text column, side by side.

    `max_terms`: n-grams kept per column and kind. `pieces`: with pieces of words beside whole words.
    """

    def __init__(self, max_terms: int = 100_000, *, pieces: bool = True) -> None:
        self.max_terms = max_terms
        self.pieces = pieces
        self._parts: list[tuple[str, Any]] = []

    def fit_transform(self, X: pd.DataFrame) -> Any:
        """Learn the vocabulary of every column of `X`; see transform. A column in which nothing occurs twice adds nothing."""
        from scipy import sparse

        blocks = []
        for column in X.columns:
            texts = text_of(X[column])
            for kind in self._kinds(texts):
                vectorizer = self._vectorizer(kind, len(texts))
                try:
                    blocks.append(vectorizer.fit_transform(texts))
                except ValueError:  # an empty vocabulary
                    continue
                self._parts.append((column, vectorizer))
        return sparse.hstack(blocks, format="csr", dtype=np.float32) if blocks else _nothing(len(X))

    def transform(self, X: pd.DataFrame) -> Any:
        """(rows, terms) float32 in CSR form."""
        from scipy import sparse

        blocks = [vectorizer.transform(text_of(X[column])) for column, vectorizer in self._parts]
        return sparse.hstack(blocks, format="csr", dtype=np.float32) if blocks else _nothing(len(X))

    def terms(self) -> npt.NDArray[np.object_]:
        """The n-gram of every column of what transform returns."""
        names = [vectorizer.get_feature_names_out() for _, vectorizer in self._parts]
        return np.concatenate(names).astype(object) if names else np.empty(0, dtype=object)

    def owners(self) -> npt.NDArray[np.object_]:
        """The table's column that every term was found in."""
        names: list[str] = []
        for column, vectorizer in self._parts:
            names += [column] * len(vectorizer.vocabulary_)
        return np.array(names, dtype=object)

    def whole(self) -> npt.NDArray[np.bool_]:
        """Which terms are words or characters rather than pieces of words."""
        kinds = [np.full(len(vectorizer.vocabulary_), vectorizer.analyzer != "char_wb") for _, vectorizer in self._parts]
        return np.concatenate(kinds) if kinds else np.empty(0, dtype=bool)

    def _kinds(self, texts: list[str]) -> list[dict[str, Any]]:
        if is_spaceless(texts):
            return [CHARACTERS]
        return [WORDS, PIECES] if self.pieces else [WORDS]

    def _vectorizer(self, kind: dict[str, Any], rows: int) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(
            **kind,
            preprocessor=normal,
            min_df=1 if rows < 50 else 2,
            max_features=self.max_terms,
            sublinear_tf=True,
            dtype=np.float32,
        )


def _nothing(rows: int) -> Any:
    from scipy import sparse

    return sparse.csr_matrix((rows, 0), dtype=np.float32)
