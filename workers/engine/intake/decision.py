"""How one column is read, and what became of the cells that do not fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engine.bundle.runtime import casting
from workers.engine.intake.findings import Finding
from workers.engine.intake.kinds import Cast

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN_ROWS = 5
SHOWN_CELLS = 20


@dataclass
class Decision:
    """How one column is read.

    ``dropped``: the column is left out of the table. ``chosen``: its type is the analyst's, no guess may change it.
    ``misfits``: the finding that counts the cells which became missing because they do not fit; without one, a cell that does
    not fit is a defect of ours.
    """

    cast: Cast
    findings: list[Finding] = field(default_factory=list)
    dropped: bool = False
    chosen: bool = False
    misfits: Finding | None = None

    def typed(self, raw: pa.Array, first_row: int) -> pa.Array:
        """One batch of raw cells as values, (n,) string -> (n,); ``first_row`` is the 1-based row of its first cell."""
        typed, wrong = casting.cast_array(raw, self.cast)
        if wrong.true_count:
            self._note(raw, wrong, first_row)
        return typed

    def _note(self, raw: pa.Array, wrong: pa.Array, first_row: int) -> None:
        if self.misfits is None:  # both passes ask the same module, and silence would lose data
            raise AssertionError(f"{wrong.true_count} cells do not fit {self.cast}")
        found = self.misfits
        found.params["count"] = found.params.get("count", 0) + wrong.true_count
        at = [int(row) for row in wrong.to_numpy(zero_copy_only=False).nonzero()[0][:SHOWN_CELLS]]
        found.rows += [first_row + row for row in at[: SHOWN_ROWS - len(found.rows)]]
        known = {example["before"] for example in found.examples}
        for cell in dict.fromkeys(raw[row].as_py()[:80] for row in at):
            if cell not in known and len(found.examples) < SHOWN_ROWS:
                found.examples.append({"before": cell, "after": ""})
