"""The quick look at a piece of a delimited file: is it plain? A piece is judged alone, so pieces are judged in parallel.

Plain means that, starting outside quotes at the beginning of a record, every record is as wide as the header, every quote
stands where one may, no cell is too large, and the piece ends with a record. Nearly all pieces of nearly all files are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
LF, CR = 10, 13


@dataclass(frozen=True)
class Rules:
    """What a plain piece keeps to. Bytes as numbers; ``max_cell`` in bytes."""

    delimiter: int
    quote: int | None
    width: int
    max_cell: int


@dataclass(frozen=True)
class Tally:
    """What a plain piece holds."""

    records: int
    lines: int  # physical
    max_record: int  # bytes
    quoted_newlines: bool


def tally(piece: bytes, rules: Rules) -> Tally | None:
    """The counts of a plain piece; None when it is not plain, which says nothing yet: the careful scanner looks again."""
    if not piece.endswith(b"\n"):
        return None
    returns = b"\r" in piece
    if returns and piece.count(b"\r") != piece.count(b"\r\n"):
        return None  # a lone CR ends a line too
    data = np.frombuffer(piece, dtype=np.uint8)
    special = (data == rules.delimiter) | (data == LF)
    if rules.quote is not None:
        special |= data == rules.quote
    places = np.flatnonzero(special)
    marks = data[places]
    breaks = np.flatnonzero(marks == LF)
    lines = len(breaks)
    if rules.quote is not None:
        quotes = np.flatnonzero(marks == rules.quote)
        if not _fine(data, places[quotes], rules):
            return None
        if (quotes[1::2] == quotes[::2] + 1).all():  # no separator is inside quotes
            ranks = breaks - np.searchsorted(quotes, breaks)
        else:
            breaks, ranks = _outside(marks, rules.quote)
    else:
        ranks = breaks
    # The n-th line end is separator n * width: then, and only then, every record has the same width.
    if not (ranks == np.arange(1, len(ranks) + 1) * rules.width - 1).all():
        return None
    ends = places[breaks]
    sizes = np.diff(ends, prepend=-1) - 1
    if returns:
        sizes -= data[ends - 1] == CR
    if sizes.min() == 0 or sizes.max() > rules.max_cell:  # a blank line, or perhaps a large cell
        return None
    return Tally(len(ends), lines, int(sizes.max()), lines > len(ends))


def _fine(data: npt.NDArray[np.uint8], quotes: Positions, rules: Rules) -> bool:
    """Whether quotes open and close by turns: an opening one follows a separator, a closing one precedes one, and a doubled
    quote is a closing and an opening one that touch."""
    if len(quotes) % 2:
        return False
    before, after = data[quotes[::2] - 1], data[quotes[1::2] + 1]  # "before" the first byte stands the last one, which is LF
    return bool(_edge(before, rules).all() and _edge(after, rules).all())


def _edge(byte: npt.NDArray[np.uint8], rules: Rules) -> npt.NDArray[np.bool_]:
    return np.asarray((byte == rules.delimiter) | (byte == LF) | (byte == CR) | (byte == rules.quote))


def _outside(marks: npt.NDArray[np.uint8], quote: int) -> tuple[Positions, Positions]:
    """(which of the marks are line ends outside quotes, how many separators outside quotes precede each)."""
    is_quote = marks == quote
    inside = np.cumsum(is_quote, dtype=np.uint8) & 1  # wraps at 256, which is even
    separators = np.flatnonzero(~(is_quote | inside.view(np.bool_)))
    ranks = np.flatnonzero(marks[separators] == LF)
    return separators[ranks], ranks
