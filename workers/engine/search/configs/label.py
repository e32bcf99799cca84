"""What the label and the weights ask of a candidate: objectives of counts and amounts, and rows that count differently."""

from __future__ import annotations

from typing import Any

from domains.metrics import TWEEDIE_POWER

# A forest keeps every label in its leaves for quantiles: it predicts slowly (measured: 1.9 s for 120 rows with 3 x 300 trees).
FOREST = 60
# By AutoGluon key, for the distribution of a number or for quantiles. The others learn squared errors of such a label, and their predictions end at zero.
OBJECTIVES: dict[str, dict[str, dict[str, Any]]] = {
    "quantile": {"RF": {"n_estimators": FOREST}, "XT": {"n_estimators": FOREST}},
    "poisson": {
        "GBM": {"objective": "poisson"},
        "XGB": {"objective": "count:poisson"},
        "CAT": {"loss_function": "Poisson", "eval_metric": "Poisson"},
        "EBM": {"objective": "poisson_deviance"},
        "GLM": {"power": 1.0},
    },
    "tweedie": {
        "GBM": {"objective": "tweedie", "tweedie_variance_power": TWEEDIE_POWER},
        "XGB": {"objective": "reg:tweedie", "tweedie_variance_power": TWEEDIE_POWER},
        "CAT": {
            "loss_function": f"Tweedie:variance_power={TWEEDIE_POWER}",
            "eval_metric": f"Tweedie:variance_power={TWEEDIE_POWER}",
        },
        "EBM": {"objective": f"tweedie_deviance:variance_power={TWEEDIE_POWER}"},
        "GLM": {"power": TWEEDIE_POWER},
    },
}
# The others' libraries take no weights (measured): they learn from every row alike.
WEIGH_ROWS = frozenset({"DUMMY", "GBM", "LR", "GLM", "RF", "XT", "XGB", "EBM", "CAT", "TEXT_NGRAM", "TEXT_TRANSFORMER", "TEXT_ENCODER"})
