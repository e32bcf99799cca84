"""One configuration a search may try. Data only: AutoGluon is not imported here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domains.metrics import DISTRIBUTIONS

PROBLEM_TYPES = ("binary", "multiclass", "regression", "quantile")

# AutoGluon model names begin with these.
FAMILIES = {
    "LightGBM": "tree",
    "CatBoost": "tree",
    "XGBoost": "tree",
    "RandomForest": "tree",
    "ExtraTrees": "tree",
    "LinearModel": "linear",
    "GeneralizedLinear": "linear",
    "EBM": "interpretable",
    "NeuralNetTorch": "neural_net",
    "TabM": "neural_net",
    "RealMLP": "neural_net",
    "FTTransformer": "transformer",
    "TextNgram": "text",
    "TextTransformer": "text",
    "TextEncoder": "text",
    "TabICL": "transformer",
    "Mitra": "transformer",
    "RealTabPFN": "transformer",
    "TabPFN": "transformer",
    "Dummy": "baseline",
    "WeightedEnsemble": "ensemble",
}

NOT_BASE = ("baseline", "ensemble")


def family_of(model: str) -> str:
    """The family of an AutoGluon model name such as LightGBM_BAG_L1."""
    return next((family for name, family in FAMILIES.items() if model.startswith(name)), "tree")


CLASSIFICATION_ONLY = ("criterion",)


@dataclass(frozen=True)
class Candidate:
    """One configuration. `weight`: its share of the search time relative to the others.

    `minimum`: with fewer seconds it is not worth starting. `cheaper`: hyperparameters for a second try when the first ran out of time. `max_features`:
    with more columns than this it would not finish an epoch. `imports`: slow to import, done before
    its time starts. `problem_types`: those it can learn. `needs_text`: only for tables with a text column.
    `single`: with folds too it is fitted once and validates itself, so its time is not divided.
    `distributions`: of a number it can learn. `stacked`: with folds it learns from the predictions of the models before it, too.
    """

    key: str
    name: str
    weight: float
    params: dict[str, Any] = field(default_factory=dict)
    cheaper: dict[str, Any] | None = None
    minimum: float = 0.3
    max_features: int | None = None
    extra: bool = False
    imports: tuple[str, ...] = ()
    cpu_count: int | None = None
    problem_types: tuple[str, ...] = PROBLEM_TYPES
    needs_text: bool = False
    single: bool = False
    distributions: tuple[str, ...] = DISTRIBUTIONS
    stacked: bool = False

    @property
    def family(self) -> str:
        return family_of(self.name)

    def params_for(self, problem_type: str) -> dict[str, Any]:
        """Hyperparameters without those that mean nothing for the problem type."""
        if problem_type in ("binary", "multiclass"):
            return self.params
        return {name: value for name, value in self.params.items() if name not in CLASSIFICATION_ONLY}


BASELINE = Candidate("DUMMY", "Dummy", 0.1)


@dataclass(frozen=True)
class SearchFacts:
    """What a portfolio is chosen by: the training table and the machine, known once rows are set apart.

    `rows`: training rows. `columns`: feature columns. `classes`: 0 when the label is a number. `text`: names of text columns.
    `distribution`: of the label, when that is a number. `weighed`: see FitSpec. `weights_dir`: mounted weights of pretrained models.
    `noncommercial`: whether licences that forbid commercial use are allowed. `history`: see history.py.
    """

    problem_type: str
    rows: int
    columns: int
    classes: int = 0
    text: tuple[str, ...] = ()
    cpu_count: int = 1
    gpu_count: int = 0
    distribution: str = "normal"
    weighed: str = ""
    weights_dir: str = ""
    noncommercial: bool = False
    history: tuple[dict[str, Any], ...] = ()
