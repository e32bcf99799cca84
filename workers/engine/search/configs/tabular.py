"""Models over numbers, categories and dates, in the order they are tried."""

from __future__ import annotations

from workers.engine.search.candidate import PROBLEM_TYPES, Candidate

ONE_NUMBER = tuple(kind for kind in PROBLEM_TYPES if kind != "quantile")
COUNTS = ("poisson", "tweedie")

# Ordered by what a second of fitting brings: the quick ones first, so that an ensemble exists early.
# The weights follow measured seconds (800 rows, 20 columns, 2 cores, 4 folds), generous for the
# quick ones: what they do not use goes to those after them.
PROMISED = (
    Candidate("GBM", "LightGBM", 8, cheaper={"num_boost_round": 100}),
    Candidate("LR", "LinearModel", 6, problem_types=ONE_NUMBER, distributions=("normal",)),
    Candidate("GLM", "GeneralizedLinear", 6, problem_types=("regression",), distributions=COUNTS),
    Candidate("RF", "RandomForest", 6, {"criterion": "entropy"}, cheaper={"n_estimators": 50}),
    Candidate("XGB", "XGBoost", 7, cheaper={"n_estimators": 100}, problem_types=ONE_NUMBER),
    Candidate("XT", "ExtraTrees", 6, {"criterion": "entropy"}, cheaper={"n_estimators": 50}),
    Candidate(
        "FT_TRANSFORMER_SCRATCH",
        "FTTransformer",
        14,
        cheaper={"d_block": 32, "n_blocks": 1, "max_epochs": 8, "batch_size": 256, "lr": 3e-3},
        minimum=1.5,
        max_features=400,
        problem_types=ONE_NUMBER,
    ),
    Candidate("EBM", "EBM", 9, cheaper={"max_rounds": 200, "interactions": 0}, minimum=1, max_features=2000, problem_types=ONE_NUMBER),
    Candidate("CAT", "CatBoost", 10, cheaper={"iterations": 100}, minimum=1),
    Candidate("NN_TORCH", "NeuralNetTorch", 10, cheaper={"num_epochs": 10}, minimum=1.5),
    Candidate("REALMLP", "RealMLP", 14, {"n_epochs": 64}, cheaper={"n_epochs": 8}, minimum=4, max_features=2000, imports=("pytabkit",), problem_types=ONE_NUMBER),
    Candidate("TABM", "TabM", 24, cheaper={"d_block": 128, "tabm_k": 8}, minimum=3, max_features=2000, problem_types=ONE_NUMBER),
)

# Second configurations, for time that is left when every promised model is there.
EXTRA = (
    Candidate("GBM", "LightGBM", 6, {"extra_trees": True, "learning_rate": 0.03}, extra=True),
    Candidate("REALMLP", "RealMLP", 30, {"n_epochs": 256}, max_features=2000, extra=True, imports=("pytabkit",), problem_types=ONE_NUMBER),
    Candidate("CAT", "CatBoost", 12, {"depth": 5, "learning_rate": 0.03, "l2_leaf_reg": 6}, extra=True),
    Candidate(
        "FT_TRANSFORMER_SCRATCH",
        "FTTransformer",
        40,
        {"d_block": 96, "n_blocks": 3, "lr": 5e-4, "dropout": 0.2, "patience": 12},
        max_features=200,
        problem_types=ONE_NUMBER,
        extra=True,
    ),
    Candidate("TABM", "TabM", 40, {"num_emb_type": "none", "d_block": 256}, max_features=2000, extra=True, problem_types=ONE_NUMBER),
    Candidate("XGB", "XGBoost", 6, {"max_depth": 4, "learning_rate": 0.03}, extra=True, problem_types=ONE_NUMBER),
    Candidate("NN_TORCH", "NeuralNetTorch", 16, {"dropout_prob": 0.3, "weight_decay": 1e-4}, extra=True),
)
