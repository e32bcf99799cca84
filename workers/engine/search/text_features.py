"""Texts for models that learn from numbers: topics and plain counts, in any language. Travels in bundles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from autogluon.features.generators import AbstractFeatureGenerator, AutoMLPipelineFeatureGenerator

from workers.engine.search.candidates.text_blocks import TEXT, TEXT_TOPIC
from workers.engine.search.candidates.text_vectors import TextVectors, text_of

TOPICS = 48
TERMS = 30_000
LEARNT_FROM = 20_000  # rows; more change the topics little
COUNTS = ("characters", "words", "digits", "marks")


class TextTopics(AbstractFeatureGenerator):  # type: ignore[misc]
    """Each text column becomes up to TOPICS numbers (the leading directions of its n-grams) and counts of its characters,
    words, digits and marks such as "!" and "?".

    AutoGluon's own text features count words of 30 texts or more between spaces: none at all in Chinese.
    """

    def _fit_transform(self, X: pd.DataFrame, **kwargs: Any) -> tuple[pd.DataFrame, dict[str, list[str]]]:
        from sklearn.decomposition import TruncatedSVD

        self._topics: dict[str, tuple[TextVectors, Any]] = {}
        for column in X.columns:
            sample = X[[column]].sample(min(len(X), LEARNT_FROM), random_state=0)
            vectors = TextVectors(TERMS, pieces=False)
            terms = vectors.fit_transform(sample)
            size = min(TOPICS, terms.shape[1] - 1, len(sample) // 8)
            if size >= 1:
                self._topics[column] = (vectors, TruncatedSVD(size, n_iter=3, random_state=0).fit(terms))
        made = self._transform(X)
        return made, {TEXT_TOPIC: list(made.columns)}

    def _transform(self, X: pd.DataFrame) -> pd.DataFrame:
        made: dict[str, Any] = {}
        for column in X.columns:
            made |= {f"{column}.{name}": values for name, values in _counted(text_of(X[column])).items()}
            if column in self._topics:
                vectors, topics = self._topics[column]
                numbers = (
                    topics.transform(vectors.transform(X[[column]])).astype("float32") if len(X) else np.zeros((0, topics.n_components))
                )
                made |= {f"{column}.topic_{at + 1}": numbers[:, at] for at in range(numbers.shape[1])}
        return pd.DataFrame(made, index=X.index)

    @staticmethod
    def get_default_infer_features_in_args() -> dict[str, Any]:
        return {"required_special_types": [TEXT], "valid_raw_types": ["object"]}

    def _more_tags(self) -> dict[str, bool]:
        return {"feature_interactions": False}


def feature_generator() -> AutoMLPipelineFeatureGenerator:
    """AutoGluon's preprocessing with our text features in place of its own, and the raw texts for models that read them."""
    return AutoMLPipelineFeatureGenerator(
        enable_text_ngram_features=False,
        enable_text_special_features=False,
        enable_raw_text_features=True,
        custom_feature_generators=[TextTopics(verbosity=0)],
        verbosity=0,
    )


def feature_metadata(features: pd.DataFrame, text: list[str]) -> Any:
    """What AutoGluon infers of the columns, and that those in `text` are texts: it tells by spaces, which Chinese lacks."""
    from autogluon.common.features.feature_metadata import FeatureMetadata

    return FeatureMetadata.from_df(features).add_special_types({name: [TEXT] for name in text})


def _counted(texts: list[str]) -> dict[str, Any]:
    counts = np.zeros((len(texts), len(COUNTS)), dtype="float32")
    for row, text in enumerate(texts):
        counts[row] = (
            len(text),
            len(text.split()),
            sum(character.isdigit() for character in text),
            sum(not (character.isalnum() or character.isspace()) for character in text),
        )
    return {name: counts[:, at] for at, name in enumerate(COUNTS)}
