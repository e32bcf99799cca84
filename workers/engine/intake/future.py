"""What is known of the time ahead: does a file hold it for every series and step, and a template to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engine.bundle.runtime.output import atomic_csv
from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5


def future_moments(history: pd.DataFrame, time: str, item: str | None, alias: str, horizon: int) -> pd.DataFrame:
    """The next ``horizon`` moments of every series: (series x horizon rows; item where there is one, and time).

    ``alias``: the frequency as pandas spells it. Series come in the order of their first row.
    """
    import pandas as pd

    last = history.groupby(item, sort=False)[time].max() if item else pd.Series([history[time].max()])
    offset = pd.tseries.frequencies.to_offset(alias)
    parts = []
    for name, moment in last.items():
        ahead = pd.date_range(moment, periods=horizon + 2, freq=offset)
        frame = pd.DataFrame({time: ahead[ahead > moment][:horizon]})
        if item:
            frame.insert(0, item, name)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def write_template(
    path: Path, history: pd.DataFrame, time: str, item: str | None, alias: str, horizon: int, covariates: Sequence[str]
) -> int:
    """A CSV with one row per series and step ahead and an empty cell for each of ``covariates``; returns its rows."""
    frame = future_moments(history, time, item, alias, horizon)
    frame[time] = [moment.isoformat().removesuffix("T00:00:00") for moment in frame[time]]
    for name in covariates:
        frame[name] = ""
    with atomic_csv(path, list(frame.columns)) as writer:
        writer.rows(frame.itertuples(index=False, name=None))
    return len(frame)


def check_future(
    future: pd.DataFrame, history: pd.DataFrame, time: str, item: str | None, alias: str, horizon: int, covariates: Sequence[str]
) -> list[Finding]:
    """Whether ``future`` holds every covariate for every series and step ahead; a finding for each that it lacks."""
    wanted = future_moments(history, time, item, alias, horizon)
    keys = [item, time] if item else [time]
    lacking = [name for name in (*keys, *covariates) if name not in future.columns]
    if lacking:
        message = gettext_noop("The file of the time ahead lacks columns: %(names)s.")
        return [Finding("future_covariates_missing", "REJECT", message, {"names": ", ".join(lacking)})]
    joined = wanted.merge(future[[*keys, *covariates]].drop_duplicates(keys), on=keys, how="left")
    found = []
    for name in covariates:
        absent = joined[joined[name].isna()]
        if len(absent):
            message = gettext_noop("%(column)s is needed for the time ahead and missing in %(count)d of %(steps)d steps.")
            examples = [
                {"before": " ".join(str(value) for value in row), "after": ""} for row in absent[keys].head(SHOWN).itertuples(index=False)
            ]
            params = {"count": len(absent), "steps": len(wanted)}
            found.append(Finding("future_covariates_missing", "REJECT", message, params, column=name, examples=examples))
    return found
