"""Dates as people write them: the formats, their exact shapes, and the reading of a column of distinct texts.

A date format is ``"iso"``, a key of ``DATE_FORMATS`` (the date alone; a time of day and a zone may follow in any row), a key of
``COUNTED`` (numbers that count from a day), or several of these joined by ``|``, tried in order. Zones are turned into UTC. A
date that does not exist, such as 30 February, is unreadable.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

PIVOT = 68  # two digits of a year: up to this 20xx, above it 19xx
# The only zones with a name that the standard of e-mail dates (RFC 822) fixes; hours east of UTC.
NAMED_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_ZONES = rf"Z|UTC|GMT|{'|'.join(NAMED_ZONES)}|[+-]\d{{2}}(?::?\d{{2}})?"
# behind a time of day; a year may follow it
ZONE = rf"(?::\d{{2}}(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?|T\d{{6}}) ?(?:{_ZONES})(?: +\d{{4}})?$"

_OFFSET = rf"(?: ?(?P<zone>{_ZONES}))?"
_CLOCK = rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,](?P<fraction>\d{{1,9}}))?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?{_OFFSET}"
_WEEKDAY = r"(?:(?i:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?i:day)?\.?,? +)?"
_NAME = r"(?P<name>[^\s\d/.,:'年月-]{3,10})\.?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_PARTS = {
    "%d": r"(?P<day>\d{1,2})",
    "%m": r"(?P<month>\d{1,2})",
    "%b": _NAME,
    "%B": _NAME,
    "%Y": r"(?P<year>[12]\d{3})",
    "%y": r"(?P<short>\d{2})",
    " ": " +",
    ".": r"\.",
}
_ORDERS = (("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%d", "%m", "%y"), ("%m", "%d", "%y"))
_NUMERIC = [
    *(mark.join(order) for mark in "/.-" for order in _ORDERS),
    *("%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d", "%Y年%m月%d日", "%Y년 %m월 %d일"),
]
_SHORT_YEAR_FIRST = ["%y/%m/%d", "%y-%m-%d", "%y.%m.%d"]  # last: read so only where nothing else fits
_NAMED = [
    *(
        "%d-%b-%Y",
        "%d-%b-%y",
        "%d %b %Y",
        "%d %b %y",
        "%d/%b/%Y",
        "%d/%b/%y",
        "%d.%b.%Y",
        "%d. %b %Y",
        "%d de %b de %Y",
        "%d%b%Y",
        "%d%b%y",
    ),
    *("%b %d, %Y", "%b %d %Y", "%b-%d-%Y", "%b/%d/%Y", "%Y-%b-%d", "%Y %b %d", "%Y/%b/%d"),
]
_MONTHS = ["%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%YM%m", "%Y年%m月", "%b-%Y", "%b %Y", "%b/%Y", "%b, %Y", "%b%Y", "%b-%y", "%Y-%b", "%Y %b"]


def _shape(date_format: str) -> str:
    return re.sub(r"%[A-Za-z]|[. ]", lambda part: _PARTS[part[0]], date_format)


def _month_shape(date_format: str) -> str:
    return f"^{_shape(date_format).replace(_PARTS['%Y'], _YEAR)}$"


def _dated(date_format: str, before: str = "") -> str:
    shape = _shape(date_format)
    if before:  # 13th October
        shape = shape.replace(_PARTS["%d"], _PARTS["%d"] + "(?:st|nd|rd|th)?")
    return rf"^{before}{shape}(?:[ T:,]+{_CLOCK})?$"


_ISO_SHAPE = r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[ T](?P<hour>\d{2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?)?"
ISO = _ISO_SHAPE + _OFFSET + "$"
# key -> the exact shape, with named parts
DATE_FORMATS: dict[str, str] = {
    **{name: _dated(name) for name in _NUMERIC},
    **{name: _dated(name, _WEEKDAY) for name in _NAMED},
    **{name: _month_shape(name) for name in _MONTHS},
    "%Y%m%dT%H%M%S": rf"^{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})T(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}}){_OFFSET}$",
    "%Y%m%d": rf"^{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?: +{_CLOCK})?$",
    "ctime": rf"^{_WEEKDAY}{_NAME} +(?P<day>\d{{1,2}}) +{_CLOCK} +(?P<year>[12]\d{{3}})$",
    "quarter": rf"^{_YEAR}[ /-]?[Qq](?P<quarter>[1-4])$",
    "quarter_first": rf"^[Qq](?P<quarter>[1-4])[ /-]?{_YEAR}$",
    "quarter_number_first": rf"^(?P<quarter>[1-4])[Qq][ /-]?{_YEAR}$",
    "week": rf"^{_YEAR}[ -]?[Ww](?P<week>\d{{1,2}})(?:-(?P<weekday>[1-7]))?$",
    **{name: _dated(name) for name in _SHORT_YEAR_FIRST},
}
# Whole numbers that are dates only where the column's name says so: key -> (shape, or None for a count, microseconds of one)
COUNTED: dict[str, tuple[str | None, float]] = {
    "%Y%m": (rf"^{_YEAR}(?P<month>\d{{2}})$", 0),
    "%Y%m%d%H%M%S": (rf"^{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})$", 0),
    "epoch_s": (None, 1e6),
    "epoch_ms": (None, 1e3),
    "epoch_us": (None, 1.0),
    "epoch_ns": (None, 1e-3),
    "excel": (None, 86_400e6),
}
_EXCEL_ZERO = -25_569  # days from 1970 to 30 December 1899
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999  # the years 1 to 9999, which is what Python's dates hold

_LANGUAGES = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august sept oktober november dezember",
    "jänner feber maerz apr mai jun jul aug sep okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv fevrier mrz avr mai juin juil aout sept octobre nov decembre",
    "jan févr mars avr mai juin juil août sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene fév mar abr may jun jul ago setiembre oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
MONTHS: dict[str, int] = {name: month for line in _LANGUAGES for month, name in enumerate(line.split(), start=1)}


def shape_of(date_format: str) -> str:
    """The regular expression of one format; its parts are named."""
    if date_format == "iso":
        return ISO
    plain = _without_clock(date_format)
    return DATE_FORMATS.get(plain) or COUNTED[plain][0] or r"^\d+$"


def parse(words: pa.Array, date_format: str, pivot: int = PIVOT) -> pa.Array:
    """Texts -> moments in UTC, null where the format does not fit or the date does not exist. (n,) string -> (n,) timestamp[us]"""
    import pyarrow.compute as pc

    first, _, others = date_format.partition("|")
    parsed = _one_format(words, first, pivot)
    return pc.coalesce(parsed, parse(words, others, pivot)) if others else parsed


def write(moment: datetime, date_format: str) -> str:
    """A moment as a text that ``parse`` reads back with the same format."""
    first = date_format.partition("|")[0]
    if first == "iso":
        return moment.isoformat()
    if first in COUNTED and COUNTED[first][0] is None:
        return _counted(moment, first)
    week = moment.isocalendar()
    quarter = (moment.month - 1) // 3 + 1
    whole = {
        "quarter": f"{moment.year} Q{quarter}",
        "quarter_first": f"Q{quarter} {moment.year}",
        "quarter_number_first": f"{quarter}Q{moment.year}",
        "week": f"{week.year}-W{week.week:02d}-{week.weekday}",
        "ctime": moment.ctime(),
    }.get(first)
    if whole:
        return whole
    plain = _without_clock(first)
    date = moment.strftime(plain)
    timed = _CLOCK in DATE_FORMATS.get(plain, "") and moment.time() != datetime.min.time()
    return f"{date} {moment.time().isoformat()}" if timed else date


def _counted(moment: datetime, unit: str) -> str:
    microseconds = int((moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() * 1e6)
    if unit == "excel":
        return repr(microseconds / 86_400e6 - _EXCEL_ZERO).removesuffix(".0")
    return str(round(microseconds / COUNTED[unit][1]))


def _without_clock(date_format: str) -> str:
    """Formats of stored casts may still name a time of day; the date part alone reads both."""
    return date_format if date_format in COUNTED else re.sub(" %[HI]:.*$", "", date_format)


def _one_format(words: pa.Array, date_format: str, pivot: int) -> pa.Array:
    import pyarrow.compute as pc

    quick = _quick_iso(words) if date_format == "iso" else None
    if quick is not None:
        return quick
    if date_format in COUNTED and COUNTED[date_format][0] is None:
        return _moments_of_counts(words, date_format)
    return _assembled(pc.extract_regex(words, shape_of(date_format)), pivot)


def _quick_iso(words: pa.Array) -> pa.Array | None:
    """ISO dates at once, where none has a zone or all have; None where that is not so or a cell is no date."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            pc.cast(words[:50], kind)  # a cast that fails is dear over many cells
            moments = pc.cast(pc.cast(words, kind), pa.timestamp("us"))
        except pa.ArrowInvalid:
            continue
        ends = pc.min_max(pc.cast(moments, pa.int64())).as_py()
        return moments if ends["min"] is None or (ends["min"] >= FIRST and ends["max"] <= LAST) else None
    return None


def _moments_of_counts(words: pa.Array, unit: str) -> pa.Array:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    fits = pc.fill_null(pc.match_substring_regex(words, r"^(-?\d{1,15}|-?\d{16,18}|[1-8]\d{18})(\.\d+)?$"), False)
    given = pc.fill_null(pc.if_else(fits, words, "0"), "0")
    counts = pc.cast(pc.replace_substring_regex(given, r"\.\d+$", ""), pa.int64()).to_numpy()
    scale = COUNTED[unit][1]
    most = 2**62 // int(max(scale, 1))
    counts = np.clip(counts, -most, most) + (_EXCEL_ZERO if unit == "excel" else 0)
    micro = counts * int(scale) if scale >= 1 else counts // 1000
    if scale >= 1 and pc.any(pc.match_substring(given, ".")).as_py():
        part = pc.cast(pc.replace_substring_regex(given, r"^-?\d+", "0"), pa.float64()).to_numpy()
        unit_of_part = 1000 if unit == "excel" else 1  # a day's fraction is exact to the millisecond
        micro = micro + (np.round(part * scale / unit_of_part) * unit_of_part).astype(np.int64) * np.where(counts < 0, -1, 1)
    return _checked(micro, fits.to_numpy(zero_copy_only=False))


def _checked(micro: np.ndarray[Any, Any], valid: np.ndarray[Any, Any]) -> pa.Array:
    import pyarrow as pa

    valid = valid & (micro >= FIRST) & (micro <= LAST)
    return pa.array(micro, mask=~valid).cast(pa.timestamp("us"))


def _assembled(found: pa.StructArray, pivot: int) -> pa.Array:
    """Named parts -> moments."""
    import numpy as np
    import pyarrow.compute as pc

    names = {field.name for field in found.type}
    valid = np.asarray(pc.is_valid(found))

    def number(name: str, default: int) -> np.ndarray[Any, Any]:
        return _integers(pc.struct_field(found, name), default) if name in names else np.full(len(found), default)

    year = number("year", 0)
    if "short" in names:
        short = number("short", 0)
        year = np.where(short > pivot, 1900, 2000) + short
    month = _month(found) if "name" in names else number("month", 1)
    month = (number("quarter", 1) - 1) * 3 + 1 if "quarter" in names else month
    day = number("day", 1)
    valid &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    valid &= days.astype("datetime64[M]") == months
    if "week" in names:
        days, real = _weeks(year, number("week", 1), number("weekday", 1))
        valid &= real
    clock, real = _time_of_day(found, names, number)
    return _checked(days.astype(np.int64) * 86_400_000_000 + clock, valid & real)


def _time_of_day(found: pa.StructArray, names: set[str], number: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(microseconds since midnight in UTC, whether there is such a time)."""
    import numpy as np
    import pyarrow.compute as pc

    hour, minute, second = number("hour", 0), number("minute", 0), number("second", 0)
    real = (hour <= 23) & (minute <= 59) & (second <= 59)
    if "half" in names:
        half = pc.utf8_lower(pc.struct_field(found, "half")).fill_null("")
        afternoon, morning = (pc.equal(half, letter).to_numpy(zero_copy_only=False) for letter in "pa")
        real &= ~(morning & (hour > 12))
        hour = hour + 12 * (afternoon & (hour < 12)) - 12 * (morning & (hour == 12))
    seconds = hour * 3600 + minute * 60 + second
    if "zone" in names and len(found):
        zones = pc.struct_field(found, "zone").fill_null("").dictionary_encode()
        seconds = seconds - np.array([_offset(zone) for zone in zones.dictionary.to_pylist()])[zones.indices.to_numpy()]
    micro = seconds * 1_000_000
    if "fraction" in names:
        digits = pc.utf8_rpad(pc.utf8_slice_codeunits(pc.struct_field(found, "fraction"), 0, 6), 6, "0")
        micro = micro + _integers(digits, 0)
    return micro, real


def _offset(zone: str) -> int:
    """Seconds east of UTC."""
    if zone in NAMED_ZONES:
        return NAMED_ZONES[zone] * 3600
    digits = re.sub(r"\D", "", zone)
    if not digits:
        return 0
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if zone.startswith("-") else seconds


def _integers(text: pa.Array, default: int) -> np.ndarray[Any, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    given = pc.fill_null(text, "")
    filled: np.ndarray[Any, Any] = pc.cast(pc.if_else(pc.equal(given, ""), str(default), given), pa.int64()).to_numpy()
    return filled


def _month(found: pa.StructArray) -> np.ndarray[Any, Any]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(pc.struct_field(found, "name"))
    at = pc.fill_null(pc.index_in(lower, pa.array(list(MONTHS))), len(MONTHS)).to_numpy()
    months: np.ndarray[Any, Any] = np.array([*MONTHS.values(), 0])[at]
    return months


def _weeks(
    year: np.ndarray[Any, Any], week: np.ndarray[Any, Any], weekday: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """ISO weeks: the first is the one with 4 January. (days, whether the year has such a week)."""
    import numpy as np

    fourth = ((year - 1970) * 12).astype("datetime64[M]").astype("datetime64[D]") + 3
    monday = fourth - (fourth.astype(np.int64) + 3) % 7
    days = monday + (week - 1) * 7 + (weekday - 1)
    thursday = monday + (week - 1) * 7 + 3
    return days, (week >= 1) & (thursday.astype("datetime64[Y]").astype(np.int64) + 1970 == year)
