"""Models that come pretrained: their licences, their limits, and where an operator mounts their weights.

No weights are shipped and none are fetched. A worker that has AUTOML_WEIGHTS_DIR uses what lies there; docs/pretrained.md tells how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from domains.messages import gettext_noop

WEIGHTS_DIR = "AUTOML_WEIGHTS_DIR"
CLASSES, NUMBERS = "classes", "numbers"  # what is predicted


@dataclass(frozen=True)
class Pretrained:
    """`files`: for classes and for numbers, what must lie in the weights folder (patterns). `package`: what must be importable.

    `commercial`: whether the licence of the weights allows commercial use. `max_rows_cpu`: without a graphics card.
    """

    key: str
    name: str
    licence: str
    commercial: bool
    source: str
    package: str
    files: Mapping[str, tuple[str, ...]]
    problem_types: tuple[str, ...]
    max_rows: int
    max_rows_cpu: int
    max_columns: int
    max_classes: int
    attribution: str = ""

    def weights(self, folder: Path | None, problem_type: str) -> list[Path] | None:
        """The files to load for a problem type; None when one of them is not there. Of several that fit, the last by name."""
        if folder is None:
            return None
        patterns = self.files.get(CLASSES if problem_type in ("binary", "multiclass") else NUMBERS, ())
        found = [sorted(folder.glob(pattern)) for pattern in patterns]
        return [files[-1] for files in found] if found and all(found) else None

    def installed(self, folder: Path | None) -> dict[str, bool]:
        """Whether the weights for classes and for numbers are there, and the package that loads them."""
        package = find_spec(self.package) is not None
        kinds = {CLASSES: "binary", NUMBERS: "regression"}
        return {kind: package and self.weights(folder, problem_type) is not None for kind, problem_type in kinds.items()}


def folder_of(environment: Mapping[str, str]) -> Path | None:
    """The mounted weights, as far as there are any."""
    name = environment.get(WEIGHTS_DIR)
    return Path(name) if name and Path(name).is_dir() else None


_ALL = ("binary", "multiclass", "regression", "quantile")
_PRIOR_LABS = "https://huggingface.co/Prior-Labs"
PRETRAINED = (
    Pretrained(
        key="TABICL", name="TabICL", licence="BSD-3-Clause", commercial=True, source="https://huggingface.co/jingang/TabICL",
        package="tabicl", problem_types=_ALL, max_rows=500_000, max_rows_cpu=5_000, max_columns=500, max_classes=500,
        files={CLASSES: ("tabicl/tabicl-classifier-*.ckpt",), NUMBERS: ("tabicl/tabicl-regressor-*.ckpt",)},
    ),
    Pretrained(
        key="MITRA", name="Mitra", licence="Apache-2.0", commercial=True, source="https://huggingface.co/autogluon/mitra-classifier",
        package="einx", problem_types=("binary", "multiclass", "regression"), max_rows=10_000, max_rows_cpu=2_000, max_columns=500,
        max_classes=10,
        files={
            CLASSES: ("mitra/classifier/config.json", "mitra/classifier/model.safetensors"),
            NUMBERS: ("mitra/regressor/config.json", "mitra/regressor/model.safetensors"),
        },
    ),
    Pretrained(
        key="REALTABPFN-V2", name="RealTabPFN-v2", licence="Prior Labs License 1.x", commercial=True, source=_PRIOR_LABS,
        package="tabpfn", problem_types=_ALL, max_rows=10_000, max_rows_cpu=1_000, max_columns=500, max_classes=10,
        files={CLASSES: ("tabpfn/tabpfn-v2-classifier-*.ckpt",), NUMBERS: ("tabpfn/tabpfn-v2-regressor-*.ckpt",)},
        attribution="Built with PriorLabs-TabPFN",
    ),
    Pretrained(
        key="REALTABPFN-V2.5", name="RealTabPFN-v2.5", licence="TabPFN-2.5 Non-Commercial License", commercial=False, source=_PRIOR_LABS,
        package="tabpfn", problem_types=_ALL, max_rows=100_000, max_rows_cpu=1_000, max_columns=2_000, max_classes=10,
        files={CLASSES: ("tabpfn/tabpfn-v2.5-classifier-*.ckpt",), NUMBERS: ("tabpfn/tabpfn-v2.5-regressor-*.ckpt",)},
        attribution="Built with PriorLabs-TabPFN",
    ),
    Pretrained(
        key="TABPFN-3", name="TabPFN-3", licence="TabPFN-3 Non-Commercial License", commercial=False, source=_PRIOR_LABS,
        package="tabpfn", problem_types=_ALL, max_rows=500_000, max_rows_cpu=1_000, max_columns=2_000, max_classes=160,
        files={CLASSES: ("tabpfn/tabpfn-v3-classifier-*.ckpt",), NUMBERS: ("tabpfn/tabpfn-v3-regressor-*.ckpt",)},
        attribution="Built with PriorLabs-TabPFN",
    ),
)  # fmt: skip


def overview(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every pretrained model as JSON. `installed`: whether this machine has its weights, for classes and for numbers."""
    folder = folder_of(environment)
    return [
        {
            "model": model.name,
            "licence": model.licence,
            "commercial_use": model.commercial,
            "attribution": model.attribution,
            "source": model.source,
            "problem_types": list(model.problem_types),
            "max_rows": model.max_rows,
            "max_rows_without_gpu": model.max_rows_cpu,
            "max_columns": model.max_columns,
            "max_classes": model.max_classes,
            "files": {kind: list(patterns) for kind, patterns in model.files.items()},
            "installed": model.installed(folder),
        }
        for model in PRETRAINED
    ]


NOT_INSTALLED = gettext_noop("Its weights are not installed on this worker.")
HOW_TO_INSTALL = gettext_noop("The operator can lay them into the folder that AUTOML_WEIGHTS_DIR names: docs/pretrained.md says where.")
NEEDS_DECISION = gettext_noop("Its licence (%(licence)s) forbids commercial use.")
HOW_TO_DECIDE = gettext_noop("Whoever may decide so can allow such models for this project.")
