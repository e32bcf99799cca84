"""Columns of plain numbers and ISO dates, the most of most files, read whole and without a look at each distinct cell.

Each function gives None as soon as one cell is anything else; nulls stay null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.bundle.runtime import buffers
from workers.engine.bundle.runtime.dates import FIRST

if TYPE_CHECKING:
    import pyarrow as pa

SHORT_DATE, DATE_AND_TIME = 10, 16  # characters of 2024-01-31 and of 2024-01-31 10:15


def integers(text: pa.Array) -> pa.Array | None:
    """int64 where every cell is one. (n,) string -> (n,)"""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        values = pc.cast(text, pa.int64())
    except pa.ArrowInvalid:
        return None
    if (buffers.holds(text, ord("x")) or buffers.holds(text, ord("X"))) and _any(pc.match_substring(text, "x", ignore_case=True)):
        return None  # Arrow also reads 0x1A
    return values


def floats(text: pa.Array) -> pa.Array | None:
    """double where every cell is a finite number; Arrow's own parser also knows nan and inf, which are not. (n,) string -> (n,)"""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        values = pc.cast(text, pa.float64())
    except pa.ArrowInvalid:
        return None
    return None if _any(pc.invert(pc.is_finite(values))) else values


def dates(text: pa.Array) -> pa.Array | None:
    """timestamp[us] where every cell is a date, or a date and a time of at least minutes, without a zone. (n,) string -> (n,)"""
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.binary_length(text)
    if _any(pc.and_(pc.not_equal(lengths, SHORT_DATE), pc.less(lengths, DATE_AND_TIME))):
        return None
    try:
        values = pc.cast(text, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    return None if _any(pc.less(pc.cast(values, pa.int64()), FIRST)) else values


def leading_zeros(words: pa.Array) -> str | None:
    """A whole number written with a zero in front, such as 007, if there is one."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    first = buffers.first_bytes(words)
    maybe = words.filter(pa.array((first == ord("0")) | (first == ord("+")) | (first == ord("-"))))
    found = np.flatnonzero(pc.fill_null(pc.match_substring_regex(maybe, r"^[+-]?0\d+$"), False))
    return str(maybe[int(found[0])]) if len(found) else None


def _any(mask: pa.Array) -> bool:
    return bool(mask.true_count)
