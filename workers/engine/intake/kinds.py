"""What each column holds, decided over every row: the raw cells go by in batches, the readings that fit are left standing.

A reading is a ``cast`` of ``bundle.runtime.casting``, and whether a cell fits is asked of that module, so what is decided
here is what scoring will do.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import buffers, casting
from workers.engine.bundle.runtime.dates import ZONE
from workers.engine.bundle.runtime.numerals import GAPS, NOTATION, is_infinite
from workers.engine.intake import quick
from workers.engine.intake.counting import Counts, Sample, counted, tallied, total, valid
from workers.engine.intake.signs import PLACEHOLDERS, is_scaled, sign_of

if TYPE_CHECKING:
    import pyarrow as pa

Cast = dict[str, Any]
NEARLY = 0.95  # a reading that fits this share of the cells is offered, the rest becoming missing
MAX_UNREADABLE = 100  # distinct cells a column may have that its reading does not fit
MAX_WORDS = 1000
LONG_DIGITS = 10**16  # integers this large lose digits as floating point: they are names, not amounts
COMPACT: Cast = {"type": "datetime", "date_format": "%Y%m%d"}
ISO: Cast = {"type": "datetime", "date_format": "iso"}
PLAIN: Cast = {"type": "number", "decimal": ".", "thousands": None, "strip": None}


def number_casts(strip: str | None, scaled: bool = False) -> list[Cast]:
    """Every way to write numbers we know, the plainest first; ``scaled``: with letters for powers of ten."""
    marks = [
        (".", None),
        (",", None),
        (".", ","),
        (",", "."),
        (".", GAPS + "'\u2019"),
        (",", GAPS),
    ]
    kinds = [("integer", ".", None)] + [("number", decimal, thousands) for decimal, thousands in marks]
    more = {"scaled": True} if scaled else {}
    return [{"type": kind, "decimal": decimal, "thousands": thousands, "strip": strip, **more} for kind, decimal, thousands in kinds]


def other_casts() -> list[Cast]:
    """The readings that are not numbers."""
    dates = [{"type": "datetime", "date_format": name} for name in ("iso", *casting.DATE_FORMATS)]
    return [{"type": "boolean"}, *dates]


@dataclass(frozen=True)
class Seen:
    """What was read of one batch on the way. ``words``: its cells, each distinct one once where ``indices`` is given; ``text``:
    the same, trimmed, null where missing or a placeholder; ``values``: the same read with ``cast``, where that was done."""

    words: pa.Array
    text: pa.Array
    values: pa.Array | None
    cast: Cast | None
    indices: pa.Array | None
    placeholders: bool  # whether it holds any


@dataclass
class Reading:
    """One candidate and how many of the cells seen so far it fits."""

    cast: Cast
    fits: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


class ColumnKind:
    """Watches one column. Feed every batch to ``add``, then ask ``readings_that_fit`` and the counters.

    ``low`` and ``high`` are known for columns of plain integers. ``words`` counts the distinct cells that hold something,
    trimmed, as long as there are at most ``MAX_WORDS`` of them (``words_complete``); ``sample`` then still holds up to
    ``MAX_WORDS`` distinct ones from all over the file.
    """

    def __init__(self) -> None:
        self.cells = 0
        self.present = 0
        self.missing_tokens: Counter[str] = Counter()
        self.trimmed = 0
        self.trimmed_example: tuple[str, str] | None = None
        self.leading_zeros: str | None = None  # an example
        self.long_digits: str | None = None
        self.infinite = 0
        self.placeholders: Counter[str] = Counter()  # cells such as "-"; not among ``present``, words and readings
        self.notations: Counter[str] = Counter()  # numbers written (5), 5- or −5: some of them, with counts
        self.zoned = 0  # dates with a zone
        self.formula = False  # whether a cell among words starts as a formula does
        self.low: int | None = None
        self.high: int | None = None
        self.words: Counter[str] = Counter()
        self.words_complete = True
        self._sample = Sample(MAX_WORDS)
        self._few: bool | None = None  # whether the last batch had few distinct cells
        self.compact_dates = True  # every cell so far is a day written 20240131
        self.readings: list[Reading] | None = None  # None: every cell so far was a plain integer
        self.parts: dict[str, set[str]] = {
            "first": set(),
            "second": set(),
        }  # of day/month dates: tells which one never varies

    def add(self, raw: pa.Array) -> Seen:
        """One batch of raw cells, (n,) string. Hands back what was read of them on the way."""
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = self._encoded(raw)
        words, counts = (raw, None) if encoded is None else (encoded.dictionary, counted(encoded.indices, len(encoded.dictionary)))
        placeholders = self.placeholders.total()
        text, values = (None, None) if counts is not None or self.readings == [] else self._plain(raw)
        if text is None:
            text = self._cleaned(words, counts)
        self._sample.add(text if encoded is None else pa.DictionaryArray.from_arrays(encoded.indices, text, safe=False))
        held = len(raw) - text.null_count if counts is None else int(counts[valid(text)].sum())
        self._note_words(text, counts)
        if held and values is None and self.readings != []:
            values = self._quickly(text, held)
            if values is None:
                self._judge(text, counts, held)
        if self.readings == [] and not self.formula:
            self.formula = bool(pc.any(pc.starts_with(text, "=")).as_py())
        cast = None if values is None else self.plainest.cast
        self.cells += len(raw)
        self.present += held
        return Seen(words, text, values, cast, None if encoded is None else encoded.indices, self.placeholders.total() > placeholders)

    def _plain(self, raw: pa.Array) -> tuple[pa.Array, pa.Array] | tuple[None, None]:
        """(cells, values) of a batch whose cells are plain numbers or dates, or empty; Nones when they are not. Arrow reads neither
        spaces around a cell nor a word for missing, so none of them needs a look of its own."""
        import pyarrow.compute as pc

        empty = pc.equal(pc.binary_length(raw), 0)
        count = int(empty.true_count)
        if raw.null_count or count == len(raw):
            return None, None
        text = buffers.without(raw, empty)
        values = self._quickly(text, len(raw) - count)
        if values is None:
            return None, None
        if count:
            self.missing_tokens[""] += count
        return text, values

    def _encoded(self, raw: pa.Array) -> pa.DictionaryArray | None:
        """The batch by its distinct cells, while they are few: then everything is done once for each of them."""
        import pyarrow.compute as pc

        if self._few is None:  # a glance, before everything is counted
            self._few = len(pc.unique(raw[: 4 * MAX_WORDS])) <= MAX_WORDS
        if not self._few:
            return None
        encoded = pc.dictionary_encode(raw)
        self._few = len(encoded.dictionary) <= max(MAX_WORDS, len(raw) // 8)
        return encoded

    def _cleaned(self, words: pa.Array, counts: Counts | None) -> pa.Array:
        """Trimmed, with null for missing tokens and placeholders."""
        import pyarrow.compute as pc

        text = pc.utf8_trim(words, characters=casting.SPACES) if buffers.borders(words, casting.SPACES) else words
        if text is not words and len(buffers.data(text)) != len(buffers.data(words)):
            changed = pc.not_equal(pc.binary_length(text), pc.binary_length(words))
            self.trimmed += total(changed, counts)
            if self.trimmed_example is None:
                at = pc.index(changed, True).as_py()
                self.trimmed_example = (words[at].as_py(), text[at].as_py())
        missing = buffers.among(text, (*casting.MISSING, *PLACEHOLDERS))
        if missing.true_count:
            for word, count in zip(*tallied(text, counts, missing), strict=True):
                tokens = self.missing_tokens if word in casting.MISSING else self.placeholders
                tokens[word] += count
        return buffers.without(text, missing)

    @property
    def sample(self) -> list[str]:
        """Up to ``MAX_WORDS`` distinct cells, trimmed, spread over the file; all of them when there are no more."""
        return list(self.words) if self.words_complete else self._sample.distinct()

    def _note_words(self, text: pa.Array, counts: Counts | None) -> None:
        if not self.words_complete:
            return
        self.words_complete = counts is not None and len(text) - text.null_count <= MAX_WORDS
        if self.words_complete:
            for word, count in zip(*tallied(text, counts), strict=True):
                self.words[word] += count
            self.words_complete = len(self.words) <= MAX_WORDS
        if not self.words_complete:
            self.words.clear()

    @property
    def plainest(self) -> Reading:
        """The first reading standing: that of plain integers until a cell is not one."""
        return Reading(number_casts(None)[0], self.present) if self.readings is None else self.readings[0]

    def readings_that_fit(self, share: float = 1.0) -> list[Reading]:
        """The readings that fit at least ``share`` of the cells that hold something, the plainest first."""
        if self.readings is None:
            return [Reading(number_casts(None)[0], self.present)]
        return [reading for reading in self.readings if reading.fits >= share * self.present]

    def _quickly(self, text: pa.Array, held: int) -> pa.Array | None:
        """The values, where all cells are plain numbers or ISO dates as all before them were: no distinct cell needs a look."""
        if self.readings is None:
            return self._integers(text)
        plainest = self.readings[0]
        if plainest.fits < self.present or not self.present:
            return None
        values = quick.floats(text) if plainest.cast == PLAIN else quick.dates(text) if plainest.cast == ISO else None
        if values is None:
            return None
        self.readings = [reading for reading in self.readings if _implied(plainest.cast, reading.cast)]
        for reading in self.readings:
            reading.fits += held
        return values

    def _integers(self, text: pa.Array) -> pa.Array | None:
        """The values of a whole batch of plain integers. Notes leading zeros and long digits; None when it is not."""
        import pyarrow.compute as pc

        values = quick.integers(text)
        if values is None:
            return None
        self._note_codes(text)
        low, high = pc.min_max(values).as_py().values()
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)
        if self.compact_dates:
            self.compact_dates = 19000101 <= low <= high <= 21001231 and not _unreadable(pc.unique(text), COMPACT).true_count
        if self.long_digits is None and max(-low, high) >= LONG_DIGITS:
            long = pc.or_(pc.greater_equal(values, LONG_DIGITS), pc.less_equal(values, -LONG_DIGITS))
            self.long_digits = text[pc.index(long, True).as_py()].as_py()
        return values

    def _note_codes(self, words: pa.Array) -> None:
        if self.leading_zeros is None:
            self.leading_zeros = quick.leading_zeros(words)

    def _judge(self, text: pa.Array, tally: Counts | None, held: int) -> None:
        """The careful way: each distinct cell against each reading still standing."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if tally is None:
            both = pc.value_counts(text.drop_null())
            words, counts = both.field("values"), both.field("counts")
        else:
            words, counts = text.drop_null(), pa.array(tally[valid(text)])
        if self.readings is None:
            self.readings = self._candidates(words[:200].to_pylist())
            self.low = self.high = None
        if any(reading.cast["type"] == "integer" for reading in self.readings):
            self._note_codes(words)
            if self.long_digits is None:
                long = pc.match_substring_regex(words, r"^[+-]?\d{17,}$")
                self.long_digits = words[pc.index(long, True).as_py()].as_py() if long.true_count else None
        self._note_marks(words, counts)
        seen = self.present + held
        standing = []
        plain = quick.floats(words) is not None
        for reading in self.readings:
            known = plain and _implied(PLAIN, reading.cast)
            wrong = pa.repeat(pa.scalar(False), len(words)) if known else _unreadable(words, reading.cast)
            reading.fits += held - (pc.sum(counts.filter(wrong)).as_py() or 0)
            if len(reading.unreadable) <= MAX_UNREADABLE and wrong.true_count:
                odd = zip(
                    words.filter(wrong)[: MAX_UNREADABLE + 1].to_pylist(),
                    counts.filter(wrong)[: MAX_UNREADABLE + 1].to_pylist(),
                    strict=True,
                )
                reading.unreadable.update(dict(odd))
            if reading.fits >= 0.8 * seen or seen < 50:
                standing.append(reading)
        self.readings = standing
        if any(day_first(reading.cast) is not None for reading in standing):
            self._note_parts(words)

    def _candidates(self, sample: list[str]) -> list[Reading]:
        """The readings worth trying, judged from some cells; earlier plain integers are credited to the readings of numbers."""
        import pyarrow as pa

        words = pa.array(sample, pa.string())
        chosen = []
        plain = quick.floats(words) is not None  # then the only date they could be is one without marks
        for cast in number_casts(sign_of(sample), is_scaled(sample)) + ([COMPACT] if plain else other_casts()):
            credit = self.present if cast["type"] in ("integer", "number") else 0
            if not credit and not _worth_trying(sample[:9], cast):
                continue
            known = plain and _implied(PLAIN, cast)
            if credit or known or len(sample) - _unreadable(words, cast).true_count >= 0.5 * len(sample):
                chosen.append(Reading(cast, credit))
        return chosen

    def _note_marks(self, words: pa.Array, counts: pa.Array) -> None:
        """Infinite numbers, numbers written in a special way, dates with a zone: where some reading makes them so."""
        import pyarrow.compute as pc

        kinds = {reading.cast["type"]: reading.cast for reading in reversed(self.readings or [])}
        if "number" in kinds:
            self.infinite += pc.sum(counts.filter(is_infinite(words, kinds["number"]))).as_py() or 0
            special = pc.match_substring_regex(words, NOTATION)
            if special.true_count and len(self.notations) < MAX_UNREADABLE:
                found = zip(words.filter(special).to_pylist(), counts.filter(special).to_pylist(), strict=True)
                self.notations.update(dict(list(found)[:MAX_UNREADABLE]))
        if "datetime" in kinds:
            self.zoned += pc.sum(counts.filter(pc.match_substring_regex(words, rf"\d{{2}} ?{ZONE}"))).as_py() or 0

    def _note_parts(self, words: pa.Array) -> None:
        import pyarrow.compute as pc

        found = pc.extract_regex(words, r"^(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-]")
        for name, seen in self.parts.items():
            if len(seen) < 2:
                seen.update(value.lstrip("0") for value in pc.unique(pc.struct_field(found, name)).to_pylist()[:50] if value)


def _worth_trying(words: list[str], cast: Cast) -> bool:
    """A quick look at a few cells, so that most columns meet only the readings they could have."""
    if cast["type"] == "datetime":
        shape = casting.ISO if cast["date_format"] == "iso" else casting.DATE_FORMATS[cast["date_format"]]
        fitting = sum(re.match(shape, word) is not None for word in words)
    elif cast["type"] == "boolean":
        fitting = sum(word.lower() in ("true", "false") for word in words)
    else:
        fitting = sum(any(character.isdigit() for character in word) for word in words)
    return fitting >= 0.3 * len(words)


def _implied(plainest: Cast, other: Cast) -> bool:
    """Whether whatever ``plainest`` fits, read the quick way, ``other`` fits too."""
    if plainest == ISO:
        return other in (ISO, {"type": "datetime", "date_format": "%Y-%m-%d"})
    return other["type"] == "number" and other["decimal"] == "." and other["strip"] is None


def _unreadable(words: pa.Array, cast: Cast) -> pa.Array:
    """Which words the reading does not fit. (n,) string -> (n,) bool"""
    import pyarrow.compute as pc

    if cast["type"] == "integer":  # casting is generous to 3.0; deciding is not
        return pc.invert(pc.match_substring_regex(casting.normal_number(words, cast), casting.INTEGER))
    wrong: pa.Array = casting.cast_array(words, {**cast, "missing": []})[1]
    return wrong


def day_first(cast: Cast) -> bool | None:
    """True for day/month dates, False for month/day, None for anything else."""
    form = str(cast.get("date_format", ""))
    match = re.match(r"%([dm])[/.-]%[md][/.-]", form)
    return match.group(1) == "d" if match else None
