"""One case under several ids: found by what its rows have in common, and kept on one side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.engine.splits.frames import people, split
from workers.engine.splits.twins import LARGEST_UNIT, twins


def _again(table: pd.DataFrame, noise: float, changed: float, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    """Half of the people once more; (table, the row each one comes from)."""
    rng = np.random.default_rng(seed)
    source = rng.choice(len(table), len(table) // 2, replace=False)
    copies = table.iloc[source].reset_index(drop=True)
    for name in copies.columns.drop(["label", "town"]):
        copies[name] += rng.normal(0, noise, len(copies))
    other = rng.random(len(copies)) < changed
    copies.loc[other, "n3"] = rng.permutation(copies.loc[other, "n3"])
    return pd.concat([table, copies], ignore_index=True), np.r_[np.arange(len(table)), source]


@pytest.mark.parametrize(("noise", "changed", "least"), [(0, 0, 1.0), (0, 1.0, 0.99), (0.01, 0, 0.99), (0.05, 0.3, 0.95)])
def test_copies_with_noise_or_a_changed_cell_are_one_case(noise: float, changed: float, least: float) -> None:
    table, source = _again(people(), noise, changed)
    found = twins(table.drop(columns="label"))
    assert found is not None
    assert (found[600:] == found[source[600:]]).mean() >= least
    holdout = split(table).holdout
    assert (holdout[600:] == holdout[source[600:]]).mean() >= least
    assert holdout.mean() == pytest.approx(0.2, abs=0.02)


def test_strangers_are_not_linked() -> None:
    found = twins(people(2000).drop(columns="label"))
    assert found is None or (np.bincount(found)[found] > 1).mean() <= 0.02


def test_few_words_say_nothing_about_who_it_is() -> None:
    rng = np.random.default_rng(0)
    words = pd.DataFrame({name: rng.choice(list("abcd"), 3000) for name in ("p", "q", "r")})
    assert twins(words) is None


def test_columns_that_say_the_same_count_once() -> None:
    table = pd.DataFrame({"a": np.random.default_rng(0).integers(0, 40, 2000)})
    for number in range(12):
        table[f"copy{number}"] = table.a * (number + 2)
    found = twins(table)
    assert found is None or (np.bincount(found)[found] > 1).mean() < 0.05


def test_a_crowd_is_not_one_case() -> None:
    table = pd.concat([people(500), people(1).sample(400, replace=True)], ignore_index=True).drop(columns="label")
    found = twins(table)
    assert found is None or np.bincount(found).max() <= LARGEST_UNIT


def test_missing_values_and_dates_are_compared_too() -> None:
    table = people(400)
    table["since"] = pd.date_range("2020-01-01", periods=400, freq="h").where(table.n5 > -1)
    table.loc[::3, "n4"] = np.nan
    found = twins(pd.concat([table, table.iloc[:50]], ignore_index=True).drop(columns="label"))
    assert found is not None and (found[:50] == found[400:]).all()
