"""Hyperparameters that are known to be good on many tables.

r... are configurations of AutoGluon's own portfolios (autogluon/tabular/configs/zeroshot: zeroshot_portfolio_2023 and
zeroshot_portfolio_cpu_2025_12_18, Apache-2.0), which were chosen on some two hundred public tables.
"""

from __future__ import annotations

from typing import Any

GBM_R177 = {
    "extra_trees": True, "learning_rate": 0.0178593900218, "num_leaves": 39, "min_data_in_leaf": 3, "feature_fraction": 0.4622189821941,
    "bagging_fraction": 0.8769107816033, "bagging_freq": 1, "lambda_l1": 0.2375070586896, "lambda_l2": 0.3551561351804,
    "cat_l2": 0.3418014393813, "cat_smooth": 15.4304556649114, "max_cat_to_onehot": 16, "min_data_per_group": 9,
}  # fmt: skip
GBM_R163 = {
    "learning_rate": 0.0113913650333, "num_leaves": 84, "min_data_in_leaf": 3, "feature_fraction": 0.5279825611461,
    "bagging_fraction": 0.9783898288461, "bagging_freq": 1, "lambda_l1": 0.0269274915833, "lambda_l2": 0.8375250972309,
    "cat_l2": 0.1553395260142, "cat_smooth": 0.0093122749318, "max_cat_to_onehot": 42, "min_data_per_group": 75,
}  # fmt: skip
# Sums and products of numbers, pairs of categories, and categories by the label they come with.
COMBINED: dict[str, Any] = {
    "ag.prep_params": [
        [
            [["ArithmeticFeatureGenerator", {}]],
            [["CategoricalInteractionFeatureGenerator", {"passthrough": True}], ["OOFTargetEncodingFeatureGenerator", {}]],
        ]
    ],
    "ag.prep_params.passthrough_types": {"invalid_raw_types": ["category", "object"]},
}
GBM_PREP_R13 = {
    **COMBINED,
    "extra_trees": True, "learning_rate": 0.0193225778401, "num_leaves": 64, "min_data_in_leaf": 28, "feature_fraction": 0.5533919718605,
    "bagging_fraction": 0.9923026236907, "bagging_freq": 1, "lambda_l1": 0.914411672958, "lambda_l2": 1.90439560009,
    "cat_l2": 0.014290368488, "cat_smooth": 1.8662939903973, "max_cat_to_onehot": 18, "min_data_per_group": 54,
}  # fmt: skip
CAT_R177 = {"learning_rate": 0.06864209415792857, "l2_leaf_reg": 2.1542798306067823, "max_ctr_complexity": 4, "one_hot_max_size": 10}
CAT_R137 = {
    "depth": 4, "learning_rate": 0.04939557741379516, "l2_leaf_reg": 4.559174625782161, "max_ctr_complexity": 3, "one_hot_max_size": 3,
}  # fmt: skip
XGB_R33 = {
    "max_depth": 10, "learning_rate": 0.018063876087523967, "min_child_weight": 0.6028633586934382, "colsample_bytree": 0.6917311125174739,
    "enable_categorical": False,
}  # fmt: skip
XT_R42 = {"max_features": 0.75, "max_leaf_nodes": 18392, "min_samples_leaf": 1}
RF_R195 = {"max_features": 0.75, "max_leaf_nodes": 37308, "min_samples_leaf": 1}
NN_R79 = {
    "activation": "elu", "dropout_prob": 0.10077639529843717, "hidden_size": 108, "learning_rate": 0.002735937344002146,
    "num_layers": 4, "use_batchnorm": True, "weight_decay": 1.356433327634438e-12,
}  # fmt: skip
