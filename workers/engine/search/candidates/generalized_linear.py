"""A linear model on the logarithm of the mean, for counts and amounts: scikit-learn's, with AutoGluon's columns."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from autogluon.tabular.models import LinearModel

STRENGTH = 1000  # one over the penalty; scikit-learn divides the deviance by the rows, so a penalty of one would be all there is


class GeneralizedLinearModel(LinearModel):  # type: ignore[misc]
    """`power`: 1 for counts (Poisson), between 1 and 2 for amounts with zeros (Tweedie)."""

    ag_key = "GLM"
    ag_name = "GeneralizedLinear"
    seed_name = None
    _supported_problem_types: ClassVar[list[str]] = ["regression"]

    def _set_default_params(self) -> None:
        super()._set_default_params()
        self.params["C"] = STRENGTH
        self._set_default_param_value("power", 1.0)

    def _get_model_type(self) -> Any:
        from sklearn.linear_model import TweedieRegressor

        return partial(TweedieRegressor, link="log")
