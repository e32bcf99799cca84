"""TabICL with its weights in the fitted model, so that a bundle needs no folder of weights."""

from __future__ import annotations

from typing import Any

from autogluon.tabular.models.tabicl.tabicl_model import TabICLModel


class TabICLCarriedModel(TabICLModel):  # type: ignore[misc]
    """TabICL leaves its weights out of its pickle and looks for the checkpoint again; on another machine there is none."""

    ag_key = "TABICL_CARRIED"
    ag_name = "TabICL"

    def save(self, path: str | None = None, verbose: bool = True) -> str:
        if self.model is not None:
            self.model._save_model_weights = True  # what TabICLClassifier.save(save_model_weights=True) sets
        saved: str = super().save(path=path, verbose=verbose)
        return saved

    @classmethod
    def _get_default_ag_args_ensemble(cls, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super()._get_default_ag_args_ensemble(**kwargs)
        return params | {"fold_fitting_strategy": "sequential_local", "refit_folds": True}
