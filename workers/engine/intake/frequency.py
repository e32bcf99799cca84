"""The step between the moments of a series: hours, days, working days, weeks, months, found over every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workers.engine.events import gettext_noop

if TYPE_CHECKING:
    import duckdb

SECOND = 1_000_000  # microseconds
HOUR, DAY, WEEK = 3600 * SECOND, 86_400 * SECOND, 7 * 86_400 * SECOND
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
CALENDAR = {1: "M", 3: "Q", 12: "Y"}
MOST_STEPS = 1000  # distinct steps looked at; a series with more is irregular
LEAST_STEPS = 5  # of one series, to say what its own step is
NAMES = {
    "s": gettext_noop("every second"), "min": gettext_noop("every minute"), "h": gettext_noop("hourly"), "D": gettext_noop("daily"),
    "B": gettext_noop("every working day"), "W": gettext_noop("weekly"), "M": gettext_noop("monthly"), "Q": gettext_noop("quarterly"), "Y": gettext_noop("yearly"),
}  # fmt: skip
COARSER = ("s", "min", "h", "D", "W", "M", "Q", "Y")


@dataclass(frozen=True)
class Frequency:
    """``alias``: as pandas spells it (h, 15min, D, B, W-FRI, MS, QS, YS). One of ``microseconds`` and ``months`` is its length;
    working days have the length of a day. ``irregular``: steps that are no multiple of it. ``own``: series whose own step differs."""

    alias: str
    microseconds: int = 0
    months: int = 0
    steps: int = 0
    irregular: int = 0
    own: int = 0

    @property
    def family(self) -> str:
        """The alias without its anchor and number: h, D, W, M…"""
        plain = self.alias.split("-")[0].lstrip("0123456789")
        return plain[0] if plain[:1] in ("M", "Q", "Y") and plain != "min" else plain

    def choices(self) -> list[tuple[str, str]]:
        """(alias, name) of this one, then of the two next coarser ones."""
        at = COARSER.index("D" if self.family == "B" else self.family)
        return [(self.alias, NAMES[self.family]), *((alias, NAMES[alias]) for alias in COARSER[at + 1 : at + 3])]


def infer(db: duckdb.DuckDBPyConnection) -> Frequency | None:
    """From the table ``moments`` (item, t), each pair once. None where no series has two moments."""
    counted = db.execute(
        f"""SELECT us, months, same_day, count(*) AS n FROM ({STEPS}) WHERE p IS NOT NULL GROUP BY ALL ORDER BY n DESC, us LIMIT {MOST_STEPS}"""
    ).fetchall()
    if not counted:
        return None
    total = one(db, "SELECT count(*) - count(DISTINCT item) FROM moments")
    found = _calendar(db, counted, total) or _working_days(db, counted, total) or _fixed(db, counted, total)
    return found


STEPS = """
SELECT item, t, p, epoch_us(t) - epoch_us(p) AS us, (year(t) - year(p)) * 12 + month(t) - month(p) AS months,
  t::TIME = p::TIME AND (day(t) = day(p) OR (last_day(t) = t::DATE AND last_day(p) = p::DATE)) AS same_day
FROM (SELECT item, t, lag(t) OVER (PARTITION BY item ORDER BY t) AS p FROM moments)"""


def one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one number a query gives."""
    row = db.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _calendar(db: duckdb.DuckDBPyConnection, counted: list[tuple[Any, ...]], total: int) -> Frequency | None:
    """Months, quarters and years, whose length in days varies."""
    monthly = [(months, n) for _, months, same_day, n in counted if same_day and months >= 1]
    if not monthly or sum(n for _, n in monthly) < 0.9 * total:
        return None
    by_length: dict[int, int] = {}
    for months, n in monthly:
        by_length[months] = by_length.get(months, 0) + n
    most = max(by_length, key=lambda months: by_length[months])
    length = next((whole for whole in (12, 3, 1) if most % whole == 0), 1)
    regular = sum(n for months, n in by_length.items() if months % length == 0)
    first = one(db, "SELECT count(*) FROM moments WHERE day(t) <> 1") == 0
    return Frequency(CALENDAR[length] + ("S" if first else "E"), months=length, steps=total, irregular=total - regular)


def _working_days(db: duckdb.DuckDBPyConnection, counted: list[tuple[Any, ...]], total: int) -> Frequency | None:
    """Days without weekends."""
    if counted[0][0] != DAY or not any(us == 3 * DAY for us, *_ in counted):
        return None
    if one(db, "SELECT count(*) FROM moments WHERE isodow(t) > 5"):
        return None
    irregular = total - sum(n for us, _, _, n in counted if us % DAY == 0)
    return Frequency("B", microseconds=DAY, steps=total, irregular=irregular)


def _fixed(db: duckdb.DuckDBPyConnection, counted: list[tuple[Any, ...]], total: int) -> Frequency:
    """A step of constant length: the most frequent one."""
    length = int(counted[0][0])
    regular = sum(n for us, _, _, n in counted if us % length == 0)
    own = one(
        db,
        f"""SELECT count(*) FROM (SELECT item, mode(us) AS m FROM ({STEPS}) WHERE p IS NOT NULL GROUP BY item
        HAVING count(*) >= {LEAST_STEPS}) WHERE m <> {length}""",
    )
    return Frequency(_alias(db, length), microseconds=length, steps=total, irregular=total - regular, own=own)


def _alias(db: duckdb.DuckDBPyConnection, length: int) -> str:
    if length == WEEK:
        return f"W-{WEEKDAYS[one(db, 'SELECT mode(isodow(t)) FROM moments') - 1]}"
    for alias, unit in (("D", DAY), ("h", HOUR), ("min", 60 * SECOND), ("s", SECOND)):
        if length % unit == 0:
            return alias if length == unit else f"{length // unit}{alias}"
    return f"{length}us"
