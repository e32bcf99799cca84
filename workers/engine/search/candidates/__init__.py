"""Our own AutoGluon models."""

from __future__ import annotations

from importlib import import_module

# Module and class. Imported by name, so that a bundle, which carries what its models' modules import, does not carry all of them.
MODELS = (
    ("ft_transformer", "FTTransformerModel"),
    ("generalized_linear", "GeneralizedLinearModel"),
    ("text_ngram", "TextNgramModel"),
    ("pretrained", "TabICLCarriedModel"),
    ("text_transformer", "TextTransformerModel"),
    ("text_encoder", "TextEncoderModel"),
)


def register() -> None:
    """Make our models' keys known to AutoGluon; once is enough, twice is allowed."""
    from autogluon.tabular.registry import ag_model_registry

    for module, name in MODELS:
        model = getattr(import_module(f"{__name__}.{module}"), name)
        if model.ag_key not in ag_model_registry.keys:
            ag_model_registry.add(model)
