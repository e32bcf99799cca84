"""From raw cells to typed values: the one place where text becomes a number, a date or a category.

The import job decides how each column is read and stores it as the column's ``cast``; scoring reads a raw cell with the
same ``cast``, so a cell means the same in training, in a batch file, online and in the bundle.

A ``cast`` is plain JSON::

    {"type": "number", "missing": ["", "NA", …], "decimal": ",", "thousands": ".", "strip": "%"}
    {"type": "datetime", "missing": […], "date_format": "iso", "pivot": 68}
    {"type": "boolean", "missing": […], "true": ["yes"], "false": ["no"]}
    {"type": "category", "missing": […], "same": {"YES": "Yes"}, "pseudonym": "0a1b…"}

Every cell is trimmed first. ``missing`` names texts, and values: 999 there also covers 999.0. ``strip`` is one sign or unit
taken off a number (see ``numerals``). A fraction in a column of integers is read as the number it is, or is unreadable where
``whole`` says so. ``date_format`` and ``pivot``: see ``dates``. ``true`` and ``false`` are words, in lower
case, beside true and false. ``same`` maps a spelling to the one that stands for it. ``pseudonym`` is the hex key with which
every value is replaced. Unreadable cells become missing and are reported, never dropped in silence.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import dates
from workers.engine.bundle.runtime.dates import DATE_FORMATS as DATE_FORMATS
from workers.engine.bundle.runtime.dates import ISO as ISO
from workers.engine.bundle.runtime.numerals import INTEGER as INTEGER
from workers.engine.bundle.runtime.numerals import normal_number as normal_number
from workers.engine.bundle.runtime.numerals import numbers, whole_numbers
from workers.engine.bundle.runtime.refusal import gettext_noop

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Cast = Mapping[str, Any]
# Exact spellings. "none", "unknown" and the like stay categories: people use them as answers.
MISSING = (
    "",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "NAN",
    "null",
    "NULL",
    "None",
    "?",
    "#N/A",
    "<NA>",
    "\\N",
    "NaT",
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
)
SPACES = " \t\r\n\x0b\x0c\u00a0\u2009\u200b\u202f\u3000\ufeff"
PSEUDONYM = 16  # hexadecimal digits


@dataclass(frozen=True)
class BadCell:
    """A cell its column cannot read. ``row`` is the 0-based position in the table that was cast."""

    row: int
    column: str
    value: str
    code: str
    reason: str  # %-template over ``column`` and ``value``


def clean(raw: pa.Array, cast: Cast) -> pa.Array:
    """Trimmed text, with the column's missing tokens as null. (n,) string -> (n,) string."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim(raw, characters=SPACES)
    missing = pc.is_in(text, value_set=pa.array(cast.get("missing", MISSING), pa.string()))
    return pc.if_else(missing, pa.scalar(None, pa.string()), text)


def cast_array(raw: pa.Array, cast: Cast) -> tuple[pa.Array, pa.Array]:
    """Type one column of raw cells. (n,) string -> (typed (n,), unreadable (n,) bool).

    integer -> int64 (double when a cell holds a fraction), number -> double, boolean -> bool, datetime -> timestamp[us] in UTC,
    category, text and empty -> string. Infinite numbers are missing, not unreadable.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    text = clean(raw, cast)
    kind = cast["type"]
    if kind in ("category", "text", "empty"):
        return _words(text, cast), pa.repeat(pa.scalar(False), len(text))
    values = _missing_words(cast)
    if kind in ("integer", "number"):
        typed, wrong = whole_numbers(text, cast) if cast.get("whole") else numbers(text, cast)
        return typed if values is None else _without(typed, numbers(values, cast)[0]), wrong
    if kind == "datetime":
        typed = _datetimes(text, cast)
        wrong = pc.and_(pc.is_valid(text), pc.is_null(typed))
        if values is not None:
            typed = _without(_without(typed, _datetimes(values, cast)), dates.parse(values, "iso"))
        return typed, wrong
    typed = _booleans(text, cast)
    return typed, pc.and_(pc.is_valid(text), pc.is_null(typed))


def _words(text: pa.Array, cast: Cast) -> pa.Array:
    """Spellings that mean the same made one, and pseudonyms given, each distinct text once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    same, key = cast.get("same") or {}, cast.get("pseudonym")
    if not (same or key):
        return text
    encoded = pc.dictionary_encode(text)
    words = [same.get(word, word) for word in encoded.dictionary.to_pylist()]
    if key:
        words = [pseudonym(word, key) for word in words]
    return pc.take(pa.array(words, pa.string()), encoded.indices)


def pseudonym(word: str, key: str) -> str:
    """What stands for ``word``: the same word and hex key always give the same, and nobody without the key can tell it back."""
    return hmac.new(bytes.fromhex(key), word.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM]


def _booleans(text: pa.Array, cast: Cast) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(text)
    yes = pc.is_in(lower, value_set=pa.array(["true", *cast.get("true", ())]))
    known = pc.or_(yes, pc.is_in(lower, value_set=pa.array(["false", *cast.get("false", ())])))
    return pc.if_else(known, yes, pa.scalar(None, pa.bool_()))


def _datetimes(text: pa.Array, cast: Cast) -> pa.Array:
    """Each distinct text is parsed once."""
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(text)
    parsed = dates.parse(encoded.dictionary, cast["date_format"], cast.get("pivot", dates.PIVOT))
    return pc.take(parsed, encoded.indices)


def _missing_words(cast: Cast) -> pa.Array | None:
    """The missing tokens that may be values too; None when there are none, as a rule."""
    import pyarrow as pa

    words = [word for word in cast.get("missing", ()) if any(map(str.isdecimal, word))]
    return pa.array(words, pa.string()) if words else None


def _without(typed: pa.Array, values: pa.Array) -> pa.Array:
    """The values that stand for "not known", as missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = typed.type if typed.type == values.type else pa.float64()
    unknown = pc.is_in(typed.cast(kind, safe=False), value_set=values.drop_null().cast(kind, safe=False))
    return pc.if_else(unknown, pa.scalar(None, typed.type), typed)


def cast_table(raw: pa.Table, columns: Sequence[Mapping[str, Any]]) -> tuple[pd.DataFrame, list[BadCell]]:
    """Type a table of raw cells whose columns carry the original names.

    ``columns`` are report (or schema) entries with ``name`` and ``cast``; those the table lacks are left out. Returns
    (frame with the typed columns, same row order, RangeIndex; every unreadable cell). Frame dtypes: int64 or float64,
    bool or object with None, datetime64[us], object for text.
    """
    import pandas as pd
    import pyarrow as pa

    series: dict[str, pd.Series[Any]] = {}
    bad: list[BadCell] = []
    for column in columns:
        name = column["name"]
        if name not in raw.column_names:
            continue
        cells = raw[name].combine_chunks() if isinstance(raw[name], pa.ChunkedArray) else raw[name]
        typed, wrong = cast_array(cells, column["cast"])
        series[name] = typed.to_pandas()
        if wrong.true_count:
            code, reason = REASONS[column["cast"]["type"]]
            bad += [
                BadCell(int(row), name, cells[int(row)].as_py(), code, reason) for row in wrong.to_numpy(zero_copy_only=False).nonzero()[0]
            ]
    return pd.DataFrame(series, index=pd.RangeIndex(raw.num_rows)), bad


def cells(values: Sequence[object]) -> list[str]:
    """JSON values of an online request as the raw cells a file would hold: null is "", true is "true", 3.0 is "3"."""
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


REASONS = {
    "integer": ("not_a_number", gettext_noop("%(value)s in %(column)s is not a number.")),
    "number": ("not_a_number", gettext_noop("%(value)s in %(column)s is not a number.")),
    "boolean": (
        "not_a_boolean",
        gettext_noop("%(value)s in %(column)s is neither true nor false."),
    ),
    "datetime": (
        "not_a_date",
        gettext_noop("%(value)s in %(column)s is not a date in the format of the training data."),
    ),
}
