"""The unit of a column: the sign that stood in its cells, or what its name says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domains import names

# suffix of a name, in lower case -> unit as it is shown
_NAMED = {
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "cny": "CNY", "rmb": "CNY", "chf": "CHF", "inr": "INR", "aud": "AUD", "cad": "CAD",
    "dollars": "USD", "euros": "EUR", "pct": "%", "percent": "%", "percentage": "%", "bps": "bps",
    "years": "years", "yrs": "years", "months": "months", "weeks": "weeks", "days": "days", "hours": "hours", "hrs": "hours",
    "minutes": "min", "mins": "min", "seconds": "s", "secs": "s", "ms": "ms", "kg": "kg", "mg": "mg", "lb": "lb", "lbs": "lb",
    "km": "km", "cm": "cm", "mm": "mm", "miles": "miles", "ft": "ft", "sqft": "sqft", "sqm": "m²", "m2": "m²",
    "celsius": "°C", "fahrenheit": "°F", "mmhg": "mmHg", "bpm": "bpm", "kwh": "kWh", "kw": "kW", "gb": "GB", "mb": "MB",
}  # fmt: skip
_SIGNS = {"元": "CNY", "RMB": "CNY", "円": "JPY", "US$": "USD"}
_MEASURED = ("integer", "number")
_IN_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]{1,12})[)\]）]\s*$")
_LAST_WORD = re.compile(r"[ _.\-]([A-Za-z0-9]+)$")
_SIGN = re.compile(r"(?:^|[ _])(?:in )?([$€£¥₹%])$")


def unit_of(name: str, cast: Mapping[str, Any]) -> str | None:
    """The unit of column ``name`` read with ``cast``, such as "€", "kg" or "years"; None where nothing tells.

    The sign taken off the cells comes first; a name ends in it as in ``price_usd``, ``weight (kg)``, ``rate_pct``, ``in €``.
    """
    if cast.get("type") not in _MEASURED:
        return None
    strip: str | None = cast.get("strip")
    if strip:
        return _SIGNS.get(strip, strip)
    bracketed = _IN_BRACKETS.search(name)
    if bracketed:
        inner = bracketed[1].strip()
        known = _NAMED.get(inner.lower())
        return known or (inner if re.search(r"[/%°$€£¥₹µ²³]", inner) or inner in _NAMED.values() else None)
    sign = _SIGN.search(name)
    if sign:
        return sign[1]
    word = _LAST_WORD.search(names.plain(name))
    return _NAMED.get(word[1].lower()) if word else None
