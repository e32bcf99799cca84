"""The order for one fit, typed: JOB_DIR/spec.json of the verb `fit`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

ProblemType = Literal["binary", "multiclass", "regression", "quantile"]
LEVELS = (0.1, 0.5, 0.9)
MOST_LEVELS = 20
CLASSES = ("binary", "multiclass")


class Roles(BaseModel):
    """Column names by the part they play; a column in none of the lists is a feature."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: list[str] = []
    sensitive: list[str] = []
    time: list[str] = []
    group: list[str] = []
    site: list[str] = []
    text: list[str] = []
    weight: list[str] = []
    exclude: list[str] = []

    def of(self, column: str) -> str:
        """The role of `column`."""
        for role in ("exclude", "id", "group", "site", "sensitive", "time", "text", "weight"):
            if column in getattr(self, role):
                return role
        return "feature"


class SplitSetting(BaseModel):
    """How rows are held out; `auto` follows the roles. `reason`: why rows may be drawn at random although the data names
    entities or times. `gap_days`: rows of this long before the test begins are left out.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["auto", "random", "time", "group", "group_time", "site"] = "auto"
    reason: str | None = None
    gap_days: float = Field(default=0.0, ge=0)


class Settings(BaseModel):
    """What the analyst set; `time_limit` is seconds from claim to published.

    `quantile_levels`: ascending, of a quantile problem. `distribution`: of a number that is predicted; of a count (poisson) or an
    amount with zeros (tweedie) nothing below zero is predicted. `class_weight` balanced: every class counts alike in learning.
    `allow_noncommercial`: pretrained models may be used whose licence forbids commercial use. `text_encoder`: the name of the
    one that texts are read with, "" for the one the operator has set.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    time_limit: float = Field(default=600, gt=0)
    eval_metric: str | None = None
    holdout_fraction: float = Field(default=0.2, gt=0, lt=1)
    seed: int = 0
    repeatable: bool = False  # one thread and no clock: the same order on the same machine gives the same leaderboard
    candidates: list[str] | None = None
    split: SplitSetting = SplitSetting()
    quantile_levels: list[float] = list(LEVELS)
    distribution: Literal["normal", "poisson", "tweedie"] = "normal"
    class_weight: Literal["none", "balanced"] = "none"
    allow_noncommercial: bool = False
    text_encoder: str = ""

    @field_validator("quantile_levels")
    @classmethod
    def _ascending(cls, levels: list[float]) -> list[float]:
        if not 1 <= len(levels) <= MOST_LEVELS or not all(0 < level < 1 for level in levels):
            raise ValueError(f"quantile_levels: 1 to {MOST_LEVELS} numbers between 0 and 1")
        return sorted(set(levels))


class FitSpec(BaseModel):
    """One fit. `deadline` is the unix time by which result.json must be on disk."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job: str = ""
    attempt: int = 1
    data: str = "data.parquet"
    report: str = "report.json"
    use_case: str = "general/table"
    label: str
    positive_class: str | None = None
    problem_type: ProblemType
    roles: Roles = Roles()
    settings: Settings = Settings()
    decision: dict[str, Any] = {}
    deadline: float | None = None
    cpu_count: int = Field(default=1, ge=1)
    gpu_count: int = Field(default=0, ge=0)
    gpu_missing: Literal["", "busy", "full"] = ""  # why a machine with GPUs gave this fit none
    memory_limit_mb: int = 8000
    grid_country: str = ""  # ISO code of three letters of the electricity's country; no carbon figure without it
    out_of_memory: bool = False  # an earlier attempt at this job was ended for want of memory
    history: list[dict[str, Any]] = []  # what earlier runs of the project found: see search/history.py
    recipe: list[dict[str, Any]] = []  # members of an earlier run's model; exactly those are fitted, see search/recipe.py
    holdout_uses: int = 1  # how often, this fit included, models were tested on the holdout it takes over

    @property
    def weighed(self) -> str:
        """Whether rows weigh differently: by their own `column`, in learning alone as `balanced` classes, or not: empty."""
        if self.roles.weight:
            return "column"
        return "balanced" if self.settings.class_weight == "balanced" and self.problem_type in CLASSES else ""

    @property
    def distribution(self) -> str:
        """Of the label; `normal` for all but a number that is predicted."""
        return self.settings.distribution if self.problem_type == "regression" else "normal"

    @property
    def ends_at(self) -> float:
        """`deadline`, or the whole time limit from now when nobody set one."""
        return self.deadline or time.time() + self.settings.time_limit


def fit_spec_load(job_dir: Path) -> FitSpec:
    """Raises pydantic.ValidationError for an order that makes no sense."""
    return FitSpec.model_validate_json((job_dir / "spec.json").read_text(encoding="utf-8"))
