"""The metrics a run can be judged by, per problem type: one table for the pages, the checks and the engine.

``SELECTABLE`` can be the eval_metric, the usual choice first; its names are AutoGluon's where AutoGluon has the metric.
``REPORTED`` are measured on every holdout, whatever the eval_metric.
"""

from __future__ import annotations

AVERAGES = ("macro", "micro", "weighted")
_AT_THE_LINE = tuple(f"{name}_{kind}" for name in ("f1", "precision", "recall") for kind in AVERAGES)
SELECTABLE: dict[str, tuple[str, ...]] = {
    "binary": (
        *("log_loss", "roc_auc", "average_precision", "accuracy", "balanced_accuracy", "f1", "mcc", "precision", "recall"),
        *("quadratic_kappa", "pac", *_AT_THE_LINE),
    ),
    "multiclass": (
        *("log_loss", "accuracy", "balanced_accuracy", "f1_macro", "mcc", "quadratic_kappa", "pac"),
        *("roc_auc_ovo", "roc_auc_ovo_weighted", "roc_auc_ovr", "roc_auc_ovr_micro", "roc_auc_ovr_weighted"),
        *(name for name in _AT_THE_LINE if name != "f1_macro"),
    ),
    "regression": (
        *("root_mean_squared_error", "mean_absolute_error", "r2", "median_absolute_error", "mean_squared_error"),
        *("mean_absolute_percentage_error", "symmetric_mean_absolute_percentage_error", "spearmanr", "pearsonr"),
        *("mean_poisson_deviance", "mean_tweedie_deviance"),
    ),
    "quantile": ("pinball_loss",),
}
REPORTED: dict[str, tuple[str, ...]] = {
    "binary": (
        *("log_loss", "roc_auc", "average_precision", "brier", "accuracy", "balanced_accuracy", "f1", "precision", "recall"),
        *("mcc", "ks"),
    ),
    "multiclass": ("log_loss", "accuracy", "balanced_accuracy", "f1_macro", "mcc", "roc_auc_ovo", "top_3_accuracy", "top_5_accuracy"),
    "regression": ("root_mean_squared_error", "mean_absolute_error", "r2", "median_absolute_error"),
    "quantile": ("pinball_loss", "interval_coverage", "interval_width", "mean_absolute_error"),
}
# A label that cannot be negative is judged by its deviance as well.
DEVIANCE = {"poisson": "mean_poisson_deviance", "tweedie": "mean_tweedie_deviance"}
DISTRIBUTIONS = ("normal", *DEVIANCE)
TWEEDIE_POWER = 1.5  # between a count (1) and a gamma amount (2)
_ERRORS = ("loss", "brier", "error", "deviance", "width")  # less is better of what ends so
# None: best at a value of its own.
HIGHER_IS_BETTER: dict[str, bool | None] = {
    name: None if name == "interval_coverage" else not name.endswith(_ERRORS)
    for table in (SELECTABLE, REPORTED, {"": ("deviance_explained",)})
    for names in table.values()
    for name in names
}
# Their value depends on where the line between the two classes is drawn.
AT_THRESHOLD = frozenset(
    name
    for name in SELECTABLE["binary"]
    if name in ("accuracy", "balanced_accuracy", "mcc", "quadratic_kappa") or name.split("_")[0] in ("f1", "precision", "recall")
)


def default_metric(problem_type: str, distribution: str = "normal") -> str:
    """What a search goes by when nobody chose."""
    return DEVIANCE.get(distribution, SELECTABLE[problem_type][0]) if problem_type == "regression" else SELECTABLE[problem_type][0]


def selectable(problem_type: str, distribution: str = "normal") -> tuple[str, ...]:
    """The metrics a run may go by; deviances only where the label's distribution is that of a count or an amount."""
    known = SELECTABLE.get(problem_type, ())
    return known if distribution != "normal" else tuple(name for name in known if name not in DEVIANCE.values())


def reported(problem_type: str, distribution: str = "normal", eval_metric: str | None = None) -> tuple[str, ...]:
    """The metrics of an evaluation, the one the search went by among them."""
    names = REPORTED[problem_type]
    if distribution in DEVIANCE:
        names = (DEVIANCE[distribution], "deviance_explained", *names)
    return names if eval_metric is None or eval_metric in names else (eval_metric, *names)
