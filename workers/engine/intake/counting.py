"""Distinct cells with how often each occurs, and a sample of cells from all over a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Counts = npt.NDArray[np.int64]


def counted(indices: pa.Array, size: int) -> Counts:
    """How often each of ``size`` words is pointed at. (n,) int32 -> (size,)"""
    return np.bincount(np.asarray(indices), minlength=size).astype(np.int64)


def valid(text: pa.Array) -> npt.NDArray[np.bool_]:
    """Which cells hold something, (n,)."""
    return np.asarray(text.is_valid())


def total(mask: pa.Array, counts: Counts | None) -> int:
    """Cells under a mask over words (n,); without counts each word is one cell."""
    return int(mask.true_count if counts is None else counts[np.asarray(mask)].sum())


def tallied(words: pa.Array, counts: Counts | None, mask: pa.Array | None = None) -> tuple[list[str], list[int]]:
    """(words that are not null, cells of each), only those under ``mask`` where one is given. A word may come twice."""
    import pyarrow.compute as pc

    chosen = words.is_valid() if mask is None else mask
    words = words.filter(chosen)
    if counts is None:
        both = pc.value_counts(words)
        return both.field("values").to_pylist(), both.field("counts").to_pylist()
    return words.to_pylist(), counts[np.asarray(chosen)].tolist()


class Sample:
    """About ``size`` to twice as many cells, evenly spread over a column of unknown length. They stay in Arrow's hands until asked for."""

    def __init__(self, size: int) -> None:
        self.size, self.step, self.skip, self.held = size, 1, 0, 0
        self.pieces: list[pa.Array] = []
        self._distinct: list[str] | None = None

    def add(self, text: pa.Array) -> None:
        """The next cells, (n,) string or dictionary of string; nulls are passed over."""
        import pyarrow as pa

        self._distinct = None
        places = np.arange(self.skip, len(text), self.step)
        self.skip += len(places) * self.step - len(text)
        while len(places) > 2 * self.size:  # a batch larger than the sample needs no look at all its cells
            places = places[::2]
        picked = text.take(pa.array(places))
        self.pieces.append((picked.dictionary_decode() if pa.types.is_dictionary(picked.type) else picked).drop_null())
        self.held += len(self.pieces[-1])
        while self.held > 2 * self.size:
            self.pieces = [pa.concat_arrays(self.pieces)[::2]]
            self.step, self.held = 2 * self.step, len(self.pieces[0])

    def distinct(self) -> list[str]:
        """Up to ``size`` of them, each once, in the order of the file."""
        if self._distinct is None:
            found = list(dict.fromkeys(cell for piece in self.pieces for cell in piece.to_pylist()))
            self._distinct = found[:: max(1, -(-len(found) // self.size))]
        return self._distinct
