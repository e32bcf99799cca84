"""One column on its way through the only pass over the file: what it holds, and its values as it is guessed to be read.

The guess is made from the first rows and holds for nearly every column of nearly every file; what is decided in the end is
decided over all rows, and a column for which the guess was wrong is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.bundle.runtime import casting
from workers.engine.intake.decision import Decision, whole_only
from workers.engine.intake.kinds import Cast, ColumnKind, Seen

if TYPE_CHECKING:
    import pyarrow as pa

WORDS = ("category", "text", "empty")


class Watched:
    """A column and the guess how it is read; ``guess`` is None from the start or once a cell did not fit."""

    def __init__(self) -> None:
        self.kind = ColumnKind()
        self.guess: Cast | None = None

    def take(self, raw: pa.Array) -> pa.Array | None:
        """Watch one batch of raw cells, (n,) string; its values, (n,), while the guess stands."""
        return self.values(self.kind.add(raw))

    def values(self, seen: Seen) -> pa.Array | None:
        """A batch that was watched, read as guessed; None when it cannot be, now and from now on."""
        if self.guess is not None:
            typed = read(seen, self.guess)
            if typed is not None:
                return typed
            self.guess = None
        return None

    def settled(self, decision: Decision) -> bool:
        """Whether the values handed out are those of the decision, and it has nothing left to count on the way."""
        # Every cell fitted, so there are no misfits; words that were made missing on the way, and formulas, are met only cell by cell.
        return self.guess == decision.cast and decision.strict is None and decision.formulas is None


def read(seen: Seen, cast: Cast) -> pa.Array | None:
    """The values of a batch under ``cast``, with what is known of it used again; None when a cell does not fit. Words that repeat
    come as a dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = not seen.placeholders and cast.get("missing") == list(casting.MISSING)
    if plain and seen.values is not None and cast == {**(seen.cast or {}), "missing": cast["missing"]}:
        typed = seen.values
    elif plain and cast["type"] in WORDS and not (cast.get("same") or cast.get("pseudonym")):
        typed = seen.text
    else:
        typed, wrong = whole_only(seen.words, cast)
        if wrong.true_count:
            return None
    if seen.indices is None:
        return typed
    return _pointed(typed, seen.indices) if pa.types.is_string(typed.type) else pc.take(typed, seen.indices)


def _pointed(words: pa.Array, indices: pa.Array) -> pa.Array:
    """Which of few words each cell is. The same word may come twice, and a word may be missing: (m,), (n,) -> dictionary (n,)"""
    import pyarrow as pa
    import pyarrow.compute as pc

    distinct = pc.dictionary_encode(words)
    return pa.DictionaryArray.from_arrays(pc.take(distinct.indices, indices), distinct.dictionary)
