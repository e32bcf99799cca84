"""The quick look at a piece of a delimited file: is it plain? A piece is judged alone, so pieces are judged in parallel.

Plain means that, starting outside quotes at the beginning of a record, every record is as wide as the header, every quote
stands where one may, no cell is too large, and the piece ends with a record. Nearly all pieces of nearly all files are.

A mark is looked for in all bytes at once and kept as one bit for each byte, 64 of them to a word, the first byte lowest. What
is asked of neighbours and of the marks before is then a shift or a count of bits, for 64 bytes at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
Bits = npt.NDArray[np.uint64]
LF, CR = 10, 13
WORD, ONE, LAST, ALL = 64, np.uint64(1), np.uint64(63), np.uint64(2**64 - 1)
# Of a byte with one bit: the place of that bit.
_PLACE = np.array([byte.bit_length() - 1 for byte in range(256)], np.intp)


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
    feeds = _marks(data, LF)
    separators = feeds | _marks(data, rules.delimiter)
    lines = int(np.bitwise_count(feeds).sum())
    quotes = None if rules.quote is None else _marks(data, rules.quote)
    if quotes is not None and quotes.any():
        inside = _inside(quotes)
        edges = separators | quotes | (_marks(data, CR) if returns else np.uint64(0))
        if inside[-1] >> LAST or not _fine(quotes, inside, edges):
            return None
        feeds &= ~inside
        separators &= ~inside
    ends = _places(feeds)
    # The n-th line end is separator n * width: then, and only then, every record has the same width.
    if not (_before(separators, ends) == np.arange(1, len(ends) + 1) * rules.width - 1).all():
        return None
    sizes = np.diff(ends, prepend=-1) - 1
    if returns:
        sizes -= data[ends - 1] == CR
    if sizes.min() == 0 or sizes.max() > rules.max_cell:  # a blank line, or perhaps a large cell
        return None
    return Tally(len(ends), lines, int(sizes.max()), lines > len(ends))


def _marks(data: npt.NDArray[np.uint8], byte: int) -> Bits:
    """Where the byte stands, a bit for each byte of the data."""
    packed = np.packbits(data == byte, bitorder="little")
    words = np.empty(-(-len(data) // WORD), "<u8")
    words[-1] = 0
    words.view(np.uint8)[: len(packed)] = packed
    return words


def _inside(quotes: Bits) -> Bits:
    """The bits from each opening quote up to, not including, its closing one: those with an odd number of quotes up to them."""
    inside, shifted = quotes.copy(), np.empty_like(quotes)
    for places in (1, 2, 4, 8, 16, 32):
        inside ^= np.left_shift(inside, np.uint64(places), out=shifted)
    odd = np.bitwise_xor.accumulate(inside >> LAST)
    inside[1:] ^= odd[:-1] * ALL
    return inside


def _fine(quotes: Bits, inside: Bits, edges: Bits) -> bool:
    """Whether quotes open and close by turns: an opening one follows a separator, a closing one precedes one, and a doubled
    quote is a closing and an opening one that touch."""
    follows = edges << ONE
    follows[1:] |= edges[:-1] >> LAST
    follows[0] |= ONE  # before a piece stands a line end
    precedes = edges >> ONE
    precedes[:-1] |= edges[1:] << LAST
    misplaced = quotes & ((inside & ~follows) | ~(inside | precedes))
    return not misplaced.any()


def _places(marks: Bits) -> Positions:
    """Which bytes are marked, in order."""
    packed = marks.view(np.uint8)
    held = np.flatnonzero(packed != 0)
    places = _PLACE[packed[held]]
    if (packed[held] & (packed[held] - 1)).any():  # two in eight bytes
        return np.flatnonzero(np.unpackbits(packed, bitorder="little").view(np.bool_))
    return np.asarray(held * 8 + places)


def _before(marks: Bits, places: Positions) -> Positions:
    """How many bytes are marked before each of these places."""
    counts = np.bitwise_count(marks)
    words = places // WORD
    lower = (ONE << (places % WORD).astype(np.uint64)) - ONE
    return (np.cumsum(counts, dtype=np.intp) - counts)[words] + np.bitwise_count(marks[words] & lower)
