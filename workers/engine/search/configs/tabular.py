"""Models over numbers, categories and dates, in the order they are tried."""

from __future__ import annotations

from workers.engine.search.candidate import PROBLEM_TYPES, Candidate
from workers.engine.search.configs import known_good as good

ONE_NUMBER = tuple(kind for kind in PROBLEM_TYPES if kind != "quantile")
COUNTS = ("poisson", "tweedie")

# Ordered by what a second of fitting brings on some thousand rows: the quick ones first, so that an ensemble exists early, then those
# that are mostly the best. portfolio.py says what changes on other tables. The weights follow measured seconds (800 rows, 20 columns,
# 2 cores, 5 folds), very generous for the quick ones: what they do not use goes to those after them. Forests validate themselves by
# the rows each tree did not see, so folds do not multiply their time.
PROMISED = (
    Candidate("XT", "ExtraTrees", 8, {"criterion": "entropy"}, cheaper={"n_estimators": 50}, single=True),
    Candidate("GBM", "LightGBM", 10, cheaper={"num_boost_round": 100}),
    Candidate("LR", "LinearModel", 8, problem_types=ONE_NUMBER, distributions=("normal",)),
    Candidate("GLM", "GeneralizedLinear", 8, problem_types=("regression",), distributions=COUNTS),
    Candidate("RF", "RandomForest", 8, {"criterion": "entropy"}, cheaper={"n_estimators": 50}, single=True),
    Candidate("GBM", "LightGBM", 12, good.GBM_R177, minimum=1),
    Candidate(
        "EBM",
        "EBM",
        16,
        cheaper={"max_rounds": 200, "interactions": 0},
        minimum=1,
        max_features=2000,
        problem_types=ONE_NUMBER,
    ),
    Candidate("CAT", "CatBoost", 22, cheaper={"iterations": 100}, minimum=1),
    Candidate("XGB", "XGBoost", 8, cheaper={"n_estimators": 100}, problem_types=ONE_NUMBER),
    Candidate(
        "FT_TRANSFORMER_SCRATCH",
        "FTTransformer",
        12,
        cheaper={"d_block": 32, "n_blocks": 1, "max_epochs": 8, "batch_size": 256, "lr": 3e-3},
        minimum=1.5,
        max_features=400,
        problem_types=ONE_NUMBER,
    ),
    Candidate(
        "REALMLP",
        "RealMLP",
        14,
        {"n_epochs": 64},
        cheaper={"n_epochs": 8},
        minimum=4,
        max_features=2000,
        imports=("pytabkit",),
        problem_types=ONE_NUMBER,
    ),
    Candidate("NN_TORCH", "NeuralNetTorch", 10, cheaper={"num_epochs": 10}, minimum=2),
    Candidate("TABM", "TabM", 24, cheaper={"d_block": 128, "tabm_k": 8}, minimum=12, max_features=2000, problem_types=ONE_NUMBER),
)

# Further configurations, for time that is left when every promised model had its turn.
EXTRA = (
    Candidate("CAT", "CatBoost", 14, good.CAT_R177, extra=True),
    Candidate("GBM_PREP", "LightGBMPrep", 14, good.GBM_PREP_R13, max_features=150, extra=True),
    Candidate("XT", "ExtraTrees", 4, good.XT_R42, extra=True, single=True),
    Candidate("GBM", "LightGBM", 10, good.GBM_R163, extra=True),
    Candidate("NN_TORCH", "NeuralNetTorch", 16, good.NN_R79, extra=True),
    Candidate("GBM", "LightGBM", 10, {**good.GBM_R177, "learning_rate": 0.03}, extra=True, stacked=True, problem_types=ONE_NUMBER),
    Candidate("XT", "ExtraTrees", 5, {"criterion": "entropy", "min_samples_leaf": 5}, extra=True, stacked=True, problem_types=ONE_NUMBER),
    Candidate("RF", "RandomForest", 5, good.RF_R195, extra=True, single=True),
    Candidate(
        "REALMLP",
        "RealMLP",
        30,
        {"n_epochs": 256},
        max_features=2000,
        extra=True,
        imports=("pytabkit",),
        problem_types=ONE_NUMBER,
    ),
    Candidate("CAT", "CatBoost", 10, good.CAT_R137, extra=True),
    Candidate("XGB", "XGBoost", 8, good.XGB_R33, extra=True, problem_types=ONE_NUMBER),
    Candidate(
        "FT_TRANSFORMER_SCRATCH",
        "FTTransformer",
        40,
        {"d_block": 96, "n_blocks": 3, "lr": 5e-4, "dropout": 0.2, "patience": 12},
        max_features=200,
        extra=True,
        problem_types=ONE_NUMBER,
    ),
    Candidate("TABM", "TabM", 40, {"num_emb_type": "none", "d_block": 256}, max_features=2000, extra=True, problem_types=ONE_NUMBER),
    Candidate("NN_TORCH", "NeuralNetTorch", 16, {"dropout_prob": 0.3, "weight_decay": 1e-4}, extra=True),
)
