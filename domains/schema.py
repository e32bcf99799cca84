"""What a domain and a use case declare. Light on purpose: the portal, the engine and the bundle all read it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domains.messages import gettext_noop as gettext_noop

ProblemType = Literal["binary", "multiclass", "regression", "quantile", "forecast", "survival", "recommend", "treatment"]
Role = Literal["time", "group", "id", "item", "user", "duration", "treatment", "site", "value", "weight", "sensitive", "text", "exclude"]
BudgetName = Literal["quick", "standard", "thorough"]


class Strict(BaseModel):
    """Frozen, and a key nobody declared is an error: a typing slip in a YAML file must not be skipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _compiles(patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return patterns


class Label(Strict):
    """What is predicted. ``names`` are regular expressions, searched in the column name without regard to case."""

    names: tuple[str, ...] = ()
    help: str

    _names = field_validator("names")(_compiles)


class PositiveClass(Strict):
    """How to find the class whose probability is reported. Values are matched whole, label names are searched."""

    event: Literal["bad", "good", "rare"]
    values: tuple[str, ...] = ()  # class values that are the event
    opposite_values: tuple[str, ...] = ()  # class values that are certainly not it
    names: tuple[str, ...] = ()  # label names whose 1/true/yes is the event
    opposite_names: tuple[str, ...] = ()  # label names whose 1/true/yes may well mean the opposite
    help: str

    _patterns = field_validator("values", "opposite_values", "names", "opposite_names")(_compiles)


class ColumnRole(Strict):
    """Column names (regular expressions) that suggest a role, and what the role does, for the set-up page."""

    role: Role
    names: tuple[str, ...]
    help: str

    _names = field_validator("names")(_compiles)


class Leakage(Strict):
    """A column name that cannot be known when the decision is taken, and why."""

    names: tuple[str, ...]
    why: str

    _names = field_validator("names")(_compiles)


class Budgets(Strict):
    """Wall-clock seconds from claim to published."""

    quick: int = Field(default=120, ge=30)
    standard: int = Field(default=600, ge=30)
    thorough: int = Field(default=3600, ge=30)

    def seconds(self, name: BudgetName) -> int:
        """The budget called ``name``, in seconds."""
        return int(getattr(self, name))


class Minimum(Strict):
    """Below ``refuse`` a run is not started; below ``warn`` it is, with a warning. Counted in rows, or in rows of the rarest class."""

    refuse: int = Field(ge=1)
    warn: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> Minimum:
        if self.warn < self.refuse:
            raise ValueError("warn must not be below refuse")
        return self


class DecisionSetting(Strict):
    """One number the decision needs, in the unit the analyst thinks in."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    default: float
    unit: str
    minimum: float = 0.0
    maximum: float | None = None
    help: str


class Sample(Strict):
    """The file an analyst can start from without one of their own."""

    file: str
    label: str
    positive_class: str | None = None
    synthetic: bool
    source: str


class UseCase(Strict):
    """One prediction problem of one field. Texts are English and go through gettext where they are shown."""

    key: str = Field(pattern=r"^[a-z_]+/[a-z_]+$")
    version: int = Field(ge=1)
    title: str
    summary: str
    who: str
    decision_served: str
    you_get: tuple[str, ...] = Field(min_length=1)
    problem_type: ProblemType | Literal["auto"]  # auto: binary, multiclass or regression, decided by the label
    label: Label
    positive_class: PositiveClass | None = None
    eval_metric: str | None = None  # None: the engine's choice for the problem type
    columns: tuple[ColumnRole, ...] = ()
    leakage: tuple[Leakage, ...] = ()
    split: Literal["random", "time", "group", "group_time"] = "random"
    candidates: tuple[str, ...] = ()  # empty: every candidate of the problem family
    budgets: Budgets = Budgets()
    min_rows: Minimum = Minimum(refuse=50, warn=500)
    min_class: Minimum = Minimum(refuse=10, warn=30)
    decision: tuple[DecisionSetting, ...] = ()
    sample: Sample

    @property
    def domain(self) -> str:
        """The folder the use case lives in."""
        return self.key.split("/")[0]

    def decision_defaults(self) -> dict[str, float]:
        """Every decision setting at its default, by name."""
        return {setting.name: setting.default for setting in self.decision}

    def texts(self) -> list[str]:
        """Every sentence a person can see, for the message catalogues."""
        texts = [self.title, self.summary, self.who, self.decision_served, *self.you_get, self.label.help, self.sample.source]
        texts += [self.positive_class.help] if self.positive_class else []
        texts += [column.help for column in self.columns] + [rule.why for rule in self.leakage]
        return texts + [text for setting in self.decision for text in (setting.title, setting.unit, setting.help)]


class Domain(Strict):
    """A field of work: the folder that holds its use cases."""

    key: str = Field(pattern=r"^[a-z_]+$")
    title: str
    summary: str
    order: int = 100  # place in the gallery, lowest first
