"""What stands over the n-grams of a text model: linear weights, or boosted trees."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from autogluon.core.utils.exceptions import TimeLimitExceeded

Floats = npt.NDArray[np.float64]
Validation = tuple[Any, npt.NDArray[Any]] | None
SURE = 1e-6


class LinearHead:
    """Logistic regression per class, or ridge regression; the strength with the least validation loss stays.

    Columns of counts that are never negative are taken twice: as they are, and times the log of how much oftener they stand
    in the class. Both weights are added up afterwards, so predicting costs one product.
    """

    def __init__(self, problem_type: str, classes: int | None, params: dict[str, Any], cpu_count: int) -> None:
        self.problem_type = problem_type
        self.classes = int(classes or 2)
        strengths = params["C"]
        self.strengths: list[float] = [float(c) for c in (strengths if isinstance(strengths, list | tuple) else [strengths])]
        self.seed = int(params.get("seed") or 0)

    def fit(self, X: Any, y: npt.NDArray[Any], weight: Floats | None, validation: Validation, ends_at: float) -> dict[str, Any]:
        """Learn; returns the hyperparameters that were chosen."""
        from sklearn.metrics import log_loss, mean_squared_error

        chosen, best = self.strengths[0], np.inf
        longest = 0.0
        for at, strength in enumerate(self.strengths if validation is not None else self.strengths[:1]):
            started = time.monotonic()
            if at and started + 1.2 * longest > ends_at:
                break
            coefficients = self._learn(X, y, weight, strength, ends_at)
            longest = max(longest, time.monotonic() - started)
            if validation is None:
                self._coefficients = coefficients
                break
            output = self._output(validation[0], coefficients)
            if self.problem_type == "regression":
                loss = float(mean_squared_error(validation[1], output))
            else:
                loss = float(log_loss(validation[1], np.clip(output, SURE, 1 - SURE), labels=range(self.classes)))
            if loss < best:
                chosen, best, self._coefficients = strength, loss, coefficients
        return {"C": chosen}

    def predict(self, X: Any) -> Floats:
        """Numbers (rows,), the second class's probability (rows,), or probabilities (rows, classes)."""
        return self._output(X, self._coefficients)

    def weights(self) -> Floats:
        """(columns of X, outputs), without the intercepts."""
        return self._coefficients[0]

    def _learn(self, X: Any, y: npt.NDArray[Any], weight: Floats | None, strength: float, ends_at: float) -> tuple[Floats, Floats]:
        """Weights (columns, outputs) and intercepts (outputs,)."""
        if self.problem_type == "regression":
            from sklearn.linear_model import Ridge

            # lsqr: the other solvers for sparse columns either ignore a time limit or need many passes.
            model = Ridge(alpha=1 / strength, solver="lsqr").fit(X, y, sample_weight=weight)
            return model.coef_.reshape(-1, 1).astype("float64"), np.array([float(model.intercept_)])
        targets = [1] if self.classes == 2 else range(self.classes)
        parts: list[tuple[Floats, float]] = []
        for target in targets:
            if parts and time.monotonic() > ends_at:
                raise TimeLimitExceeded
            parts.append(self._one_class(X, (y == target).astype("int8"), weight, strength))
        return np.stack([part[0] for part in parts], axis=1), np.array([part[1] for part in parts])

    def _one_class(self, X: Any, is_it: npt.NDArray[Any], weight: Floats | None, strength: float) -> tuple[Floats, float]:
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression

        ratio = _log_ratio(X, is_it)
        doubled = sparse.hstack([X, X @ sparse.diags(ratio)], format="csr")
        model = LogisticRegression(C=strength, solver="liblinear", max_iter=300, random_state=self.seed)
        model.fit(doubled, is_it, sample_weight=weight)
        plain, weighed = np.split(model.coef_[0], 2)
        return plain + ratio * weighed, float(model.intercept_[0])

    def _output(self, X: Any, coefficients: tuple[Floats, Floats]) -> Floats:
        from scipy.special import expit

        scores = np.asarray(X @ coefficients[0], dtype="float64") + coefficients[1]
        if self.problem_type == "regression":
            return scores[:, 0]
        shares = expit(scores)
        if self.classes == 2:
            return np.asarray(shares[:, 0])
        # The least share keeps a row that no class claims from dividing by zero.
        shares = np.maximum(shares, SURE)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _log_ratio(X: Any, is_it: npt.NDArray[Any]) -> Floats:
    """How much oftener each column stands in the class than outside, as a log; 0 for columns with negative values."""
    counts = np.asarray(X[is_it == 1].sum(axis=0), dtype="float64").ravel()
    others = np.asarray(X[is_it == 0].sum(axis=0), dtype="float64").ravel()
    usable = X.min(axis=0).toarray().ravel() >= 0
    counts, others = np.where(usable, counts, 0) + 1, np.where(usable, others, 0) + 1
    return np.where(usable, np.log(counts / counts.sum()) - np.log(others / others.sum()), 0.0)


class BoostedHead:
    """LightGBM over the n-grams that tell most of the label, with early stopping; the time limit is kept to within a round."""

    def __init__(self, problem_type: str, classes: int | None, params: dict[str, Any], cpu_count: int) -> None:
        self.problem_type = problem_type
        self.classes = int(classes or 2)
        self.selected = int(params["selected_terms"])
        self.rounds = int(params["max_rounds"])
        objective = {"regression": "regression", "binary": "binary"}.get(problem_type, "multiclass")
        self.params = {
            "objective": objective,
            "learning_rate": 0.08,
            "num_leaves": 31,
            "min_data_in_leaf": 5,
            "feature_fraction": 0.3,
            "num_threads": cpu_count,
            "seed": int(params.get("seed") or 0),
            "deterministic": True,
            "verbosity": -1,
        } | ({"num_class": self.classes} if objective == "multiclass" else {})

    def fit(self, X: Any, y: npt.NDArray[Any], weight: Floats | None, validation: Validation, ends_at: float) -> dict[str, Any]:
        """Learn; returns the number of rounds that were best."""
        import lightgbm

        self._kept = self._selection(X, y)
        data = lightgbm.Dataset(X[:, self._kept], y, weight=weight, free_raw_data=True)

        def until(env: Any) -> None:
            if time.monotonic() > ends_at:
                raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list or [])

        callbacks: list[Any] = [until]
        sets = []
        if validation is not None:
            sets = [lightgbm.Dataset(validation[0][:, self._kept], validation[1], reference=data)]
            callbacks.append(lightgbm.early_stopping(30, verbose=False))
        if time.monotonic() > ends_at:
            raise TimeLimitExceeded
        booster = lightgbm.train(
            self.params, data, self.rounds, valid_sets=sets, valid_names=["valid_set"] * len(sets), callbacks=callbacks
        )
        self._booster = booster
        return {"max_rounds": max(1, booster.best_iteration if validation is not None else booster.current_iteration())}

    def predict(self, X: Any) -> Floats:
        """As LinearHead.predict."""
        return np.asarray(self._booster.predict(X[:, self._kept], num_threads=self.params["num_threads"]), dtype="float64")

    def _selection(self, X: Any, y: npt.NDArray[Any]) -> npt.NDArray[np.int_]:
        """Sorted positions of the columns with the strongest tie to the label; those with negative values always stay."""
        from sklearn.feature_selection import chi2, f_regression

        if X.shape[1] <= self.selected:
            return np.arange(X.shape[1])
        tie = f_regression(X, y)[0] if self.problem_type == "regression" else chi2(abs(X), y)[0]
        tie = np.nan_to_num(tie, nan=0.0)
        tie[X.min(axis=0).toarray().ravel() < 0] = np.inf
        return np.sort(np.argsort(-tie, kind="stable")[: self.selected])
