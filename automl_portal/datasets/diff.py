"""What differs between two versions of a dataset: rows, columns, types, gaps and distributions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from automl_portal.datasets.models import Dataset
from automl_portal.datasets.shift import LARGE, SMALL, Shares, column_shift

NEARLY_NONE = 0.005


@dataclass(frozen=True)
class ColumnDiff:
    """One column in both versions. `shift` is the population stability index; None where it cannot be told."""

    name: str
    old_type: str
    new_type: str
    old_missing: float  # share of the rows
    new_missing: float
    shift: float | None
    old_shares: Shares = field(default_factory=list)
    new_shares: Shares = field(default_factory=list)

    @property
    def is_retyped(self) -> bool:
        return self.old_type != self.new_type

    @property
    def size(self) -> str:
        """none, small, moderate, large, or "" where it cannot be told."""
        if self.shift is None:
            return ""
        if self.shift < NEARLY_NONE:
            return "none"
        return "small" if self.shift < SMALL else "moderate" if self.shift < LARGE else "large"


@dataclass(frozen=True)
class VersionDiff:
    """From `old` to `new`; `columns` holds those in both, the most shifted first."""

    old: Dataset
    new: Dataset
    added: list[str]
    removed: list[str]
    columns: list[ColumnDiff]

    @property
    def retyped(self) -> list[ColumnDiff]:
        return [column for column in self.columns if column.is_retyped]

    @property
    def shifted(self) -> list[ColumnDiff]:
        """Those whose distribution moved more than by chance."""
        return [column for column in self.columns if column.size in ("moderate", "large")]


def version_diff(old: Dataset, new: Dataset) -> VersionDiff:
    """Compare two imported versions by their data reports."""
    before = {column["name"]: column for column in old.columns}
    after = {column["name"]: column for column in new.columns}
    both = [column_diff(before[name], column, old.rows or 0, new.rows or 0) for name, column in after.items() if name in before]
    both.sort(key=lambda column: (not column.is_retyped, -(column.shift or 0.0)))
    return VersionDiff(
        old=old,
        new=new,
        added=[name for name in after if name not in before],
        removed=[name for name in before if name not in after],
        columns=both,
    )


def column_diff(old: dict[str, Any], new: dict[str, Any], old_rows: int, new_rows: int) -> ColumnDiff:
    same_kind = kind_of(old["type"]) == kind_of(new["type"])
    shift = column_shift(old, new, old_rows, new_rows) if same_kind else None
    index, before, after = shift or (None, [], [])
    return ColumnDiff(
        name=new["name"],
        old_type=old["type"],
        new_type=new["type"],
        old_missing=(old.get("missing") or 0) / old_rows if old_rows else 0.0,
        new_missing=(new.get("missing") or 0) / new_rows if new_rows else 0.0,
        shift=None if index is None else round(index, 6),
        old_shares=before,
        new_shares=after,
    )


def kind_of(column_type: str) -> str:
    """Types whose figures can be laid over each other are of one kind."""
    return {"integer": "number", "category": "text"}.get(column_type, column_type)
