"""What each column holds, decided over every row: the raw cells go by in batches, the readings that fit are left standing.

A reading is a ``cast`` of ``bundle.runtime.casting``, and whether a cell fits is asked of that module, so what is decided
here is what scoring will do.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import casting
from workers.engine.bundle.runtime.dates import ZONE
from workers.engine.bundle.runtime.numerals import GAPS, NOTATION, is_infinite
from workers.engine.intake.signs import PLACEHOLDERS, sign_of

if TYPE_CHECKING:
    import pyarrow as pa

Cast = dict[str, Any]
NEARLY = 0.95  # a reading that fits this share of the cells is offered, the rest becoming missing
MAX_UNREADABLE = 100  # distinct cells a column may have that its reading does not fit
MAX_WORDS = 1000
LONG_DIGITS = 10**16  # integers this large lose digits as floating point: they are names, not amounts
COMPACT: Cast = {"type": "datetime", "date_format": "%Y%m%d"}
PLAIN: Cast = {"type": "number", "decimal": ".", "thousands": None, "strip": None}


def number_casts(strip: str | None) -> list[Cast]:
    """Every way to write numbers we know, the plainest first."""
    marks = [
        (".", None),
        (",", None),
        (".", ","),
        (",", "."),
        (".", GAPS + "'\u2019"),
        (",", GAPS),
    ]
    kinds = [("integer", ".", None)] + [("number", decimal, thousands) for decimal, thousands in marks]
    return [{"type": kind, "decimal": decimal, "thousands": thousands, "strip": strip} for kind, decimal, thousands in kinds]


def other_casts() -> list[Cast]:
    """The readings that are not numbers."""
    dates = [{"type": "datetime", "date_format": name} for name in ("iso", *casting.DATE_FORMATS)]
    return [{"type": "boolean"}, *dates]


class Sample:
    """About ``size`` to twice as many cells, evenly spread over a column of unknown length."""

    def __init__(self, size: int) -> None:
        self.size, self.step, self.skip = size, 1, 0
        self.cells: list[str] = []

    def add(self, text: pa.Array) -> None:
        """The next cells, (n,) string."""
        import pyarrow as pa

        places = range(self.skip, len(text), self.step)
        self.skip = places.start + len(places) * self.step - len(text)
        while len(places) > 2 * self.size:  # a batch larger than the sample needs no look at all its cells
            places = places[::2]
        self.cells += text.take(pa.array(places, pa.int64())).to_pylist()
        while len(self.cells) > 2 * self.size:
            self.cells = self.cells[::2]
            self.step *= 2

    def distinct(self) -> list[str]:
        """Up to ``size`` of them, each once, in the order of the file."""
        found = list(dict.fromkeys(self.cells))
        return found[:: max(1, -(-len(found) // self.size))]


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
        self.low: int | None = None
        self.high: int | None = None
        self.words: Counter[str] = Counter()
        self.words_complete = True
        self._sample = Sample(MAX_WORDS)
        self.compact_dates = True  # every cell so far is a day written 20240131
        self.readings: list[Reading] | None = None  # None: every cell so far was a plain integer
        self.parts: dict[str, set[str]] = {
            "first": set(),
            "second": set(),
        }  # of day/month dates: tells which one never varies

    def add(self, raw: pa.Array) -> None:
        """One batch of raw cells, (n,) string."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = pc.utf8_trim(raw, characters=casting.SPACES)
        changed = pc.not_equal(pc.binary_length(text), pc.binary_length(raw))
        if changed.true_count:
            self.trimmed += changed.true_count
            if self.trimmed_example is None:
                at = pc.index(changed, True).as_py()
                self.trimmed_example = (raw[at].as_py(), text[at].as_py())
        missing = pc.is_in(text, value_set=pa.array([*casting.MISSING, *PLACEHOLDERS]))
        if missing.true_count:
            for item in pc.value_counts(text.filter(missing)).to_pylist():
                tokens = self.missing_tokens if item["values"] in casting.MISSING else self.placeholders
                tokens[item["values"]] += item["counts"]
            text = text.filter(pc.invert(missing))
        self.cells += len(raw)
        self._note_words(text)
        if len(text) and self.readings != [] and not self._quickly(text):
            self._judge(text)
        self.present += len(text)

    @property
    def sample(self) -> list[str]:
        """Up to ``MAX_WORDS`` distinct cells, trimmed, spread over the file; all of them when there are no more."""
        return list(self.words) if self.words_complete else self._sample.distinct()

    def _note_words(self, text: pa.Array) -> None:
        import pyarrow.compute as pc

        self._sample.add(text)
        if not self.words_complete or len(pc.unique(text[:4000])) > MAX_WORDS:  # a glance, before everything is counted
            self.words_complete = False
        else:
            counted = pc.value_counts(text)
            self.words_complete = len(counted) <= MAX_WORDS
            if self.words_complete:
                for word, count in zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True):
                    self.words[word] += count
                self.words_complete = len(self.words) <= MAX_WORDS
        if not self.words_complete:
            self.words.clear()

    def readings_that_fit(self, share: float = 1.0) -> list[Reading]:
        """The readings that fit at least ``share`` of the cells that hold something, the plainest first."""
        if self.readings is None:
            return [Reading(number_casts(None)[0], self.present)]
        return [reading for reading in self.readings if reading.fits >= share * self.present]

    def _quickly(self, text: pa.Array) -> bool:
        """Columns of plain numbers, the most of most files, need no look at each distinct cell."""
        if self.readings is None:
            return self._integers(text)
        plain = next((reading for reading in self.readings if reading.cast == PLAIN), None)
        if plain is None or plain.fits < self.present or not self.present or not _floats(text):
            return False
        plain.fits += len(text)
        self.readings = [plain]
        return True

    def _integers(self, text: pa.Array) -> bool:
        """The quick way: a whole batch of plain integers. Notes leading zeros and long digits; False when it is not."""
        import pyarrow as pa
        import pyarrow.compute as pc

        try:
            values = pc.cast(text, pa.int64())
        except pa.ArrowInvalid:
            return False
        if pc.any(pc.match_substring(text, "x", ignore_case=True)).as_py():
            return False
        self._note_codes(text)
        low, high = pc.min_max(values).as_py().values()
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)
        if self.compact_dates:
            self.compact_dates = 19000101 <= low <= high <= 21001231 and not _unreadable(pc.unique(text), COMPACT).true_count
        if self.long_digits is None and (pc.max(pc.abs(values)).as_py() or 0) >= LONG_DIGITS:
            self.long_digits = text[pc.index(pc.greater_equal(pc.abs(values), LONG_DIGITS), True).as_py()].as_py()
        return True

    def _note_codes(self, words: pa.Array) -> None:
        import pyarrow.compute as pc

        if self.leading_zeros is None:
            zero = pc.match_substring_regex(words, r"^[+-]?0\d+$")
            if zero.true_count:
                self.leading_zeros = words[pc.index(zero, True).as_py()].as_py()

    def _judge(self, text: pa.Array) -> None:
        """The careful way: each distinct cell against each reading still standing."""
        import pyarrow.compute as pc

        counted = pc.value_counts(text)
        words, counts = counted.field("values"), counted.field("counts")
        if self.readings is None:
            self.readings = self._candidates(words[:200].to_pylist())
            self.low = self.high = None
        if any(reading.cast["type"] == "integer" for reading in self.readings):
            self._note_codes(words)
            if self.long_digits is None:
                long = pc.match_substring_regex(words, r"^[+-]?\d{17,}$")
                self.long_digits = words[pc.index(long, True).as_py()].as_py() if long.true_count else None
        self._note_marks(words, counts)
        total = self.present + len(text)
        standing = []
        for reading in self.readings:
            wrong = _unreadable(words, reading.cast)
            reading.fits += len(text) - (pc.sum(counts.filter(wrong)).as_py() or 0)
            if len(reading.unreadable) <= MAX_UNREADABLE and wrong.true_count:
                odd = zip(
                    words.filter(wrong)[: MAX_UNREADABLE + 1].to_pylist(),
                    counts.filter(wrong)[: MAX_UNREADABLE + 1].to_pylist(),
                    strict=True,
                )
                reading.unreadable.update(dict(odd))
            if reading.fits >= 0.8 * total or total < 50:
                standing.append(reading)
        self.readings = standing
        if any(day_first(reading.cast) is not None for reading in standing):
            self._note_parts(words)

    def _candidates(self, sample: list[str]) -> list[Reading]:
        """The readings worth trying, judged from some cells; earlier plain integers are credited to the readings of numbers."""
        import pyarrow as pa

        sign = sign_of(sample)
        words = pa.array(sample, pa.string())
        chosen = []
        for cast in number_casts(sign) + other_casts():
            credit = self.present if cast["type"] in ("integer", "number") else 0
            if not credit and not _worth_trying(sample[:9], cast):
                continue
            if credit or len(sample) - _unreadable(words, cast).true_count >= 0.5 * len(sample):
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


def _floats(text: pa.Array) -> bool:
    """Whether all are plain finite numbers; Arrow's own parser also knows nan and inf, which are not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return bool(pc.all(pc.is_finite(pc.cast(text, pa.float64()))).as_py())
    except pa.ArrowInvalid:
        return False


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
