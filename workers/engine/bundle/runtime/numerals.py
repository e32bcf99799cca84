"""Numbers as people write them -> digits with a decimal point, exactly or not at all.

A cast names the decimal mark, the marks between thousands, one sign or unit taken off (``strip``: ``%``, ``€``, ``USD``, ``kg``)
and whether 1.5M and 3K are read as the numbers they stand for (``scaled``). Under every cast −5, (5) and 5- are minus five, and full-width digits are digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

INTEGER = r"^[+-]?\d+$"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
INFINITE = r"(?i)^[+-]?inf(inity)?$"
# Written another way than with a leading minus and plain digits: brackets, a minus behind, typographic or full-width characters.
NOTATION = "[()]|-$|^[+-] |[\u2010-\u2015\u2212\uff05\uff08-\uff0e\uff10-\uff19]"
GAPS = " \u00a0\u2007\u2009\u202f"  # spaces that stand between thousands
SCALES = {"K": 3, "k": 3, "M": 6, "bn": 9, "B": 9, "T": 12, "千": 3, "万": 4, "亿": 8}  # powers of ten
_BLANKS = f"[\\s{GAPS}]*"

_WIDE = {chr(code): chr(code - 0xFEE0) for code in (0xFF05, 0xFF08, 0xFF09, *range(0xFF0B, 0xFF0F), *range(0xFF10, 0xFF1A))}
_DASHES = {chr(code): "-" for code in (*range(0x2010, 0x2016), 0x2212)}
_TYPED = str.maketrans(_WIDE | _DASHES)


def normal_number(text: pa.Array, cast: Mapping[str, Any]) -> pa.Array:
    """Numbers as people write them -> digits with a decimal point; anything else comes back unlike a number. (n,) -> (n,) string"""
    import pyarrow as pa
    import pyarrow.compute as pc

    decimal, thousands, strip = cast.get("decimal") or ".", cast.get("thousands"), cast.get("strip")
    text = _one_notation(text, strip, bool(cast.get("scaled")))
    if thousands or decimal != ".":
        fits = pc.match_substring_regex(text, _grouped(decimal, thousands))
        bare = pc.replace_substring_regex(text, f"[{thousands}]", "") if thousands else text
        text = pc.if_else(fits, pc.replace_substring(bare, decimal, "."), pa.scalar("x"))
        text = pc.if_else(pc.is_valid(fits), text, pa.scalar(None, pa.string()))
    return text


def _grouped(decimal: str, thousands: str | None) -> str:
    """The exact shape of a number with these marks; commas may also group as in India, 12,34,567."""
    point = re.escape(decimal)
    grouped = ""
    if thousands:
        grouped = rf"[1-9]\d{{0,2}}([{thousands}]\d{{3}})+|"
        grouped += r"[1-9]\d?(,\d{2})+,\d{3}|" if "," in thousands else ""
    return rf"^[+-]?(({grouped}\d+)({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$|{INFINITE}"


def _one_notation(text: pa.Array, strip: str | None, scaled: bool) -> pa.Array:
    """Typographic characters, the sign taken off, a power of ten for its letter, and a minus in front."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = pc.any(pc.match_substring_regex(text, NOTATION)).as_py()
    if odd:
        text = pa.array([word and word.translate(_TYPED) for word in text.to_pylist()], pa.string())
    if strip:
        sign = re.escape(strip) + ("?" if re.fullmatch("[a-z]{2,}s", strip) else "")  # 1 month, 12 months
        text = pc.replace_substring_regex(text, rf"^([+-]?\(?[+-]?){_BLANKS}{sign}{_BLANKS}", r"\1")
        scale = f"(?:{_BLANKS}(?:{'|'.join(SCALES)}))?" if scaled else ""
        text = pc.replace_substring_regex(text, rf"(\d[.,]?{scale}){_BLANKS}{sign}(\)?-?)$", r"\1\2")
    for letter, power in SCALES.items() if scaled else ():
        text = pc.replace_substring_regex(text, rf"(\d[.,]?){_BLANKS}{letter}(\)?-?)$", rf"\1e{power}\2")
    if odd:
        text = pc.replace_substring_regex(text, r"^\(\s*([\d.,].*?)\s*\)$", r"-\1")
        text = pc.replace_substring_regex(text, r"^([\d.,].*\d)\s*-$", r"-\1")
        text = pc.replace_substring_regex(text, r"^([+-])\s+", r"\1")
    return text


def is_infinite(text: pa.Array, cast: Mapping[str, Any]) -> pa.Array:
    """Which cells are infinite, inf or 1e400, read with ``cast``. (n,) string -> (n,) bool"""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = normal_number(text, cast)
    fits = pc.fill_null(pc.match_substring_regex(plain, NUMBER), False)
    values = pc.cast(pc.if_else(fits, plain, pa.scalar(None, pa.string())), pa.float64())
    return pc.or_(pc.fill_null(pc.match_substring_regex(plain, INFINITE), False), pc.fill_null(pc.is_inf(values), False))


def numbers(text: pa.Array, cast: Mapping[str, Any]) -> tuple[pa.Array, pa.Array]:
    """(int64 or double with infinite as null, which cells are no numbers). (n,) string -> (n,), (n,) bool

    An integer cast gives int64 unless a cell holds a fraction or is too large; ids never go through floating point.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    quick = _plain_numbers(text, cast)
    if quick is not None:
        return quick, pa.repeat(pa.scalar(False), len(text))
    plain = normal_number(text, cast)
    quick = _plain_numbers(plain, {"type": cast["type"]})
    if quick is not None:
        return quick, pa.repeat(pa.scalar(False), len(text))
    none = pa.scalar(None, pa.string())
    fits = pc.fill_null(pc.match_substring_regex(plain, NUMBER), False)
    infinite = pc.fill_null(pc.match_substring_regex(plain, INFINITE), False)
    wrong = pc.and_(pc.is_valid(text), pc.invert(pc.or_(fits, infinite)))
    fitting = pc.if_else(fits, plain, none)
    if cast["type"] == "integer":
        whole = _whole(fitting)
        if whole is not None:
            return whole, wrong
    values = pc.cast(fitting, pa.float64())
    return pc.if_else(pc.fill_null(pc.is_finite(values), False), values, pa.scalar(None, pa.float64())), wrong


def whole_numbers(text: pa.Array, cast: Mapping[str, Any]) -> tuple[pa.Array, pa.Array]:
    """``numbers``, but a column of integers holds no fraction and nothing beyond 64 bits: such a cell is no number of it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    typed, wrong = numbers(text, cast)
    if cast["type"] != "integer" or typed.type == pa.int64():
        return typed, wrong
    fits = pc.and_(pc.equal(pc.round(typed), typed), pc.less(pc.abs(typed), 2.0**63))
    broken = pc.invert(pc.fill_null(fits, True))
    exact, _ = numbers(pc.if_else(broken, pa.scalar(None, pa.string()), text), cast)
    return pc.cast(exact, pa.int64()), pc.or_(wrong, broken)


def _whole(fitting: pa.Array) -> pa.Array | None:
    """int64 where every number is whole and fits; None otherwise. 3.0 and 1e3 are whole."""
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = pc.fill_null(pc.match_substring_regex(fitting, INTEGER), False)
    try:
        exact = pc.cast(pc.replace_substring_regex(pc.if_else(digits, fitting, pa.scalar(None, pa.string())), r"^\+", ""), pa.int64())
    except pa.ArrowInvalid:
        return None
    others = pc.cast(pc.if_else(digits, pa.scalar(None, pa.string()), fitting), pa.float64())
    others = pc.if_else(pc.is_finite(others), others, pa.scalar(None, pa.float64()))
    rounded = pc.and_(pc.equal(pc.round(others), others), pc.less(pc.abs(others), 2.0**53))
    return pc.coalesce(exact, pc.cast(others, pa.int64())) if pc.all(pc.fill_null(rounded, True)).as_py() else None


def _plain_numbers(plain: pa.Array, cast: Mapping[str, Any]) -> pa.Array | None:
    """The whole column at once, where every cell is a plain finite number; None where one is not. Arrow alone also reads 0x1A."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if cast.get("strip") or cast.get("thousands") or (cast.get("decimal") or ".") != ".":
        return None
    kind = cast["type"]
    try:
        values = pc.cast(plain, pa.int64() if kind == "integer" else pa.float64())
    except pa.ArrowInvalid:
        return None
    if kind == "integer":
        return None if pc.any(pc.match_substring(plain, "x", ignore_case=True)).as_py() else values
    return values if pc.all(pc.is_finite(values)).as_py() else None
