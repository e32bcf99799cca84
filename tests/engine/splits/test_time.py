"""Out of time: nothing that is learned from is later than the test begins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.engine.splits.frames import frame, people, split
from workers.engine.events import Refused


def _dated(rows: int = 1000) -> pd.DataFrame:
    table = frame(rows)
    table["day"] = pd.date_range("2024-01-01", periods=rows, freq="6h").floor("D")
    return table.sample(frac=1, random_state=0).reset_index(drop=True)


def test_the_last_share_of_time_is_held_out_and_equal_times_stay_together() -> None:
    table = _dated()
    found = split(table, time=["day"])
    assert found.kind == "time"
    assert table.day[found.holdout].min() > table.day[found.train].max()
    assert found.holdout.mean() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("columns", [["year", "month"], ["month", "year"]])
def test_year_and_month_apart_are_one_time(columns: list[str]) -> None:
    table = frame()
    table["year"] = np.random.default_rng(2).integers(2000, 2010, len(table))
    table["month"] = np.random.default_rng(3).choice(["Jan", "Feb", "Mar", "April", "May", "Dec"], len(table))
    found = split(table, time=columns)
    moment = table.year * 100 + table.month.map({"Jan": 1, "Feb": 2, "Mar": 3, "April": 4, "May": 5, "Dec": 12})
    assert moment[found.holdout].min() > moment[found.train].max()


def test_rows_without_a_time_are_set_aside_and_counted() -> None:
    table = _dated()
    table.loc[:99, "day"] = pd.NaT
    found = split(table, time=["day"])
    assert found.aside["time_missing"].sum() == 100 and not found.holdout[:100].any()
    assert found.train.sum() + found.holdout.sum() + 100 == len(table)


def test_a_gap_before_the_test_is_left_out() -> None:
    table = _dated()
    found = split(table, time=["day"], gap_days=7)
    begins = table.day[found.holdout].min()
    assert table.day[found.train].max() < begins - pd.Timedelta(days=7)
    assert set(table.day[found.aside["in_the_gap"]]) == set(pd.date_range(end=begins - pd.Timedelta(days=1), periods=7))


def test_a_gap_needs_dates() -> None:
    table = frame()
    table["year"] = 2000 + np.arange(1000) // 100
    with pytest.raises(Refused) as refused:
        split(table, time=["year"], gap_days=30)
    assert refused.value.code == "split_gap_needs_dates"


def test_words_without_an_order_are_no_time() -> None:
    with pytest.raises(Refused) as refused:
        split(frame(), time=["b"])
    assert refused.value.code == "time_without_order"


def test_visiting_groups_are_set_aside_where_they_are_on_both_sides() -> None:
    table = _dated()
    table["customer"] = table.groupby("day").ngroup() // 3 * 10 + np.random.default_rng(0).integers(0, 10, len(table))
    found = split(table, time=["day"], group=["customer"])
    assert found.kind == "group_time"
    assert table.day[found.holdout].min() > table.day[found.train].max()
    assert not set(table.customer[found.holdout]) & set(table.customer[found.train])
    sides = found.train.sum() + found.holdout.sum() + sum(mask.sum() for mask in found.aside.values())
    assert sides == len(table)


def test_groups_that_are_always_there_are_divided_as_well() -> None:
    table = _dated()
    table["store"] = np.random.default_rng(0).integers(0, 40, len(table))
    found = split(table, time=["day"], group=["store"])
    assert table.day[found.holdout].min() > table.day[found.train].max()
    assert not set(table.store[found.holdout]) & set(table.store[found.train])
    assert found.train.mean() > 0.4 and found.holdout.mean() > 0.05
    assert found.aside["group_on_both_sides"].any() and found.aside["after_the_test_begins"].any()


def test_the_cut_moves_to_where_both_sides_have_two_classes() -> None:
    table = frame()
    table["day"] = np.arange(len(table))
    table["label"] = np.where((table.day < 700) & (table.day % 7 == 0), "yes", "no")
    found = split(table, time=["day"])
    assert found.kind == "time" and (table.label[found.holdout] == "yes").any()


def test_a_time_split_with_one_class_falls_back_and_says_so() -> None:
    table = frame()
    table["day"] = np.where(table.label == "yes", 1, np.arange(len(table)))
    found = split(table, time=["day"])
    assert (found.kind, found.fallback) == ("random", "time_split_unusable")


def test_a_customer_entered_again_at_a_later_date_is_not_learned_from() -> None:
    table = people()
    table["day"] = pd.date_range("2024-01-01", periods=len(table), freq="D")
    again = table.iloc[:40].assign(day=pd.Timestamp("2025-08-20"))
    found = split(pd.concat([table, again], ignore_index=True), time=["day"])
    assert found.aside["looks_like_a_test_row"][:40].all()
    assert found.aside["looks_like_a_test_row"].sum() <= 45
