"""An estimate with its interval, written to the precision that the interval allows."""

from __future__ import annotations

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automl_portal.ui.figures import duration, significant

SMALL_NUMBERS = (
    gettext_lazy("No"),
    gettext_lazy("One"),
    gettext_lazy("Two"),
    gettext_lazy("Three"),
    gettext_lazy("Four"),
    gettext_lazy("Five"),
    gettext_lazy("Six"),
    gettext_lazy("Seven"),
    gettext_lazy("Eight"),
    gettext_lazy("Nine"),
)


def decimals(low: float, high: float) -> int:
    """How many decimals make sense when the value lies between `low` and `high`; negative for tens and hundreds."""
    half = abs(high - low) / 2
    return 3 if half <= 0 else max(-9, min(6, math.ceil(0.3 - math.log10(half))))


def rounded(value: float, places: int) -> str:
    return number_format(round(value, places), decimal_pos=max(places, 0), use_l10n=True, force_grouping=True)


def estimate_parts(value: float | None, low: float | None = None, high: float | None = None) -> tuple[str, str]:
    """ "0.79" and "(0.74 to 0.83)"; without an interval the value to three significant digits, and nothing."""
    if value is None or low is None or high is None:
        return significant(value), ""
    places = decimals(low, high)
    interval = _("(%(low)s to %(high)s)") % {"low": rounded(low, places), "high": rounded(high, places)}
    return rounded(value, places), interval


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """ "0.79 (0.74 to 0.83)"."""
    number, interval = estimate_parts(value, low, high)
    # A full-width bracket brings its own space.
    return number + interval if interval.startswith("（") else f"{number} {interval}".strip()


def clock(seconds: float | None) -> str:
    """A span of time to the second while it is short: "45 s", "1 min 58 s"; "2 h 10 min" and the like beyond a quarter of an hour."""
    if seconds is None or seconds < 0:
        return "–"
    if seconds >= 900:
        return duration(seconds)
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(n)s s") % {"n": rest}
    return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest} if rest else _("%(n)s min") % {"n": minutes}


def number_word(count: int) -> str:
    """Small numbers as a word that may begin a sentence, larger ones as digits."""
    return str(SMALL_NUMBERS[count]) if 0 <= count < len(SMALL_NUMBERS) else number_format(count, force_grouping=True)


def listed(names: list[str]) -> str:
    """ "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
