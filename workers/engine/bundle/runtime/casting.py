"""From raw cells to typed values: the one place where text becomes a number, a date or a category.

The import job decides how each column is read and stores it as the column's ``cast``; scoring reads a raw cell with the
same ``cast``, so a cell means the same in training, in a batch file, online and in the bundle.

A ``cast`` is plain JSON::

    {"type": "number", "missing": ["", "NA", …], "decimal": ",", "thousands": ".", "strip": "%", "date_format": null}

Every cell is trimmed first. ``strip`` names one sign (``%``, ``€``…) taken off a number. ``date_format`` is ``"iso"`` or a
key of ``DATE_FORMATS``; ``"quarter"`` there is 1998 Q2. Unreadable cells become missing and are reported, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
)
INTEGER = r"^[+-]?\d+$"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
INFINITE = r"(?i)^[+-]?inf(inity)?$"
SPACES = " \t\r\n\x0b\x0c\u00a0\u3000\ufeff"

_TIMES = {
    "": "",
    " %H:%M": r" \d{1,2}:\d{2}",
    " %H:%M:%S": r" \d{1,2}:\d{2}:\d{2}",
    " %I:%M %p": r" \d{1,2}:\d{2} [AaPp][Mm]",
    " %I:%M:%S %p": r" \d{1,2}:\d{2}:\d{2} [AaPp][Mm]",
}
_PARTS = {
    "%d": r"(?P<day>\d{1,2})",
    "%m": r"\d{1,2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
    "%Y": r"[12]\d{3}",
    "%y": r"\d{2}",
}
_DATES = [
    *(mark.join(parts) for mark in "/.-" for parts in (("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%d", "%m", "%y"), ("%m", "%d", "%y"))),
    *("%Y/%m/%d", "%Y.%m.%d", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
]


def _shape(date_format: str) -> str:
    """The regular expression of a format made of the parts above."""
    return re.sub("%[A-Za-z]|[.]", lambda part: _PARTS.get(part[0], re.escape(part[0])), date_format)


# key (a strptime format) -> the exact shape; the day is named, because strptime lets 30 February roll into March.
DATE_FORMATS: dict[str, str] = {date + time: f"^{_shape(date)}{clock}$" for date in _DATES for time, clock in _TIMES.items()} | {
    "%Y%m%dT%H%M%S": r"^[12]\d{3}\d{2}(?P<day>\d{2})T\d{6}$",
    "%Y%m%d": r"^(?:19|20)\d{4}(?P<day>\d{2})$",
    "%Y-%m": r"^(?:19|20)\d{2}-\d{2}$",
    "%b-%Y": r"^[A-Za-z]{3}-[12]\d{3}$",
    "%b-%y": r"^[A-Za-z]{3}-\d{2}$",
    "quarter": r"^(?P<year>(?:19|20)\d{2})[ -]?[Qq](?P<quarter>[1-4])$",
}
ISO = r"^[12]\d{3}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?(Z|[+-]\d{2}:?\d{2})?$"


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

    integer -> int64 (double when a cell holds a fraction), number -> double, boolean -> bool, datetime -> timestamp[us],
    category, text and empty -> string. Infinite numbers are missing, not unreadable.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    text = clean(raw, cast)
    kind = cast["type"]
    if kind in ("category", "text", "empty"):
        return text, pa.repeat(pa.scalar(False), len(text))
    if kind == "datetime":
        typed = _datetimes(text, cast["date_format"])
    elif kind == "boolean":
        lower = pc.utf8_lower(text)
        known = pc.is_in(lower, value_set=pa.array(["true", "false"]))
        typed = pc.if_else(pc.fill_null(known, False), pc.equal(lower, "true"), pa.scalar(None, pa.bool_()))
    else:
        return _numbers(text, cast)
    return typed, pc.and_(pc.is_valid(text), pc.is_null(typed))


def normal_number(text: pa.Array, cast: Cast) -> pa.Array:
    """Numbers as people write them -> digits with a decimal point; anything else comes back unlike a number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    decimal, thousands, strip = cast.get("decimal") or ".", cast.get("thousands"), cast.get("strip")
    if strip:
        text = pc.utf8_trim(pc.replace_substring(text, strip, "", max_replacements=1), characters=SPACES)
    if thousands or decimal != ".":
        point, mark = "\\" + decimal, f"[{thousands}]" if thousands else None
        grouped = rf"[1-9]\d{{0,2}}({mark}\d{{3}})+|" if mark else ""
        shape = rf"^[+-]?(({grouped}\d+)({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$"
        fits = pc.match_substring_regex(text, shape)
        bare = pc.replace_substring_regex(text, mark, "") if mark else text
        text = pc.if_else(fits, pc.replace_substring(bare, decimal, "."), pa.scalar("x"))
        text = pc.if_else(pc.is_valid(fits), text, pa.scalar(None, pa.string()))
    return text


def _numbers(text: pa.Array, cast: Cast) -> tuple[pa.Array, pa.Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = normal_number(text, cast)
    quick = _plain_numbers(plain, cast["type"])
    if quick is not None:
        return quick, pa.repeat(pa.scalar(False), len(text))
    fits = pc.fill_null(pc.match_substring_regex(plain, NUMBER), False)
    infinite = pc.fill_null(pc.match_substring_regex(plain, INFINITE), False)
    values = pc.cast(pc.if_else(fits, plain, pa.scalar(None, pa.string())), pa.float64())
    typed = pc.if_else(pc.fill_null(pc.is_finite(values), False), values, pa.scalar(None, pa.float64()))
    whole = pc.and_(pc.equal(pc.round(typed), typed), pc.less(pc.abs(typed), 2.0**53))
    if cast["type"] == "integer" and pc.all(pc.fill_null(whole, True)).as_py():
        typed = pc.cast(typed, pa.int64())
    return typed, pc.and_(pc.is_valid(text), pc.invert(pc.or_(fits, infinite)))


def _plain_numbers(plain: pa.Array, kind: str) -> pa.Array | None:
    """The whole column at once, where every cell is a plain finite number; None where one is not. Arrow alone also reads 0x1A."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        values = pc.cast(plain, pa.int64() if kind == "integer" else pa.float64())
    except pa.ArrowInvalid:
        return None
    if kind == "integer":
        return None if pc.any(pc.match_substring(plain, "x", ignore_case=True)).as_py() else values
    return values if pc.all(pc.is_finite(values)).as_py() else None


def _datetimes(text: pa.Array, date_format: str) -> pa.Array:
    """Each distinct text is parsed once. Offsets are turned into UTC; a date that does not exist is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(text)
    words = encoded.dictionary
    if date_format == "iso":
        parsed = _iso(words)
    elif date_format == "quarter":
        parsed = _quarters(words)
    else:
        shape = DATE_FORMATS[date_format]
        fits = pc.match_substring_regex(words, shape)
        parsed = pc.strptime(
            pc.if_else(fits, words, pa.scalar(None, pa.string())),
            format=date_format,
            unit="us",
            error_is_null=True,
        )
        if "(?P<day>" in shape:
            day = pc.cast(pc.struct_field(pc.extract_regex(words, shape), "day"), pa.int64())
            parsed = pc.if_else(pc.equal(pc.day(parsed), day), parsed, pa.scalar(None, parsed.type))
    return pc.take(parsed, encoded.indices)


def _quarters(words: pa.Array) -> pa.Array:
    """1998 Q2 -> the first day of the quarter."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(words, DATE_FORMATS["quarter"])
    first = pc.index_in(pc.struct_field(found, "quarter"), pa.array(["1", "2", "3", "4"]))
    month = pc.take(pa.array(["01", "04", "07", "10"]), first)
    return pc.cast(pc.binary_join_element_wise(pc.struct_field(found, "year"), month, "01", "-"), pa.timestamp("us"))


def _iso(words: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = pa.timestamp("us")
    try:
        return pc.cast(words, kind)
    except pa.ArrowInvalid:
        pass  # an offset, or a cell that is no date: one by one
    from datetime import UTC, datetime

    values: list[datetime | None] = []
    fits = pc.match_substring_regex(words, ISO).to_pylist()
    for word, fit in zip(words.to_pylist(), fits, strict=True):
        try:
            moment = datetime.fromisoformat(word) if fit else None
        except ValueError:
            moment = None
        values.append(moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment)
    return pa.array(values, kind)


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
