"""Values that stand for "not known": 999, -1, 1900-01-01, and a zero where zero is impossible."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from domains import names
from workers.engine.bundle.runtime import casting
from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.profile import as_text

HIGH, LOW = (99, 999, 9999, 99999, 999999), (-99, -999, -9999, -99999)
DATES = ("1900-01-01", "1899-12-30", "1899-12-31", "1970-01-01", "2099-12-31", "2999-12-31", "9999-12-31")
GAP_DAYS = 3650
# What is measured on a living body, or of a building, is never nothing.
POSITIVE = (
    r"glucose|bmi|body[ _.-]?mass|blood[ _.-]?pressure|(^|[ _.-])bp([ _.-]|$)|systolic|diastolic|insulin|skin[ _.-]?(thickness|fold)|^skin$|triceps",
    r"(^|[ _.-])(height|weight|heart[ _.-]?rate|pulse|respirat\w*[ _.-]?rate|waist|hip)([ _.-]|$)|cholesterol|(^|[ _.-])(hdl|ldl)([ _.-]|$)|triglycerid|h(a)?emoglobin|creatinine|albumin|platelet|humidity",
    r"(^|[ _.-])(living[ _.-]?area|floor[ _.-]?area|sq(uare)?[ _.-]?(ft|feet|m|meters?))([ _.-]|$)|身高|体重|血压|血糖|心率|胆固醇|腰围",
)
ADULT = (r"(^|[ _.-])age([ _.-]?(years?|at[ _.-]?\w+))?$|年龄",)
YEAR = (r"(^|[ _.-])(year|yr)([ _.-]?(built|made|sold|remod\w*))?([ _.-]|$)|年份",)


def of_column(column: dict[str, Any], kind: ColumnKind, rows: int) -> Finding | None:
    """ASK when the value is clearly none of the others' kind, WARN when it may be."""
    if column["unique"] < 3 or not _worth_a_look(column) or not (seen := _seen(column, kind)):
        return None
    present = rows - column["missing"]
    if column["type"] == "datetime":
        return _of_dates(column, seen, _counts(column, kind, seen))
    numbers = sorted(float(value) for value, _ in seen)
    count = _counts(column, kind, seen)
    low, high = float(column["min"]), float(column["max"])
    after = next((value for value in numbers if value > low), low)
    before = next((value for value in reversed(numbers) if value < high), high)
    for value, nearest, strong in (
        (low, after, _impossible_zero(column, low, after) or (low in LOW and after > low / 3)),
        (high, before, high in HIGH and abs(before) <= high / 3),
    ):
        often = count[as_text(value)]
        if often >= max(3, 0.001 * present) and strong:
            return _asked(column, seen, as_text(value), often, as_text(nearest))
        weak = value in (*LOW, *HIGH) and (_far(column, value) or often > 0.5 * present)
        minus = value == low == -1 and after >= 0 and column["unique"] > 10 and high >= 20
        if often >= max(3, 0.005 * present) and (weak or minus):
            return _asked(column, seen, as_text(value), often, as_text(nearest), level="WARN")
    return None


def _worth_a_look(column: dict[str, Any]) -> bool:
    """Whether an end of the column's range is a value that can stand for nothing at all."""
    low, high = column.get("min"), column.get("max")
    if column["type"] == "datetime":
        return str(low)[:10] in DATES or str(high)[:10] in DATES
    if column["type"] not in ("integer", "number"):
        return False
    return low in (*LOW, -1) or high in HIGH or (low == 0 and names.matches(column["name"], (*POSITIVE, *ADULT, *YEAR)))


def _seen(column: dict[str, Any], kind: ColumnKind) -> list[tuple[Any, str]]:
    """(value, cell as written) of the distinct cells known, most of the file's where it has few."""
    import pyarrow as pa

    cells = [word for word, _ in kind.words.most_common()] if kind.words_complete else kind.sample
    cast = {**column["cast"], "type": column["type"]}
    typed = casting.cast_array(pa.array(cells, pa.string()), cast)[0].to_pylist()
    return [(value, cell) for value, cell in zip(typed, cells, strict=True) if value is not None]


def _impossible_zero(column: dict[str, Any], low: float, after: float) -> bool:
    if low != 0 or after <= 0:
        return False
    if names.matches(column["name"], ADULT):
        return after >= 10
    if names.matches(column["name"], YEAR):
        return after >= 1500
    return names.matches(column["name"], POSITIVE) and after >= 0.05 * float(column["median"] or column["mean"])


def _far(column: dict[str, Any], value: float) -> bool:
    return bool(column.get("std")) and abs(value - column["median"]) > 3 * column["std"]


def _counts(column: dict[str, Any], kind: ColumnKind, seen: list[tuple[Any, str]]) -> Counter[str]:
    """How often each value occurs, as far as it is known: from the distinct cells, or the most frequent values."""
    count = Counter({str(entry["value"]): int(entry["count"]) for entry in column["top"]})
    if kind.words_complete:
        count = Counter()
        for value, cell in seen:
            count[as_text(value)] += kind.words[cell]
    return count


def _of_dates(column: dict[str, Any], seen: list[tuple[Any, str]], counts: Counter[str]) -> Finding | None:
    days = sorted({value for value, _ in seen})
    count = Counter({text[:10]: number for text, number in counts.items()})
    for end, nearest in ((days[0], days[1:2]), (days[-1], days[-2:-1])):
        text = as_text(end)[:10]
        if text in DATES and count[text] >= 3 and nearest:
            far = abs(_day(end) - _day(nearest[0])) > GAP_DAYS
            return _asked(column, seen, as_text(end), count[text], as_text(nearest[0]), level="ASK" if far else "WARN")
    return None


def _day(value: datetime) -> int:
    return value.toordinal()


def _asked(column: dict[str, Any], seen: list[tuple[Any, str]], value: str, count: int, nearest: str, level: Any = "ASK") -> Finding:
    """The finding; an answer names the cell as it is written in the file."""
    written = next((cell for typed, cell in seen if as_text(typed) == value), value)
    params = {"value": written, "count": count, "nearest": nearest}
    choices = [
        choice(f"missing:{written}", gettext_noop("Read it as missing")),
        choice("keep", gettext_noop("Keep it as a value")),
    ]
    if level == "ASK":
        message = gettext_noop(
            "%(value)s in %(column)s probably stands for a missing value: found %(count)d times, and the next value is %(nearest)s."
        )
    else:
        message = gettext_noop("%(value)s in %(column)s may stand for a missing value: found %(count)d times. It is kept as it is.")
        choices.reverse()
    return Finding("sentinel_value", level, message, params, column=column["name"], choices=choices)
