"""Our own AutoGluon models."""

from __future__ import annotations


def register() -> None:
    """Make our models' keys known to AutoGluon; once is enough, twice is allowed."""
    from autogluon.tabular.registry import ag_model_registry

    from workers.engine.search.candidates.ft_transformer import FTTransformerModel

    for model in (FTTransformerModel,):
        if model.ag_key not in ag_model_registry.keys:
            ag_model_registry.add(model)
