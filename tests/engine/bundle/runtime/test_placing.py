"""Rows set aside leave a gap of one row, wherever the file was cut into tables."""

from __future__ import annotations

import pyarrow as pa
import pytest

from workers.engine.bundle.runtime.placing import Lost, placed


def lost(*rows: int) -> list[Lost]:
    return [Lost(row, "ragged_rows", "why", "text") for row in rows]


@pytest.mark.parametrize(
    ("sizes", "gone", "numbers", "among"),
    [
        ([2, 2], [], [[1, 2], [3, 4]], [[], []]),
        ([2, 2], [1, 4], [[2, 3], [5, 6]], [[1, 4], []]),
        ([3], [2, 3], [[1, 4, 5]], [[2, 3]]),
        ([2], [3, 4], [[1, 2], []], [[3], [4]]),
        ([], [1], [[]], [[1]]),
        ([1, 1], [2], [[1], [3]], [[2], []]),
    ],
)
def test_every_row_keeps_its_number(sizes: list[int], gone: list[int], numbers: list[list[int]], among: list[list[int]]) -> None:
    found = list(placed([pa.table({"0": ["x"] * size}) for size in sizes], lost(*gone)))
    assert [each.numbers for each in found] == numbers
    assert [[row.row for row in each.lost] for each in found] == among
