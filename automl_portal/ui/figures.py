"""Numbers as people read them: three significant digits, units, the locale's separators."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")


def significant(value: float | int | None, digits: int = 3) -> str:
    """`value` to `digits` significant digits, never in exponent form; "–" when there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return number_format(round(float(value), places), decimal_pos=min(max(places, 0), 9), use_l10n=True, force_grouping=True)


def plain(value: float | None) -> str:
    """A whole number in full, anything else to three significant digits. Four digits stay together: they may be a year."""
    if value is not None and float(value).is_integer() and abs(value) < 1e15:
        return count(int(value)) if abs(value) >= 10_000 else str(int(value))
    return significant(value)


def count(value: int | None) -> str:
    return "–" if value is None else number_format(int(value), use_l10n=True, force_grouping=True)


def share(value: float | None) -> str:
    """0.034 -> "3.4 %": one decimal below 10 %, none above; tiny but not zero is "< 0.1 %"."""
    if value is None:
        return "–"
    percent = 100 * value
    if 0 < percent < 0.1:
        return "< " + number_format(0.1, decimal_pos=1) + " %"
    whole = percent == 0 or round(percent, 1) >= 10
    return number_format(round(percent, 0 if whole else 1), decimal_pos=0 if whole else 1) + " %"


def file_size(value: int | None) -> str:
    """Bytes with a decimal unit."""
    if value is None:
        return "–"
    size, unit = float(value), 0
    while size >= 1000 and unit < len(BYTE_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{significant(size) if unit else int(size)} {BYTE_UNITS[unit]}"


def duration(seconds: float | None) -> str:
    """Seconds in words: "45 s", "2 min", "1 h 20 min"."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return _("%(n)s s") % {"n": significant(seconds, 2)}
    minutes = round(seconds / 60)
    if minutes < 100:
        return _("%(n)s min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    return _("%(h)s h %(m)s min") % {"h": hours, "m": rest} if rest else _("%(n)s h") % {"n": hours}


def day(value: datetime | None) -> str:
    """A date that nobody reads the wrong way round: 24 Nov 2026."""
    return "" if value is None else date_format(timezone.localtime(value), pgettext("date format", "j M Y"))


def moment(value: datetime | None) -> str:
    """The date and the minute, in the installation's time zone."""
    return "" if value is None else date_format(timezone.localtime(value), pgettext("date format", "j M Y, H:i"))


def iso_date(value: str) -> str:
    """An ISO date that nobody reads the wrong way round, with the minute unless it is midnight; the value itself where it is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    shown = date_format(found, pgettext("date format", "j M Y"))
    return shown if (found.hour, found.minute, found.second) == (0, 0, 0) else f"{shown}, {found:%H:%M}"


def second_date(seconds: float) -> str:
    """The day of a second since 1970."""
    try:
        return date_format(datetime.fromtimestamp(seconds, UTC), pgettext("date format", "j M Y"))
    except (OverflowError, OSError, ValueError):
        return plain(seconds)
