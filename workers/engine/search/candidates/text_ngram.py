"""N-grams of texts under a linear head or boosted trees, as an AutoGluon model.

The linear head weighs each n-gram by how much oftener it stands in one class than in the others (Wang and Manning 2012,
"Baselines and Bigrams"), beside its plain weight. It travels in bundles, so this module keeps its place.
"""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from autogluon.core.constants import REGRESSION
from autogluon.core.models import AbstractModel

from workers.engine.search.candidates.text_blocks import OtherColumns, ReadsTexts, text_names
from workers.engine.search.candidates.text_heads import BoostedHead, LinearHead
from workers.engine.search.candidates.text_vectors import TextVectors

MOST_WEIGHTS = 10_000_000  # n-grams times classes: 80 MB of weights


class TextNgramModel(ReadsTexts, AbstractModel):  # type: ignore[misc]
    """TF-IDF of characters or words and their pieces, by the writing of each column; the other columns stand beside them.

    Hyperparameters: head ("linear" or "gbm"), max_terms (per column and kind of n-gram), selected_terms (gbm: those that tell
    most of the label), C (linear: strengths to choose from on the validation rows), max_rounds (gbm).
    Raises TimeLimitExceeded when there was no time for one head.
    """

    ag_key = "TEXT_NGRAM"
    ag_name = "TextNgram"
    ag_priority = 95
    seed_name = "seed"
    _supported_problem_types: ClassVar[list[str]] = ["binary", "multiclass", "regression"]

    def _set_default_params(self) -> None:
        defaults = {"head": "linear", "max_terms": 100_000, "selected_terms": 6_000, "C": [2.0, 0.5, 8.0], "max_rounds": 1_000}
        for name, value in defaults.items():
            self._set_default_param_value(name, value)

    def _get_maximum_resources(self) -> dict[str, int]:
        return {"num_gpus": 0}

    def _fit(
        self,
        X: pd.DataFrame,
        y: pd.Series[Any],
        X_val: pd.DataFrame | None = None,
        y_val: pd.Series[Any] | None = None,
        time_limit: float | None = None,
        num_cpus: int = 1,
        sample_weight: Any = None,
        **kwargs: Any,
    ) -> None:
        ends_at = math.inf if time_limit is None else time.monotonic() + time_limit
        params = self._get_model_params()
        X = self.preprocess(X)
        self._texts = text_names(self._feature_metadata)
        self._other = OtherColumns().fit(X.drop(columns=self._texts))
        self._vectors = TextVectors(min(int(params["max_terms"]), MOST_WEIGHTS // max(1, self.num_classes or 1)))
        train = self._matrix(X, self._vectors.fit_transform(X[self._texts]))
        validation = None
        if X_val is not None and y_val is not None:
            validation = (self._features(self.preprocess(X_val)), np.asarray(y_val))
        kind = BoostedHead if params["head"] == "gbm" else LinearHead
        self.model = kind(self.problem_type, self.num_classes, params, int(num_cpus))
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype="float64")
        self.params_trained |= self.model.fit(train, np.asarray(y), weight, validation, ends_at)

    def _features(self, X: pd.DataFrame) -> Any:
        return self._matrix(X, self._vectors.transform(X[self._texts]))

    def _matrix(self, X: pd.DataFrame, terms: Any) -> Any:
        """(rows, terms and other columns) in CSR form: terms first."""
        from scipy import sparse

        if not self._other.n_columns:
            return terms
        return sparse.hstack([terms, sparse.csr_matrix(self._other.dense(X.drop(columns=self._texts)))], format="csr", dtype=np.float32)

    def _predict_proba(self, X: pd.DataFrame, **kwargs: Any) -> Any:
        X = self.preprocess(X, **kwargs)
        output = self.model.predict(self._features(X))
        return output if self.problem_type == REGRESSION else self._convert_proba_to_unified_form(output)

    def term_weights(self) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_], npt.NDArray[np.float64]] | None:
        """(column, n-gram, weights (terms, classes)): what one unit of TF-IDF adds to the log odds of a class, or to the
        number; for two classes one column, the second class's. None for boosted trees.
        """
        if not isinstance(self.model, LinearHead):
            return None
        weights = self.model.weights()
        count = weights.shape[0] - self._other.n_columns
        return self._vectors.owners(), self._vectors.terms(), weights[:count]

    def readable_terms(self) -> npt.NDArray[np.bool_]:
        """Which terms a person can read: not the pieces of words."""
        return self._vectors.whole()

    def term_values(self, X: pd.DataFrame) -> Any:
        """TF-IDF of the texts in `X` (internal column names), (rows, terms) in CSR form."""
        return self._vectors.transform(X[self._texts])

    def _more_tags(self) -> dict[str, bool]:
        return {"can_refit_full": True}
