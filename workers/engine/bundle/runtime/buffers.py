"""What can be told of a column of text from its buffers alone, without a look at each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece; copied only when it lies in several, which Arrow does in any case."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def offsets(text: pa.Array) -> npt.NDArray[Any]:
    """Where each cell begins in the data buffer, and where the last one ends; (n + 1,)."""
    import numpy as np
    import pyarrow as pa

    size = np.int64 if pa.types.is_large_string(text.type) else np.int32
    places = np.frombuffer(text.buffers()[1], dtype=size)
    return places[text.offset : text.offset + len(text) + 1]


def data(text: pa.Array) -> npt.NDArray[np.uint8]:
    """The bytes of all cells in a row, those under nulls too."""
    import numpy as np

    places = offsets(text)
    held = text.buffers()[2]
    whole = np.frombuffer(held, dtype=np.uint8) if held is not None else np.empty(0, np.uint8)
    return whole[places[0] : places[-1]]


def first_bytes(text: pa.Array) -> npt.NDArray[np.uint8]:
    """The first byte of each cell, (n,); what it is for an empty cell means nothing."""
    import numpy as np

    places, held = offsets(text), data(text)
    if not len(held):
        return np.zeros(len(text), np.uint8)
    return np.asarray(held[np.minimum(places[:-1] - places[0], len(held) - 1)])


def holds(text: pa.Array, byte: int) -> bool:
    """Whether any cell has this byte; cells under nulls may say yes for nothing."""
    return bool((data(text) == byte).any())


def borders(text: pa.Array, characters: str) -> bool:
    """Whether any cell may begin or end with one of these characters; no is certain, yes is not."""
    import numpy as np

    places, held = offsets(text), data(text)
    if not len(held):
        return False
    suspect = np.zeros(256, np.bool_)
    suspect[list(characters.encode())] = True
    first, last = (np.clip(ends - places[0], 0, len(held) - 1) for ends in (places[:-1], places[1:] - 1))
    return bool(suspect[held[first]].any() or suspect[held[last]].any())


def among(text: pa.Array, words: Sequence[str]) -> pa.Array:
    """Which cells are one of the words, (n,) string -> (n,) bool. Cells longer than all of them need no look."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pa.array(words, pa.string())
    short = np.diff(offsets(text)) <= max(len(word.encode()) for word in words)
    if 2 * np.count_nonzero(short) > len(text):
        return pc.is_in(text, value_set=known)
    places = np.flatnonzero(short)
    short[places] = np.asarray(pc.is_in(text.take(pa.array(places)), value_set=known))
    return pa.array(short)


def without(text: pa.Array, missing: pa.Array) -> pa.Array:
    """The same cells with null where ``missing`` (n,) bool is true. Only a bitmap is made where that is enough."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not missing.true_count:
        return text
    if text.null_count or text.offset or not pa.types.is_string(text.type):
        return pc.if_else(missing, pa.scalar(None, text.type), text)
    valid = pc.invert(missing)
    return pa.Array.from_buffers(text.type, len(text), [valid.buffers()[1], *text.buffers()[1:]], offset=0)
