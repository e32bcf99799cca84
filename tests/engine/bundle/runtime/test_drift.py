"""Spreads, their distance, and what is said of a file that moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.bundle.runtime.drift import Drift, by_chance, psi
from workers.engine.bundle.runtime.spread import counted, spread_of
from workers.engine.bundle.runtime.units import unit_change


def column(name: str, series: pd.Series[Any], kind: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "spread": spread_of(series, kind)}


def said(columns: list[dict[str, Any]], *frames: pd.DataFrame) -> list[dict[str, Any]]:
    drift = Drift(columns)
    for frame in frames:
        drift.values(frame)
    return drift.warnings()


def test_a_spread_counts_every_value_once_and_keeps_no_exact_number() -> None:
    values = pd.Series([*np.random.default_rng(0).gamma(2, 1000, 5000), np.nan])
    spread = spread_of(values, "number")
    assert sum(spread["counts"]) == 5000 and len(spread["counts"]) == len(spread["edges"]) + 1
    assert (spread["rows"], spread["missing"]) == (5001, 1)
    assert all(float(f"{edge:.4g}") == edge for edge in spread["edges"] + spread["quartiles"])
    assert counted(values, spread, "number").tolist() == spread["counts"]


def test_ties_words_booleans_dates_and_empty_columns() -> None:
    assert spread_of(pd.Series([0, 0, 0, 1] * 50), "integer")["edges"] == [0.0, 1.0]
    words = spread_of(pd.Series(["a"] * 150 + ["b"] * 49 + ["rare"] + [None] * 10, dtype=object), "category")
    assert (words["values"], words["counts"], words["missing"]) == (["a", "b"], [150, 49, 1], 10)
    assert spread_of(pd.Series([True, False, None] * 40, dtype=object), "boolean")["values"] == ["true", "false"]
    assert spread_of(pd.Series([True, False] * 40), "boolean")["counts"] == [40, 40, 0]
    assert spread_of(pd.Series(pd.to_datetime(["2024-01-01"] * 3)), "datetime") == {"rows": 3, "missing": 0}
    assert spread_of(pd.Series([None] * 3, dtype=object), "number") == {"rows": 3, "missing": 3}


def test_the_index_is_that_of_the_textbooks() -> None:
    training, here = [1000, 1000, 1000, 1000], np.asarray([400, 800, 1200, 1600])
    shares = np.asarray([0.1, 0.2, 0.3, 0.4])
    assert psi(training, here) == pytest.approx(float(((shares - 0.25) * np.log(shares / 0.25)).sum()), abs=2e-3)
    assert psi(training, np.asarray(training)) == 0


def test_chance_alone_accuses_nobody() -> None:
    random = np.random.default_rng(1)
    training = random.integers(0, 20, 900)
    kept = column("c", pd.Series(training).astype(str), "category")
    found = [said([kept], pd.DataFrame({"c": random.integers(0, 20, 100).astype(str)})) for _ in range(300)]
    assert found == [[]] * 300
    assert by_chance(21, 300, 100) > 0.2 > by_chance(10, 100_000, 10_000)


def test_the_winners_among_many_rare_categories_accuse_nobody() -> None:
    random = np.random.default_rng(4)
    values = pd.Series(random.permutation(np.repeat(np.arange(143), 7))).astype(str)
    assert said([column("c", values[:500], "category")], pd.DataFrame({"c": values[500:]})) == []


def test_fewer_than_a_hundred_rows_are_not_judged() -> None:
    kept = column("n", pd.Series(np.arange(1000.0)), "number")
    assert said([kept], pd.DataFrame({"n": [5000.0] * 99})) == []
    assert [w["code"] for w in said([kept], pd.DataFrame({"n": [5000.0] * 60}), pd.DataFrame({"n": [5000.0] * 40}))] == [
        "column_drift_strong"
    ]


def test_a_shift_is_weak_or_strong_and_the_furthest_comes_first() -> None:
    random = np.random.default_rng(2)
    normal = pd.Series(random.normal(0, 1, 4000))
    columns = [column(name, normal, "number") for name in ("same", "half", "far")]
    frame = pd.DataFrame({"same": random.normal(0, 1, 1000), "half": random.normal(0.55, 1, 1000), "far": random.normal(2, 1, 1000)})
    found = said(columns, frame.head(500), frame.tail(500))
    assert [(w["code"], w["params"]["column"]) for w in found] == [("column_drift_strong", "far"), ("column_drift", "half")]
    assert 0.2 < float(found[1]["params"]["psi"]) < 0.5


def test_the_category_that_moved_most_is_named() -> None:
    kept = column("c", pd.Series(["car"] * 500 + ["house"] * 500), "category")
    (found,) = said([kept], pd.DataFrame({"c": ["car"] * 900 + ["house"] * 90 + ["yacht"] * 10}))
    assert found["params"]["value"] == "house" and (found["params"]["here"], found["params"]["training"]) == ("9", "50")
    assert "house makes up 9 % of the rows here, 50 % in training" in found["message"] % found["params"]


@pytest.mark.parametrize("factor", [1000, 0.001, 100, 0.01, 2.2046, 0.4536])
def test_a_changed_unit_is_named(factor: float) -> None:
    random = np.random.default_rng(3)
    kept = column("weight", pd.Series(random.normal(75, 15, 3000)), "number")
    (found,) = said([kept], pd.DataFrame({"weight": random.normal(75, 15, 500) * factor}))
    assert found["code"] == "column_drift_strong" and "Was its unit changed?" in found["message"]
    assert float(found["params"]["factor"]) == pytest.approx(factor, rel=0.02) and found["params"]["reason"]


def test_another_spread_is_no_changed_unit() -> None:
    assert unit_change([50, 75, 100], [50, 165, 250]) is None
    assert unit_change([0, 0, 10], [0, 0, 1000]) is None


def test_more_missing_than_chance_explains() -> None:
    kept = column("n", pd.Series([1.0] * 95 + [np.nan] * 5).sample(2000, replace=True, random_state=0), "number")
    few = pd.DataFrame({"n": [1.0] * 92 + [np.nan] * 8})
    many = pd.DataFrame({"n": [1.0] * 70 + [np.nan] * 30})
    assert said([kept], few) == []
    (found,) = said([kept], many)
    assert (
        found["code"] == "more_missing" and "empty in 30 % of the rows here, but in 5 % in training" in found["message"] % found["params"]
    )
