"""Columns of dates: the order of day and month, two ways of writing in one column, and numbers that count from a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from domains import names
from workers.engine.bundle.runtime import dates
from workers.engine.events import gettext_noop
from workers.engine.intake.decision import Decision, as_text, unreadable, with_missing
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import COMPACT, Cast, ColumnKind, day_first

DAY = r"(^|[ _.-])(date|day|dt|datum|fecha|yyyymmdd)([ _.-]|$)|日期"
MOMENT = r"(^|[ _.-])(time|timestamp|ts|datetime|epoch|unix(time)?|(created|updated|modified|registered|closed|opened)([ _.-]?(at|on))?)([ _.-]|$)|时间"
MONTH = r"(^|[ _.-])(month|period|yyyymm|ym)([ _.-]|$)|月份|年月"
BIRTH = (r"birth|(^|[ _.-])(dob|geb\w*|nac\w*)([ _.-]|$)|出生",)
DECIMAL = re.compile(r"\d{1,19}(\.\d{1,9})?")
SERIAL = (20_000, 60_000)  # Excel's days from 1954 to 2064
SECONDS = (100_000_000, 4_102_444_800)  # 1973 to 2100
GLANCE = 30  # cells that decide whether a column may hold dates written in several ways
COVERED = 0.9  # share of the cells such ways must read together
MOST_WAYS = 3
AHEAD = 10  # years from now that dates of two digits may lie in the future
SLIPS = 0.95  # above this share the other cells are slips rather than another way
MANY = 12  # distinct values a month cannot have


def date(name: str, kind: ColumnKind, casts: list[Cast], answers: Mapping[str, str]) -> Decision:
    """``casts``: the readings of dates that fit every cell, the plainest first."""
    day, month = ([cast for cast in casts if day_first(cast) is first] for first in (True, False))
    found: list[Finding] = []
    cast = casts[0]
    if cast["date_format"] in ("%Y-%m", "%Y/%m") and all(int(cell[2:4]) + 1 == int(cell[-2:].strip("-/")) for cell in kind.sample):
        return as_text(kind)  # 2010/11 and 2011/12 are seasons
    if day and month:
        cast = _order(name, kind, day[0], month[0], answers, found)
    short = next((other for other in casts if other["date_format"].startswith("%y")), None)
    if short and cast is not short and _year_leads(kind):
        cast = short
        found.clear()
    return _dated(name, kind, cast, found)


def _order(name: str, kind: ColumnKind, day: Cast, month: Cast, answers: Mapping[str, str], found: list[Finding]) -> Cast:
    """Day first or month first; asked unless the cells or the way of writing tell."""
    if "." in day["date_format"]:  # with points the day is first everywhere
        return day
    if len(kind.parts["first"]) == 1 != len(kind.parts["second"]):  # the part that never varies is the day of a monthly table
        return day
    if len(kind.parts["second"]) == 1 != len(kind.parts["first"]):
        return month
    finding = Finding(
        "date_order", "ASK", gettext_noop("Dates in %(column)s can be read day first or month first."), column=name,
        choices=[
            choice("day_first", gettext_noop("Day first: 02/01/2024 is 2 January")),
            choice("month_first", gettext_noop("Month first: 02/01/2024 is 1 February")),
        ],
        examples=[{"before": cell, "after": ""} for cell in kind.sample[:5]],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    found.append(finding)
    return month if finding.answer == "month_first" else day


def _year_leads(kind: ColumnKind) -> bool:
    """Of 14-01-31 in a column where the first part hardly varies and the last runs through the days."""
    parts = [re.split(r"[/.-]", cell, maxsplit=2) for cell in kind.sample]
    first, last = {part[0] for part in parts}, {part[-1][:2] for part in parts}
    return len(last) > MANY and len(last) > 2 * len(first)


def _dated(name: str, kind: ColumnKind, cast: Cast, found: list[Finding]) -> Decision:
    """The decision, with what was done to years of two digits and to zones."""
    if "%y" in cast["date_format"]:
        pivot = _pivot(name, kind, cast)
        cast = {**cast, "pivot": pivot}
        message = gettext_noop(
            "Years in %(column)s have two digits: up to %(pivot)02d they are read as 20%(pivot)02d, above as 19%(next)02d."
        )
        found.append(Finding("two_digit_year", "WARN", message, {"pivot": pivot, "next": pivot + 1}, column=name))
    if 0 < kind.zoned < kind.present:
        message = gettext_noop(
            "Some dates in %(column)s have a time zone and were turned into UTC (%(count)d); the others are taken as UTC."
        )
        found.append(Finding("mixed_zones", "WARN", message, {"count": kind.zoned}, column=name))
    elif kind.zoned:
        message = gettext_noop("Dates with a time zone in %(column)s, turned into UTC: %(count)d.")
        found.append(Finding("time_zone_utc", "FIX", message, {"count": kind.zoned}, column=name))
    return Decision(with_missing(cast, kind), found)


def _pivot(name: str, kind: ColumnKind, cast: Cast) -> int:
    """The last two digits that are read as 20xx: the reading under which the column's years lie closest together.

    Years of a table belong together, so the century turns within the widest gap between them: 60 to 99 beside 00 to 18 are 1960
    to 2018. Births are past, and so are years that would all lie more than ``AHEAD`` years from now. Room is left on both sides
    for the files that will be scored.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    now = datetime.now(UTC).year % 100
    if names.matches(name, BIRTH):
        return now
    parsed = dates.parse(pa.array(kind.sample, pa.string()), cast["date_format"], 99)
    years = sorted({year % 100 for year in pc.year(parsed).to_pylist() if year is not None})
    gap, last, first = max(
        ((after - before, before, after % 100) for before, after in zip(years, [*years[1:], years[0] + 100], strict=True)),
        default=(0, 0, 0),
    )
    if gap < AHEAD:
        return dates.PIVOT
    if first <= last and first > now + AHEAD:
        return min(first - 1, now + AHEAD)
    return min(99, last + gap // 2)


def counted_date(name: str, kind: ColumnKind, number_cast: Cast, answers: Mapping[str, str]) -> Decision | None:
    """Whole numbers that are dates, where both the name and every value say so; the analyst can have the numbers back."""
    if kind.leading_zeros:
        return None
    low, high = kind.low, kind.high
    if kind.readings is not None and all(map(DECIMAL.fullmatch, kind.sample)):  # 41925.0, as whole numbers with gaps are exported
        low, high = (int(float(edge(kind.sample, key=float))) for edge in (min, max))
    if low is None or high is None:
        return None
    date_format = _counted(name, kind, low, high)
    if date_format is None:
        return None
    code, message = {
        "excel": ("excel_serial", gettext_noop("%(column)s holds days counted as in Excel, such as %(example)s; they are read as dates.")),
        "epoch": (
            "epoch_time",
            gettext_noop("%(column)s holds moments counted from 1970, such as %(example)s; they are read as dates in UTC."),
        ),
    }.get(
        date_format.split("_")[0],
        ("compact_date", gettext_noop("%(column)s holds dates written as %(example)s; they are read as dates.")),
    )
    finding = Finding(
        code, "FIX", message, {"example": kind.sample[0]}, column=name,
        choices=[choice("dates", gettext_noop("Read as dates")), choice("numbers", gettext_noop("Keep as numbers"))],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    cast = number_cast if finding.answer == "numbers" else {"type": "datetime", "date_format": date_format}
    return Decision(with_missing(cast, kind), [finding], misfits=unreadable(name))


def _counted(name: str, kind: ColumnKind, low: int, high: int) -> str | None:
    dated = names.matches(name, (DAY,))
    if kind.readings is None and kind.compact_dates and (dated or names.matches(name, (MOMENT,))):
        return str(COMPACT["date_format"])
    if SERIAL[0] <= low <= high <= SERIAL[1] and dated:
        return "excel"
    if 190_001 <= low <= high <= 210_012 and (dated or names.matches(name, (MONTH,))) and _all_read(kind, "%Y%m"):
        return "%Y%m"
    if dated or names.matches(name, (MOMENT,)):
        for unit, scale in (("epoch_s", 1), ("epoch_ms", 10**3), ("epoch_us", 10**6), ("epoch_ns", 10**9)):
            if SECONDS[0] * scale <= low <= high <= SECONDS[1] * scale and not _all_read(kind, "%Y%m%d%H%M%S"):
                return unit
        return "%Y%m%d%H%M%S" if _all_read(kind, "%Y%m%d%H%M%S") else None
    return None


def _all_read(kind: ColumnKind, date_format: str) -> bool:
    import pyarrow as pa

    parsed = dates.parse(pa.array(kind.sample, pa.string()), date_format)
    return bool(parsed.null_count == 0)


def mixed_dates(name: str, kind: ColumnKind, answers: Mapping[str, str]) -> Decision | None:
    """Dates written in several ways in one column: all are read where no cell can be read twice, else the analyst picks."""
    ways = _ways(kind.sample)
    if ways is None:
        return None
    options = _options(ways)
    listed = ", ".join(f"{way.example} ({100 * way.share:.0f} %)" for way in ways)
    finding = Finding(
        "date_formats", "ASK", gettext_noop("%(column)s holds dates written in several ways: %(formats)s."), {"formats": listed}, column=name,
        choices=[*(choice(value, label) for value, (_, label) in options.items()), choice("text", gettext_noop("Keep the column as text"))],
        examples=[{"before": way.example, "after": ""} for way in ways],
    )  # fmt: skip
    finding.answer = finding.checked(answers)
    if finding.answer == "text":
        return as_text(kind, [finding])
    date_format, _ = options[finding.answer or next(iter(options))]
    decision = _dated(name, kind, {"type": "datetime", "date_format": date_format}, [finding])
    decision.misfits = unreadable(name)
    return decision


@dataclass
class Way:
    """One way dates are written in a column: what it makes of the sample, and the other way round where that reads as many."""

    date_format: str
    moments: list[datetime | None]
    example: str
    twin: str | None

    @property
    def share(self) -> float:
        """Of the sample."""
        return sum(moment is not None for moment in self.moments) / len(self.moments)


def _options(ways: list[Way]) -> dict[str, tuple[str, str]]:
    """value -> (date format, label), the safe one first."""
    options: dict[str, tuple[str, str]] = {}
    columns = zip(*(way.moments for way in ways), strict=True)
    if all(len({moment for moment in cells if moment is not None}) <= 1 for cells in columns):  # no cell can be read twice
        every = "|".join(way.date_format for way in ways)
        options["mixed"] = (every, gettext_noop("Read all of them"))
        if any(way.twin for way in ways):
            twins = "|".join(way.twin or way.date_format for way in ways)
            day, month = gettext_noop("Read all of them, day first"), gettext_noop("Read all of them, month first")
            options = {"mixed": (every, day), "mixed_month_first": (twins, month)}
    said = (
        gettext_noop("Only those written the most frequent way; the others become missing"),
        gettext_noop("Only those written the second way; the others become missing"),
        gettext_noop("Only those written the third way; the others become missing"),
    )
    return options | {way.date_format: (way.date_format, label) for way, label in zip(ways, said, strict=False)}


def _ways(cells: list[str]) -> list[Way] | None:
    """The ways of writing that together read the cells, the most frequent first; None for other text, and for slips of the pen."""
    import pyarrow as pa

    shapes = {form: re.compile(dates.shape_of(form)) for form in ("iso", *dates.DATE_FORMATS)}
    glance = cells[:: max(1, len(cells) // GLANCE)]
    likely = [form for form, shape in shapes.items() if any(shape.match(cell) for cell in glance)]
    if not likely or sum(any(shapes[form].match(cell) for form in likely) for cell in glance) < COVERED * len(glance):
        return None
    words = pa.array(cells, pa.string())
    read: dict[str, list[datetime | None]] = {form: dates.parse(words, form).to_pylist() for form in likely}
    ways: list[Way] = []
    left = set(range(len(cells)))
    while left and len(ways) < MOST_WAYS:
        gains = {form: sum(moments[place] is not None for place in left) for form, moments in read.items()}
        best = max(gains, key=lambda form: gains[form])
        if gains[best] < max(1, 0.01 * len(cells) if ways else 1):
            break
        twin = best.translate(str.maketrans("dm", "md")) if day_first({"date_format": best}) else None
        moments = read[best]
        example = next(cells[place] for place in sorted(left) if moments[place] is not None)
        ways.append(Way(best, moments, example, twin if twin and gains.get(twin) == gains[best] else None))
        left = {place for place in left if moments[place] is None}
    if len(ways) < 2:  # none at all where every cell is a date that does not exist, such as 30 February
        return None
    slips = ways[0].share >= SLIPS and len(_options(ways)) == len(ways)
    return ways if len(left) <= (1 - COVERED) * len(cells) and not slips else None


def best_format(cells: list[str]) -> str:
    """The formats that read the most of these cells, for a column the analyst says is dates."""
    import pyarrow as pa

    words = pa.array(cells, pa.string())
    everything: dict[str, list[bool]] = {}
    for form in ("iso", *dates.DATE_FORMATS, *dates.COUNTED):
        moments: list[datetime | None] = dates.parse(words, form).to_pylist()
        everything[form] = [moment is not None and (form not in dates.COUNTED or 1971 <= moment.year <= 2100) for moment in moments]
    first = max(everything, key=lambda form: sum(everything[form]))
    left = [not read for read in everything[first]]
    second = max(everything, key=lambda form: sum(a and b for a, b in zip(everything[form], left, strict=True)))
    more = any(a and b for a, b in zip(everything[second], left, strict=True))
    return f"{first}|{second}" if more and dates.COUNTED.keys().isdisjoint((first, second)) else first
