"""Every way to describe a column gives what a plain reading gives: from its words, from memory, and from ranges of a long column."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from workers.engine.intake import measured, worded
from workers.engine.intake.profile import Described, connect, profile

NUMBERS = st.lists(st.one_of(st.none(), st.sampled_from([0.0, -1.5, 2.0, 7.25]), st.floats(-1e6, 1e6, width=32)), min_size=1, max_size=60)
WHOLE = st.lists(st.one_of(st.none(), st.integers(-5, 5), st.integers(-(10**9), 10**9)), min_size=1, max_size=60)
TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "bb", "two words", "很好", "é"]), st.text(min_size=1, max_size=5)), max_size=60)


def described(folder: Path, values: list[Any], kind: str, groups: int = 7) -> dict[str, Any]:
    types = {"integer": pa.int64(), "number": pa.float64(), "datetime": pa.timestamp("us"), "boolean": pa.bool_()}
    parquet.write_table(pa.table({"x": pa.array(values, types.get(kind, pa.string()))}), folder / "x.parquet", row_group_size=groups)
    (facts,) = profile(connect(folder), folder / "x.parquet", [Described("x", {"type": kind, "missing": [""]}, None)], len(values))
    return facts


def plain(values: list[Any], kind: str) -> dict[str, Any]:
    """The same facts, the plain way."""
    held = pd.Series([value for value in values if value is not None])
    counts = sorted(held.value_counts().items(), key=lambda item: (-item[1], item[0]))
    facts = {"missing": len(values) - len(held), "unique": len(counts)}
    top = counts[: 50 if len(counts) <= 50 else 20]
    facts |= {"top": [count for _, count in top], "other": len(held) - sum(count for _, count in top)}
    if kind in ("integer", "number"):
        facts |= {"min": held.min(), "max": held.max(), "mean": held.mean(), "median": held.median(), "std": held.std()}
    else:
        facts |= {"mean_length": held.str.len().mean()}
    return facts


def check(facts: dict[str, Any], values: list[Any], kind: str) -> None:
    expected = (
        plain(values, kind) if any(value is not None for value in values) else {"missing": len(values), "unique": 0, "top": [], "other": 0}
    )
    assert [entry["count"] for entry in facts["top"]] == expected.pop("top")
    for name, value in expected.items():
        if isinstance(value, float) and not math.isnan(value):
            assert facts[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
        else:
            assert facts[name] == (None if isinstance(value, float) else value), name
    if "histogram" in facts and facts["histogram"]["edges"]:
        assert sum(facts["histogram"]["counts"]) == len(values) - facts["missing"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(NUMBERS.map(lambda values: (values, "number")), WHOLE.map(lambda values: (values, "integer"))), st.sampled_from([3, 1000]))
def test_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_: tuple[list[Any], str], at_once: int) -> None:
    values, kind = given_
    monkeypatch.setattr(measured, "AT_ONCE", at_once)
    monkeypatch.setattr(measured, "SAMPLED", 2)
    check(described(tmp_path, values, kind), values, kind)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.sampled_from([9, 1000]))
def test_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[str | None], at_once: int) -> None:
    monkeypatch.setattr(worded, "AT_ONCE", at_once)
    check(described(tmp_path, values, "category"), values, "category")
    whole = [value for value in values if value is not None]
    counted = {value: whole.count(value) for value in whole}
    if counted:
        assert worded.of_words(counted)["top"] == described(tmp_path, values, "category")["top"]


def test_a_long_column_is_the_same_in_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    days = np.datetime64("2020-01-01", "us") + rng.integers(0, 10**12, 5000).astype("timedelta64[us]")
    columns = {"number": rng.normal(size=5000), "integer": rng.integers(0, 40, 5000), "datetime": days, "boolean": rng.random(5000) < 0.3}
    columns |= {"category": np.array([f"k{number}" for number in rng.geometric(0.01, 5000)])}
    whole = {kind: described(tmp_path, values.tolist(), kind, 700) for kind, values in columns.items()}
    monkeypatch.setattr(measured, "AT_ONCE", 600)
    monkeypatch.setattr(worded, "AT_ONCE", 900)
    for kind, values in columns.items():
        again = described(tmp_path, values.tolist(), kind, 700)
        for name in ("mean", "std", "mean_length"):
            if whole[kind].get(name) is not None:
                assert again.pop(name) == pytest.approx(whole[kind].pop(name))
        assert again == whole[kind]


def test_too_many_texts_are_estimated_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worded, "AT_ONCE", 10)
    facts = described(tmp_path, [f"text {number}" for number in range(2000)], "category")
    assert facts["unique_is_estimate"] and 1700 < facts["unique"] <= 2000 and facts["other"] == 2000


def test_huge_and_odd_numbers(tmp_path: Path) -> None:
    facts = described(tmp_path, [1e200, 1.0, 3.0, -1e308, 1e308], "number")
    assert (facts["mean"], facts["median"], facts["histogram"]["edges"]) == (2.0, 3.0, [])
    assert described(tmp_path, [2**62, -(2**62), 5], "integer")["median"] == 5.0
    assert described(tmp_path, [None, None], "number")["missing"] == 2
