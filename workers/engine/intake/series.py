"""Can these rows be forecast? Series by item and time, looked at over every row before anything is queued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.events import gettext_noop
from workers.engine.intake import frequency
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.frequency import DAY, HOUR, Frequency, one
from workers.engine.intake.profile import connect, quoted, relation

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SHOWN = 5
SHORTEST = 5  # rows any model needs before what it is tested on


def least_length(horizon: int, windows: int = 1, step: int | None = None) -> int:
    """The fewest moments of a series that can be tested over ``windows`` of ``horizon`` steps, ``step`` apart."""
    return max(horizon + 1, SHORTEST) + horizon + (windows - 1) * (step or horizon)


def longest_horizon(length: int, windows: int = 1, step: int | None = None) -> int:
    """The longest horizon a series of ``length`` moments allows; 0 when it allows none."""
    horizon = 0
    while least_length(horizon + 1, windows, step) <= length:
        horizon += 1
    return horizon


def check_series(
    data: Path | pa.Table,
    roles: Mapping[str, Sequence[str]],
    label: str,
    horizon: int | None = None,
    *,
    windows: int = 1,
    step: int | None = None,
    scratch: Path | None = None,
) -> list[Finding]:
    """What stands between these rows and a forecast of ``label``.

    ``data``: data.parquet or a table. ``roles``: columns by role; time is needed, item names the series and is left out for one.
    ``horizon``: steps ahead; without it lengths are not judged. ``scratch``: where a large table may spill.
    """
    with closing(connect(scratch or Path("."))) as db:
        table, types = _opened(db, data)
        time, item = next(iter(roles.get("time", ())), None), next(iter(roles.get("item", ())), None)
        stop = _unusable(db, table, types, time, item, label)
        if stop or time is None:
            return stop
        key = quoted(item) if item else "''"
        db.execute(f"CREATE TEMP TABLE moments AS SELECT {key} AS item, {quoted(time)} AS t FROM {table} WHERE t IS NOT NULL GROUP BY ALL")
        found = _missing_times(db, table, time) + _doubled(db, table, key, time, label, item)
        found += _unsorted(db, table, key, time)
        step_found = frequency.infer(db)
        found += _steps(db, time, step_found) if step_found else []
        return found + _lengths(db, time, item, horizon, windows, step)


def _opened(db: duckdb.DuckDBPyConnection, data: Path | pa.Table) -> tuple[str, dict[str, str]]:
    """(SQL of the table with its row numbers, the SQL type of each column)."""
    if isinstance(data, Path):
        table = relation(data)
    else:
        db.register("given", data)
        table = "(SELECT *, row_number() OVER () - 1 AS file_row_number FROM given)"
    return table, {name: kind for name, kind, *_ in db.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()}


def _unusable(
    db: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], time: str | None, item: str | None, label: str
) -> list[Finding]:
    """What makes a forecast impossible."""
    if time is None:
        return [Finding("time_role_missing", "REJECT", gettext_noop("A forecast needs a column that says when. Give one the role time."))]
    if not types[time].startswith(("TIMESTAMP", "DATE")):
        message = gettext_noop("%(column)s has the role time but holds no dates. Choose another column, or change its type.")
        return [Finding("time_not_dates", "REJECT", message, column=time)]
    if not types[label].startswith(("BIGINT", "INTEGER", "DOUBLE", "FLOAT", "DECIMAL", "HUGEINT", "SMALLINT", "TINYINT", "U")):
        message = gettext_noop("%(column)s is to be forecast but holds no numbers. Choose a numeric column, or change its type.")
        return [Finding("target_not_numeric", "REJECT", message, column=label)]
    if not one(db, f"SELECT count({quoted(time)}) FROM {table}"):
        return [Finding("timestamps_missing", "REJECT", gettext_noop("%(column)s is empty in every row."), column=time)]
    if item:
        rows, items = db.execute(f"SELECT count(*), count(DISTINCT {quoted(item)}) FROM {table}").fetchall()[0]
        if rows > 1 and items == rows:
            message = gettext_noop(
                "%(column)s differs in every row, so that each row would be a series. Choose the column that names the series."
            )
            return [Finding("item_per_row", "REJECT", message, column=item)]
    return []


def _missing_times(db: duckdb.DuckDBPyConnection, table: str, time: str) -> list[Finding]:
    where = f"FROM {table} WHERE {quoted(time)} IS NULL"
    count = one(db, f"SELECT count(*) {where}")
    if not count:
        return []
    rows = [row for (row,) in db.execute(f"SELECT file_row_number + 1 {where} ORDER BY 1 LIMIT {SHOWN}").fetchall()]
    return [
        Finding(
            "timestamps_missing", "ASK", gettext_noop("Rows without a time in %(column)s: %(count)d."), {"count": count}, column=time, rows=rows,
            choices=[
                choice("leave_out", gettext_noop("Leave these rows out")),
                choice("stop", gettext_noop("Stop, and repair the file")),
            ],
        )
    ]  # fmt: skip


def _doubled(db: duckdb.DuckDBPyConnection, table: str, key: str, time: str, label: str, item: str | None) -> list[Finding]:
    """Several rows for one moment of one series."""
    grouped = f"""SELECT {key} AS item, {quoted(time)} AS t, count(*) AS n, list({quoted(label)} ORDER BY file_row_number)[:3] AS v,
        min(file_row_number) + 1 AS row FROM {table} WHERE t IS NOT NULL GROUP BY ALL HAVING n > 1"""
    count, rows = db.execute(f"SELECT count(*), coalesce(sum(n - 1), 0)::BIGINT FROM ({grouped})").fetchall()[0]
    if not count:
        return []
    first = db.execute(f"SELECT item, t, v, row FROM ({grouped}) ORDER BY row LIMIT {SHOWN}").fetchall()
    message = gettext_noop("Moments of a series that have several rows: %(count)d, with %(rows)d rows too many.")
    if item is None:
        message = gettext_noop(
            "Moments that have several rows: %(count)d, with %(rows)d rows too many. If the rows are of several series, give the column that names them the role item."
        )
    finding = Finding(
        "duplicate_timestamps", "ASK", message, {"count": count, "rows": rows}, column=time, rows=[row for *_, row in first],
        choices=[
            choice("sum", gettext_noop("Add them up")),
            choice("mean", gettext_noop("Take their mean")),
            choice("last", gettext_noop("Take the last row")),
        ],
        examples=[{"before": f"{item} {t}".strip(), "after": " + ".join(map(str, values))} for item, t, values, _ in first],
    )  # fmt: skip
    return [finding]


def _unsorted(db: duckdb.DuckDBPyConnection, table: str, key: str, time: str) -> list[Finding]:
    late = one(
        db,
        f"""SELECT count(*) FROM (SELECT {quoted(time)} AS t, lag({quoted(time)}) OVER (PARTITION BY {key} ORDER BY file_row_number) AS p
        FROM {table} WHERE {quoted(time)} IS NOT NULL) WHERE t < p""",
    )
    if not late:
        return []
    return [
        Finding(
            "series_unsorted", "FIX", gettext_noop("Rows were sorted by %(column)s; out of order: %(count)d."), {"count": late}, column=time
        )
    ]


def _steps(db: duckdb.DuckDBPyConnection, time: str, step: Frequency) -> list[Finding]:
    """The frequency where it must be asked, and what is missing between the moments."""
    if step.irregular or step.own:
        message = gettext_noop(
            "Steps between moments in %(column)s that do not fit the usual one: %(count)d of %(steps)d. How often is it measured?"
        )
        if step.own:
            message = gettext_noop(
                "The series of %(column)s have different steps; those that differ: %(own)d. How often shall all be forecast?"
            )
        params = {"count": step.irregular, "steps": step.steps, "own": step.own}
        choices = [choice(alias, label) for alias, label in step.choices()]
        return [Finding("frequency", "ASK", message, params, column=time, choices=choices, examples=_odd_steps(db, step))]
    gaps = db.execute(_gaps_sql(step)).fetchall()
    missing = sum(count for _, count in gaps)
    if not missing:
        return []
    series = one(db, "SELECT count(DISTINCT item) FROM moments")
    found = [
        Finding(
            "series_gaps", "ASK", gettext_noop("Moments missing between the first and the last of a series: %(count)d, in %(gappy)d of %(series)d series."),
            {"count": missing, "gappy": len(gaps), "series": series}, column=time,
            choices=[
                choice("forward", gettext_noop("Carry the last value forward")),
                choice("zero", gettext_noop("Fill with zero: nothing happened")),
                choice("interpolate", gettext_noop("Draw a line between the neighbours")),
                choice("leave", gettext_noop("Leave them missing")),
            ],
            examples=[{"before": str(item), "after": str(count)} for item, count in gaps[:SHOWN]],
        )
    ]  # fmt: skip
    return found + _daylight_saving(db, time, step)


def _odd_steps(db: duckdb.DuckDBPyConnection, step: Frequency) -> list[dict[str, str]]:
    odd = f"months % {step.months} <> 0 OR NOT same_day" if step.months else f"us % {step.microseconds} <> 0"
    rows = db.execute(f"SELECT item, p, t FROM ({frequency.STEPS}) WHERE p IS NOT NULL AND ({odd}) ORDER BY 1, 3 LIMIT {SHOWN}").fetchall()
    return [{"before": f"{item} {before}".strip(), "after": str(after)} for item, before, after in rows]


def _gaps_sql(step: Frequency) -> str:
    """(item, missing moments) of the series with gaps, the most first."""
    if step.months:
        expected = f"((year(high) - year(low)) * 12 + month(high) - month(low)) // {step.months} + 1"
    elif step.alias == "B":  # weekdays before a day: five of every whole week, counted from a Monday
        before = "((d + 3) // 7) * 5 + least((d + 3) % 7, 5)"
        expected = f"({before.replace('d', f'(epoch_us(high) // {DAY} + 1)')}) - ({before.replace('d', f'(epoch_us(low) // {DAY})')})"
    else:
        expected = f"(epoch_us(high) - epoch_us(low)) // {step.microseconds} + 1"
    by_item = "SELECT item, min(t) AS low, max(t) AS high, count(*) AS n FROM moments GROUP BY item"
    return f"SELECT item, ({expected} - n)::BIGINT AS missing FROM ({by_item}) WHERE missing > 0 ORDER BY missing DESC, item"


def _daylight_saving(db: duckdb.DuckDBPyConnection, time: str, step: Frequency) -> list[Finding]:
    """An hour that is missing on the Sundays in March on which clocks are set: local times."""
    if step.months or step.microseconds > HOUR:
        return []
    night = "isodow(p) = 7 AND month(p) = 3 AND day(p) >= 8 AND hour(p) <= 3"
    count = one(db, f"SELECT count(*) FROM ({frequency.STEPS}) WHERE us = {HOUR + step.microseconds} AND {night}")
    if not count:
        return []
    message = gettext_noop(
        "An hour is missing in %(column)s where clocks are set to summer time: %(count)d. These are local times; UTC has no such gap."
    )
    return [Finding("daylight_saving", "WARN", message, {"count": count}, column=time)]


def _lengths(
    db: duckdb.DuckDBPyConnection, time: str, item: str | None, horizon: int | None, windows: int, step: int | None
) -> list[Finding]:
    found = []
    series, shortest, longest = db.execute(
        "SELECT count(*), min(n), max(n) FROM (SELECT count(*) AS n FROM moments GROUP BY item)"
    ).fetchall()[0]
    if series == 1:
        message = gettext_noop(
            "There is one series only. It can be forecast, but models that learn from many series have nothing to compare."
        )
        found.append(Finding("single_series", "WARN", message, column=item or time))
    if horizon is None:
        return found
    least = least_length(horizon, windows, step)
    short = one(db, f"SELECT count(*) FROM (SELECT count(*) AS n FROM moments GROUP BY item HAVING n < {least})")
    if not short:
        return found
    reach = longest_horizon(longest if short == series else shortest, windows, step)
    params: dict[str, Any] = {"short": short, "series": series, "horizon": horizon, "least": least, "reach": reach}
    message = gettext_noop("Too short to forecast %(horizon)d steps ahead: %(short)d of %(series)d series; %(least)d moments are needed.")
    if short == series:
        message = gettext_noop("Every series is too short to forecast %(horizon)d steps ahead; the longest allows %(reach)d.")
        return [*found, Finding("series_too_short", "REJECT", message, params, column=item or time)]
    choices = [choice("leave_out", gettext_noop("Leave the short series out"))]
    if reach:
        message = gettext_noop(
            "Too short to forecast %(horizon)d steps ahead: %(short)d of %(series)d series. The longest horizon for all is %(reach)d."
        )
        choices.append(choice(f"horizon:{reach}", gettext_noop("Forecast as far as all series allow")))
    return [*found, Finding("series_too_short", "ASK", message, params, column=item or time, choices=choices)]
