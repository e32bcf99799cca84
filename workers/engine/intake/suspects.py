"""Every column of a table held against the chosen label: how much it tells, whether it tells too much, and what it is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.events import check_canceled, gettext_noop
from workers.engine.intake import associations as measure
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.leak_parts import parts
from workers.engine.intake.leaks import RANK, REASONS, Leak, Look, Target, leak_of
from workers.engine.intake.profile import as_text, shortened
from workers.engine.intake.quick_score import Shown, quick_score

if TYPE_CHECKING:
    import pandas as pd
    from pyarrow import parquet

CELLS = 10_000_000  # looked at, over all columns: a wide table is judged on fewer rows
LEAST = 10_000  # rows, where the table has them
TIMED = 5  # suspects whose worth is measured by a quick model
NUMERIC = ("regression", "quantile", "forecast", "recommend")  # problems whose label is a number
COPY = 0.998  # squared correlation
SORTED = 0.95  # strength of the row number from which the file is called sorted by the label


def suspects(job_dir: Path, spec: Mapping[str, Any], report: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Finding]]:
    """(what each column alone tells, strongest first: {"column", "measure", "value", "correlation"}; the leaks found)."""
    from pyarrow import parquet

    source = parquet.ParquetFile(job_dir / str(spec["data"]))
    at, target = _target(source, spec, len(report["columns"]))
    roles = {name: role for role, members in (spec.get("roles") or {}).items() for name in members}
    told: list[dict[str, Any]] = []
    looks: dict[str, Look] = {}
    leaks: dict[str, Leak] = {}
    for look in _looks(source, at, target, report, roles):
        check_canceled(job_dir)
        leak = leak_of(look, target)
        if leak:
            leaks[look.name] = leak
        if roles.get(look.name) == "id" or look.column["type"] == "text":
            continue
        looks[look.name] = look
        told.append(
            {
                "column": look.name,
                "measure": "r2" if target.kind == "number" else "auc",
                "value": round(look.strength, 4),
                "correlation": None if look.correlation is None else round(look.correlation, 4),
            }
        )
    leaks |= _parts(looks, leaks, target)
    worth = _worth(looks, leaks, target, roles)
    found = [_finding(name, leak, worth.get(name), roles.get(name) == "id", looks.get(name), target) for name, leak in leaks.items()]
    return sorted(told, key=lambda item: -item["value"]), found + _sorted_rows(at, target, report)


def _target(source: parquet.ParquetFile, spec: Mapping[str, Any], columns: int) -> tuple[measure.Ints, Target]:
    """(positions of the rows looked at, their labels)."""
    import pandas as pd
    import pyarrow.compute as pc

    label = source.read([spec["label"]]).column(0)
    at = np.flatnonzero(pc.is_valid(label).to_numpy())
    at = at[measure.sample_rows(len(at), most=max(LEAST, min(measure.MAX_ROWS, CELLS // columns)))]
    answer = label.take(at).to_pandas()
    if spec["problem_type"] in NUMERIC:
        return at, Target(spec["label"], numbers=answer.to_numpy(dtype="float64"))
    codes, words = pd.factorize(answer.map(as_text), sort=True)
    return at, Target(spec["label"], classes=codes.astype(np.intp), words=[str(word) for word in words])


def _looks(
    source: parquet.ParquetFile, at: measure.Ints, target: Target, report: Mapping[str, Any], roles: dict[str, str]
) -> Iterator[Look]:
    """One column after the other. Excluded and empty ones are passed over."""
    import pandas as pd

    wanted = [column for column in report["columns"] if column["name"] != target.name and _telling(column, roles)]
    for column, values in _read(source, wanted, at):
        if column["type"] == "text":
            group = values.isna().to_numpy().astype(np.intp)
            yield Look(column, values, group, None, measure.strength(group, target.classes, target.numbers), None)
            continue
        group, measured = measure.groups(values, column["type"]), None
        if column["type"] in ("integer", "number", "boolean"):
            measured = pd.to_numeric(values).to_numpy(dtype="float64", na_value=np.nan)
        elif column["type"] == "datetime":
            measured = measure.seconds(values)
        number = target.as_number()
        correlation = None if measured is None or number is None else measure.rank_correlation(measured, number)
        yield Look(column, values, group, measured, measure.strength(group, target.classes, target.numbers, measured), correlation)


def _telling(column: dict[str, Any], roles: Mapping[str, str]) -> bool:
    """Whether the column can tell anything. With gaps, whether a value is there at all can."""
    varies = column["unique"] > 1 or bool(column["missing"])
    return varies and column["type"] != "empty" and roles.get(column["name"]) != "exclude"


def _read(source: parquet.ParquetFile, columns: list[dict[str, Any]], at: measure.Ints) -> Iterator[tuple[dict[str, Any], pd.Series[Any]]]:
    """Each column with its cells at the rows, several read together where the table is short: each reading has its price."""
    step = max(1, min(50, CELLS // max(1, source.metadata.num_rows)))
    for start in range(0, len(columns), step):
        some = columns[start : start + step]
        table = source.read([column["name"] for column in some])
        for column in some:
            yield column, table.column(column["name"]).take(at).to_pandas()


def _parts(looks: Mapping[str, Look], leaks: Mapping[str, Leak], target: Target) -> dict[str, Leak]:
    """Columns that make up the label together."""
    number = target.as_number()
    if number is None:
        return {}
    columns = {
        name: look.measured
        for name, look in looks.items()
        if look.measured is not None and look.column["type"] in ("integer", "number", "boolean") and not _is_copy(look.measured, number)
    }
    found: dict[str, Leak] = {}
    for accused in (False, True):  # first among the columns nothing is known against
        while together := parts({n: v for n, v in columns.items() if n not in found and (accused or n not in leaks)}, number):
            found |= {name: Leak("parts", 1.0, tuple(other for other in together if other != name)) for name in together}
        if found or not any(name in leaks for name in columns):
            break
    return found


def _is_copy(measured: measure.Floats, number: measure.Floats) -> bool:
    """Whether the column is the label in another unit, with hardly any noise: no part of it."""
    known = np.isfinite(measured)
    if known.sum() < 20 or np.ptp(measured[known]) == 0 or np.ptp(number[known]) == 0:
        return True
    return float(np.corrcoef(measured[known], number[known])[0, 1]) ** 2 > COPY


def _worth(looks: Mapping[str, Look], leaks: Mapping[str, Leak], target: Target, roles: Mapping[str, str]) -> dict[str, Shown]:
    """What a quick model reaches with each suspect beside the honest columns, and without."""
    honest = {name: look.group for name, look in looks.items() if name not in leaks and roles.get(name) not in ("group", "sensitive")}
    asked = {name: looks[name].group for name in list(leaks)[:TIMED] if name in looks}
    strength = {name: looks[name].strength for name in honest}
    best = dict(sorted(honest.items(), key=lambda item: -strength[item[0]])[:20])
    return quick_score(best, asked, target) if asked else {}


def leak_choices() -> list[dict[str, Any]]:
    """What can be done about a leak, the safe way first."""
    return [
        choice("exclude", gettext_noop("Leave the column out")),
        choice("keep", gettext_noop("Keep it, and say how it is known before the decision"), needs_reason=True),
    ]


def _finding(name: str, leak: Leak, worth: Shown | None, is_id: bool, look: Look | None, target: Target) -> Finding:
    params: dict[str, Any] = {"kind": leak.kind, "reason": REASONS[leak.kind], "value": f"{leak.value:.3f}"}
    if is_id:
        message = gettext_noop(
            "%(column)s tells the label: %(reason)s. As an id it is not modelled; never give it another role, and draw the test rows at random."
        )
        return Finding("leakage_suspect", "WARN", message, params, column=name, examples=_examples(look, target))
    if leak.others:
        params["others"] = ", ".join(leak.others)
        message = gettext_noop(
            "%(column)s and %(others)s together make up the label. Leave them out, unless all of them are known before the decision."
        )
    elif worth is not None:
        params |= {"measure": worth.measure, "with": f"{worth.along:.2f}", "without": f"{worth.alone:.2f}"}
        message = gettext_noop(
            "%(column)s probably gives the label away: %(reason)s. A quick model reaches %(measure)s %(with)s with it and %(without)s without it. Leave it out unless you know it before the decision."
        )
    else:
        message = gettext_noop(
            "%(column)s probably gives the label away: %(reason)s (%(value)s of 1). Leave it out unless you know it before the decision."
        )
    return Finding("leakage_suspect", "ASK", message, params, column=name, choices=leak_choices(), examples=_examples(look, target))


def _examples(look: Look | None, target: Target) -> list[dict[str, str]]:
    """The most frequent pairs of a cell and the label beside it."""
    if look is None:
        return []
    label = target.numbers if target.classes is None else [target.words[place] for place in target.classes[:2000]]
    assert label is not None
    pairs = Counter(
        ("" if missing else shortened(as_text(value))[:60], as_text(answer))
        for value, missing, answer in zip(look.values[:2000], look.values[:2000].isna(), label[:2000], strict=False)
    )
    return [{"before": before, "after": after} for (before, after), _ in pairs.most_common(5)]


def _sorted_rows(at: measure.Ints, target: Target, report: Mapping[str, Any]) -> list[Finding]:
    """Whether the file is sorted by its label: then the row number tells it, and a test on the last rows tells nothing."""
    place = at.astype("float64")
    group = measure.groups(_series(place), "number")
    if target.classes is not None:
        strength = measure.strength(group, target.classes, None, place)
    else:
        assert target.numbers is not None
        strength = abs(measure.rank_correlation(place, target.numbers))
        if any(column["type"] == "datetime" for column in report["columns"]) and strength < RANK:
            return []  # rows in order of time, and a label that grows with it
    if strength < SORTED:
        return []
    message = gettext_noop(
        "The rows are sorted by %(label)s: where a row stands tells its label (%(value)s of 1). Test rows must be drawn at random, and a row number must not be a column."
    )
    return [Finding("rows_sorted_by_label", "WARN", message, {"label": target.name, "value": f"{strength:.2f}"})]


def _series(values: measure.Floats) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values)
