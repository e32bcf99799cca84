"""How one column is read, and what became of the cells that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import casting
from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding
from workers.engine.intake.kinds import Cast, ColumnKind

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 5  # rows, and cells
# What a spreadsheet would take for a formula.
FORMULA = r"""^(=[A-Za-z0-9(+"'@-]|@[A-Za-z]|[+-][A-Za-z]+[(|!])"""


@dataclass
class Decision:
    """How one column is read.

    ``dropped``: the column is left out of the table. ``chosen``: its type is the analyst's, no guess may change it.
    ``misfits``: the finding that counts the cells which became missing because they do not fit, listed when there are any;
    without one, a cell that does not fit is a defect of ours. ``strict``: the cast without the words that became missing on the
    way, so that they are met and counted. ``formulas``: the finding that counts the cells a spreadsheet would run, listed likewise.
    """

    cast: Cast
    findings: list[Finding] = field(default_factory=list)
    dropped: bool = False
    chosen: bool = False
    misfits: Finding | None = None
    strict: Cast | None = None
    formulas: Finding | None = None

    def typed(self, raw: pa.Array, first_row: int) -> pa.Array:
        """One batch of raw cells as values, (n,) string -> (n,); ``first_row`` is the 1-based row of its first cell."""
        typed, wrong = whole_only(raw, self.strict or self.cast)
        if wrong.true_count:
            if self.misfits is None:  # both passes ask the same module, and silence would lose data
                raise AssertionError(f"{wrong.true_count} cells do not fit {self.cast}")
            self._note(self.misfits, raw, wrong, first_row)
        hits = formula_cells(raw) if self.formulas else None
        if self.formulas and hits is not None:
            self._note(self.formulas, raw, hits, first_row, kept=True)
        return typed

    def _note(self, found: Finding, raw: pa.Array, hits: pa.Array, first_row: int, *, kept: bool = False) -> None:
        """Count the cells that were hit, keep the rows of the first ones and a few examples, and list the finding."""
        found.params["count"] = found.params.get("count", 0) + hits.true_count
        at = [int(row) for row in hits.to_numpy(zero_copy_only=False).nonzero()[0][:1000]]
        found.rows += [first_row + row for row in at[: SHOWN - len(found.rows)]]
        known = {example["before"] for example in found.examples}
        for cell in dict.fromkeys(raw[row].as_py()[:80] for row in at):
            if cell not in known and len(found.examples) < SHOWN:
                found.examples.append({"before": cell, "after": cell if kept else ""})
        if not any(found is other for other in self.findings):
            self.findings.append(found)


def whole_only(raw: pa.Array, cast: Mapping[str, Any]) -> tuple[pa.Array, pa.Array]:
    """``cast_array`` as the table is stored: a column of integers holds no fraction. (n,) string -> (n,), (n,) bool"""
    return casting.cast_array(raw, {**cast, "whole": True})


def formula_cells(raw: pa.Array) -> pa.Array | None:
    """Which cells a spreadsheet would take for formulas; None when there is none. (n,) string -> (n,) bool"""
    import pyarrow.compute as pc

    if not any(pc.any(pc.starts_with(raw, mark)).as_py() for mark in "=@+-"):
        return None
    hits = pc.fill_null(pc.match_substring_regex(raw, FORMULA), False)
    return hits if hits.true_count else None


def with_missing(cast: Cast, kind: ColumnKind) -> Cast:
    """The cast with what stands for missing: our list, and among numbers and dates the placeholders that occur."""
    seen = [] if cast["type"] in ("category", "text") else list(kind.placeholders)
    return {**cast, "missing": [*casting.MISSING, *seen]}


def unreadable(name: str) -> Finding:
    """For a column whose reading was decided from a sample: counts what does not fit."""
    message = gettext_noop("Cells of %(column)s that do not fit the rest and became missing: %(count)d.")
    return Finding("unreadable_cells", "FIX", message, {"count": 0}, column=name)


def as_text(kind: ColumnKind, findings: list[Finding] | None = None) -> Decision:
    """The column as words."""
    return Decision(with_missing({"type": "category"}, kind), findings or [])
