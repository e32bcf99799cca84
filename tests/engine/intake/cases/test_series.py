"""Cases 56-60: time series. Each with the answer it gets, where it points, and a way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from workers.engine.events import Refused
from workers.engine.intake.findings import Finding
from workers.engine.intake.future import check_future, future_moments, write_template
from workers.engine.intake.label import of_series
from workers.engine.intake.series import check_series, least_length, longest_horizon

DATA = Path(__file__).parents[4].parent / "shared" / "data"
ROLES = {"time": ["t"], "item": ["s"]}


def panel(freq: str = "D", series: int = 3, length: int = 40, start: str = "2024-01-01") -> pd.DataFrame:
    """Regular series a, b, c…, sorted."""
    moments = pd.date_range(start, periods=length, freq=freq)
    return pd.concat([pd.DataFrame({"s": name, "t": moments, "y": range(length)}) for name in "abcdefghij"[:series]], ignore_index=True)


def without(frame: pd.DataFrame, *rows: int) -> pd.DataFrame:
    return frame.drop(index=list(rows))


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[[3, 7]]], ignore_index=True).sort_values(["s", "t"], kind="stable")


def changed(frame: pd.DataFrame, column: str, row: int, value: Any) -> pd.DataFrame:
    values = frame[column].astype(object if not isinstance(value, pd.Timestamp) else frame[column].dtype)
    values.iloc[row] = value
    return frame.assign(**{column: values if value is not None else pd.to_datetime(values)})


def uneven(frame: pd.DataFrame) -> pd.DataFrame:
    return changed(frame, "t", 5, frame["t"].iloc[5] + pd.Timedelta("7h"))


def lengths(*sizes: int) -> pd.DataFrame:
    whole = panel(series=len(sizes), length=max(sizes))
    return pd.concat([whole[whole["s"] == name].head(size) for name, size in zip("abcdefghij", sizes, strict=False)])


@dataclass(frozen=True)
class Case:
    """Rows and what is said of them; ``key`` None: nothing at all."""

    name: str
    frame: Callable[[], pd.DataFrame]
    key: str | None
    level: str = "ASK"
    params: dict[str, Any] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)
    horizon: int | None = None
    roles: dict[str, list[str]] = field(default_factory=lambda: ROLES)
    examples: list[tuple[str, str]] = field(default_factory=list)


CASES: dict[int, list[Case]] = {
    56: [
        Case("duplicates", lambda: doubled(panel()), "duplicate_timestamps:t", params={"count": 2, "rows": 2}, choices=["sum", "mean", "last"], examples=[("a 2024-01-04 00:00:00", "3 + 3"), ("a 2024-01-08 00:00:00", "7 + 7")]),
        Case("no_item", lambda: panel(), "duplicate_timestamps:t", params={"count": 40, "rows": 80}, choices=["sum", "mean", "last"], roles={"time": ["t"]}),
    ],
    57: [
        Case("gaps", lambda: without(panel("h"), 5, 6, 47), "series_gaps:t", params={"count": 3, "gappy": 2, "series": 3}, choices=["forward", "zero", "interpolate", "leave"], examples=[("a", "2"), ("b", "1")]),
        Case("monthly_gaps", lambda: without(panel("MS"), 5), "series_gaps:t", params={"count": 1}, choices=["forward", "zero", "interpolate", "leave"]),
        Case("irregular", lambda: uneven(panel()), "frequency:t", params={"count": 2}, choices=["D", "W", "M"], examples=[("a 2024-01-05 00:00:00", "2024-01-06 07:00:00"), ("a 2024-01-06 07:00:00", "2024-01-07 00:00:00")]),
        Case("mixed", lambda: pd.concat([panel(), panel("h", 1).assign(s="z")]), "frequency:t", params={"own": 1}, choices=["D", "W", "M"]),
        Case("holidays", lambda: without(panel("B", 1), 9), "series_gaps:t", params={"count": 1}, choices=["forward", "zero", "interpolate", "leave"]),
        Case("summer_time", lambda: without(panel("h", length=60, start="2024-03-30"), 26), "daylight_saving:t", "WARN", {"count": 1}),
    ],
    58: [
        Case("some", lambda: lengths(100, 100, 30), "series_too_short:s", params={"short": 1, "series": 3, "reach": 14}, choices=["leave_out", "horizon:14"], horizon=24),
        Case("all", lambda: lengths(20, 12), "series_too_short:s", "REJECT", {"short": 2, "reach": 9}, horizon=24),
    ],
    59: [
        Case("single", lambda: panel(series=1), "single_series:s", "WARN"),
        Case("item_per_row", lambda: panel().assign(s=[f"r{i}" for i in range(120)]), "item_per_row:s", "REJECT"),
    ],
    60: [
        Case("words", lambda: panel().assign(y="high"), "target_not_numeric:y", "REJECT"),
        Case("no_dates", lambda: panel().assign(t="soon"), "time_not_dates:t", "REJECT"),
        Case("no_time", panel, "time_role_missing", "REJECT", roles={"item": ["s"]}),
        Case("some_missing", lambda: changed(panel(), "t", -1, None), "timestamps_missing:t", params={"count": 1}, choices=["leave_out", "stop"]),
        Case("all_missing", lambda: panel().assign(t=pd.Series(pd.NaT, index=range(120))), "timestamps_missing:t", "REJECT"),
        Case("unsorted", lambda: panel().iloc[::-1], "series_unsorted:t", "FIX", {"count": 117}),
    ],
    0: [Case(f"regular_{freq}", lambda freq=freq: panel(freq), None, horizon=5) for freq in ("s", "15min", "h", "D", "B", "W-FRI", "MS", "ME", "QS", "YS", "2D")],  # type: ignore[misc]
}  # fmt: skip
EVERY = [pytest.param(case, id=f"{number:02d}-{case.name}") for number, cases in CASES.items() for case in cases]


def checked(frame: pd.DataFrame, roles: dict[str, list[str]] = ROLES, label: str = "y", **more: Any) -> list[Finding]:
    """Every sentence can be rendered."""
    found = check_series(pa.Table.from_pandas(frame, preserve_index=False), roles, label, **more)
    for finding in found:
        whole = finding.as_dict()
        assert whole["message"] % whole["params"]
    return found


@pytest.mark.parametrize("case", EVERY)
def test_each_case_is_answered(case: Case) -> None:
    found = {finding.key: finding for finding in checked(case.frame(), case.roles, horizon=case.horizon)}
    if case.key is None:
        assert not found
        return
    finding = found[case.key]
    assert finding.level == case.level
    assert case.params.items() <= finding.params.items()
    assert [option["value"] for option in finding.choices] == case.choices
    assert [(example["before"], example["after"]) for example in finding.examples][: len(case.examples)] == case.examples


def test_the_rule_of_lengths() -> None:
    assert least_length(24) == 25 + 24 and least_length(2) == 5 + 2 and least_length(10, windows=3, step=5) == 11 + 10 + 10
    assert longest_horizon(49) == 24 and longest_horizon(48) == 23 and longest_horizon(5) == 0


def test_rows_of_duplicates_and_missing_times_are_pointed_at() -> None:
    found = checked(changed(doubled(panel(series=1)), "t", -1, None))
    assert {finding.code: finding.rows for finding in found if finding.rows} == {"timestamps_missing": [42], "duplicate_timestamps": [4, 9]}


def test_a_template_of_the_time_ahead_is_complete_and_its_gaps_are_named(tmp_path: Path) -> None:
    history = panel("MS", 2, 10)
    assert write_template(tmp_path / "ahead.csv", history, "t", "s", "MS", 3, ["price"]) == 6
    future = pd.read_csv(tmp_path / "ahead.csv", parse_dates=["t"])
    assert future["t"].tolist() == [*pd.date_range("2024-11-01", periods=3, freq="MS")] * 2 and list(future.columns) == ["s", "t", "price"]
    (finding,) = check_future(future, history, "t", "s", "MS", 3, ["price"])
    assert (finding.code, finding.column, finding.params["count"]) == ("future_covariates_missing", "price", 6)
    assert not check_future(future.assign(price=1.0), history, "t", "s", "MS", 3, ["price"])
    (finding,) = check_future(future.assign(price=1.0).iloc[:-1], history, "t", "s", "MS", 3, ["price"])
    assert finding.examples == [{"before": "b 2025-01-01 00:00:00", "after": ""}]
    (finding,) = check_future(future.drop(columns="price"), history, "t", "s", "MS", 3, ["price"])
    assert finding.params["names"] == "price"
    assert len(future_moments(history[history["s"] == "a"], "t", None, "MS", 4)) == 4


@pytest.mark.skipif(not DATA.is_dir(), reason="the development data sets are not here")
@pytest.mark.parametrize(
    ("path", "roles", "label", "date_format", "keys"),
    [
        ("retail/walmart_sales_weekly.csv", {"time": ["Date"], "item": ["id"]}, "Weekly_Sales", "%Y-%m-%d", set()),
        ("retail/act_retail_monthly.csv", {"time": ["month"]}, "department_stores", "%d-%m-%Y", {"single_series:month"}),
        ("finance/sp500_20_prices.csv.gz", {"time": ["Date"]}, "AAPL", "%Y-%m-%d", {"single_series:Date", "series_gaps:Date"}),
        (
            "other/bike_sharing_hourly.csv.gz",
            {"time": ["datetime"]},
            "count",
            None,
            {"single_series:datetime", "series_gaps:datetime", "daylight_saving:datetime"},
        ),
    ],
)
def test_real_series(path: str, roles: dict[str, list[str]], label: str, date_format: str | None, keys: set[str]) -> None:
    frame = pd.read_csv(DATA / path)
    time = roles["time"][0]
    found = checked(frame.assign(**{time: pd.to_datetime(frame[time], format=date_format)}), roles, label, horizon=12)
    assert {finding.key for finding in found} == keys


def test_choosing_the_label_of_a_forecast_checks_its_series(tmp_path: Path) -> None:
    lengths(100, 100, 30).to_parquet(tmp_path / "data.parquet")
    spec: dict[str, Any] = {"data": "data.parquet", "roles": ROLES, "label": "y", "horizon": 24}
    assert [finding.key for finding in of_series(tmp_path, spec)] == ["series_too_short:s"]
    with pytest.raises(Refused, match="series_too_short"):
        of_series(tmp_path, {**spec, "horizon": 90})
