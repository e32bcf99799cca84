from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.intake.files import codes, column, import_bytes
from workers.engine.intake.repeats import repeated_rows

N = 300
DATA = Path(__file__).parents[4] / "shared" / "data"


def imported(folder: Path, columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    cells = {"i": np.arange(N) * 7 % 293, **columns}
    rows = zip(*(np.broadcast_to(np.asarray(each), N).tolist() for each in cells.values()), strict=True)
    return import_bytes(folder, "\n".join([",".join(cells), *(",".join(map(str, row)) for row in rows)]).encode(), **more)


def finding(report: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in report["findings"] if item["key"] == key)
    return found


RNG = np.random.default_rng(0)
BMI = np.round(RNG.uniform(18, 40, N), 1)


@pytest.mark.parametrize(
    ("name", "cells", "level", "choice"),
    [
        ("bmi", np.where(np.arange(N) % 30, BMI, 0.0), "ASK", "missing:0.0"),
        ("glucose", np.where(np.arange(N) % 100, RNG.integers(60, 200, N), 0), "ASK", "missing:0"),
        ("age", np.where(np.arange(N) % 30, RNG.integers(18, 90, N), 0), "ASK", "missing:0"),
        ("days", np.where(np.arange(N) % 9, RNG.integers(0, 27, N), 999), "ASK", "missing:999"),
        ("code", np.where(np.arange(N) % 9, RNG.integers(1, 9, N), 99), "ASK", "missing:99"),
        ("change", np.where(np.arange(N) % 9, RNG.integers(-50, 50, N), -9999), "ASK", "missing:-9999"),
        ("opened", np.where(np.arange(N) % 9, np.array([f"20{y:02d}-03-04" for y in RNG.integers(5, 24, N)]), "1900-01-01"), "ASK", "missing:1900-01-01"),
        ("since", np.where(np.arange(N) % 9, np.array([f"{y:02d}/03/2012" for y in RNG.integers(13, 29, N)]), "31/12/2099"), "ASK", "missing:31/12/2099"),
        ("calls", np.where(np.arange(N) % 9, RNG.integers(0, 90, N), -1), "WARN", "keep"),
        ("visits", np.where(np.arange(N) % 9, RNG.integers(1, 90, N), 0), None, ""),
        ("pregnancies", RNG.integers(0, 9, N), None, ""),
        ("infant_weight", np.where(np.arange(N) % 9, RNG.uniform(0, 9, N).round(2), 0), None, ""),
        ("percent", RNG.integers(0, 100, N), None, ""),
        ("sentiment", RNG.integers(-1, 2, N), None, ""),
    ],
)  # fmt: skip
def test_values_that_stand_for_nothing(tmp_path: Path, name: str, cells: Any, level: str | None, choice: str) -> None:
    report = imported(tmp_path, {name: cells})
    key = f"sentinel_value:{name}"
    assert (key in codes(report)) is (level is not None)
    if level is None:
        return
    found = finding(report, key)
    assert (found["level"], found["choices"][0]["value"]) == (level, choice)
    again = imported(tmp_path, {name: cells}, answers={key: next(c["value"] for c in found["choices"] if c["value"] != "keep")})
    assert column(again, name)["missing"] == found["params"]["count"] > 0 and not again["needs_answers"]
    kept = imported(tmp_path, {name: cells}, answers={key: "keep"})
    assert column(kept, name)["missing"] == 0 and finding(kept, key)["answer"] == "keep"


def test_spellings_are_offered_for_merging(tmp_path: Path) -> None:
    report = imported(tmp_path, {"city": np.array(["Paris", "PARIS", "Oslo", "New  York", "new york"])[np.arange(N) % 5]})
    found = finding(report, "value_variants:city")
    assert (found["level"], [c["value"] for c in found["choices"]]) == ("WARN", ["keep", "merge"])
    assert {(e["before"], e["after"]) for e in found["examples"]} >= {("PARIS", "Paris")}


def test_what_hardly_varies_and_what_hardly_repeats(tmp_path: Path) -> None:
    report = imported(tmp_path, {"nearly": np.where(np.arange(N) == 5, "b", "a"), "street": [f"s{i // 2 * 3}" for i in range(N)]})
    assert "near_constant" in codes(report, "WARN") and "nearly" in finding(report, "near_constant")["params"]["columns"]
    wide = imported(tmp_path, {"name_of_it": [f"q{min(i, 280)}" for i in range(N)]})
    assert "high_cardinality:name_of_it" in codes(wide, "WARN")


def test_personal_data_is_asked_about_once_and_can_be_kept(tmp_path: Path) -> None:
    cells = {"contact": [f"person{i}@example.org" for i in range(N)]}
    report = imported(tmp_path, cells)
    assert codes(report, "ASK") == {"personal_data:contact"}
    kept = imported(tmp_path, cells, answers={"personal_data:contact": "keep"})
    assert finding(kept, "personal_data:contact")["answer"] == "keep" and not kept["needs_answers"]
    dropped = imported(tmp_path, cells, answers={"personal_data:contact": "drop"})
    assert [entry["name"] for entry in dropped["columns"]] == ["i"]
    assert len([item for item in dropped["findings"] if item["code"] == "personal_data"]) == 1


def test_order_of_time_is_told(tmp_path: Path) -> None:
    days = np.array([f"2024-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(N)])
    assert finding(imported(tmp_path, {"day": days}), "time_column:day")["params"]["sorted"]
    assert "sorted" not in finding(imported(tmp_path, {"day": days[::-1]}), "time_column:day")["params"]
    assert "time_column:dob" not in codes(imported(tmp_path, {"dob": days}))


def test_places_and_measures_are_no_entities(tmp_path: Path) -> None:
    town = np.arange(N) % 60
    report = imported(
        tmp_path, {"zip": [f"Z{t}" for t in town], "county": [f"c{t % 20}" for t in town], "region": [f"r{t % 5}" for t in town]}
    )
    assert not [key for key in codes(report) if key.startswith("repeated_entity")]


def test_customers_exported_with_a_decimal_point_are_entities(tmp_path: Path) -> None:
    who = [f"{13000 + i % 60}.0" if i % 9 else "" for i in range(N)]
    report = imported(tmp_path, {"CustomerID": who, "customer_score": [f"{i % 60}.5" for i in range(N)]})
    assert column(report, "CustomerID")["role_guess"] == "group" and "repeated_entity:CustomerID" in codes(report)
    assert column(report, "customer_score")["role_guess"] is None


def test_pairs_of_equal_rows_are_named(tmp_path: Path) -> None:
    report = imported(tmp_path, {})  # 293 different numbers in 300 rows
    found = finding(report, "duplicate_rows")
    assert found["params"]["count"] == 7 and found["params"]["pairs"].startswith("1 = 294") and found["rows"] == [294, 295, 296, 297, 298]


def test_very_long_tables_are_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.setattr("workers.engine.intake.repeats.HELD", 20_000)
    with duckdb.connect() as db:
        db.execute("CREATE TABLE t AS SELECT range AS file_row_number, range % 80000 AS a FROM range(100000)")
        (found,) = repeated_rows(db, "t", ["a"], 100_000)
    assert 17_000 < found.params["count"] < 23_000 and len(found.rows) == 5


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not here")
def test_zeros_of_pima_are_found(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, (DATA / "medical/pima_diabetes.csv").read_bytes())
    asked = {item["column"]: item["params"]["count"] for item in report["findings"] if item["code"] == "sentinel_value"}
    assert asked == {"glucose": 5, "blood_pressure": 35, "skin_thickness": 227, "insulin": 374, "bmi": 11}
