"""Where every row of a file belongs in the output, those included that were set aside before anything could be read from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Lost:
    """A row whose cells could not be told apart. ``row`` is its 1-based number among all rows of the file."""

    row: int
    code: str
    reason: str  # English, ready to be read
    text: str


@dataclass(frozen=True)
class Placed:
    """A table of raw cells (n rows), the numbers of its rows in the file (n), and the lost rows that stand among them."""

    table: pa.Table | None
    numbers: list[int]
    lost: list[Lost]


def placed(tables: Iterable[pa.Table], lost: Sequence[Lost]) -> Iterator[Placed]:
    """Number the rows of ``tables``, which hold every row of a file but the ``lost`` ones (in order)."""
    row, waiting = 1, list(reversed(lost))
    for table in tables:
        numbers: list[int] = []
        among: list[Lost] = []
        while len(numbers) < table.num_rows:
            until = waiting[-1].row if waiting else row + table.num_rows
            step = min(until - row, table.num_rows - len(numbers))
            numbers += range(row, row + step)
            row += step
            if waiting and waiting[-1].row == row:
                among.append(waiting.pop())
                row += 1
        yield Placed(table, numbers, among)
    if waiting:
        yield Placed(None, [], waiting[::-1])
