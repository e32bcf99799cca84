"""The holdout is decided once, and nothing leaks over its edge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.engine.splits.frames import frame, split
from workers.engine.events import Refused


def test_a_random_split_keeps_the_class_shares_and_repeats() -> None:
    table = frame()
    found = split(table)
    assert found.kind == "random" and not found.aside
    assert found.holdout.sum() == pytest.approx(200, abs=2)
    share = (table.label[found.holdout] == "yes").mean()
    assert share == pytest.approx((table.label == "yes").mean(), abs=0.005)
    assert (found.holdout == split(table).holdout).all()
    assert (found.holdout != split(table, seed=1).holdout).any()


def test_planted_copies_of_rows_never_straddle() -> None:
    table = frame()
    copies = table.sample(300, random_state=0)
    table = pd.concat([table, copies, copies], ignore_index=True)
    table["id"] = np.arange(len(table))
    holdout = split(table).holdout
    content = table.drop(columns="id").astype(str).agg("|".join, axis=1)
    assert not set(content[holdout]) & set(content[~holdout])
    assert holdout.mean() == pytest.approx(0.2, abs=0.02)


def test_groups_never_straddle_even_when_copies_link_them() -> None:
    table = frame()
    table["patient"] = np.random.default_rng(1).integers(0, 150, len(table))
    table.loc[1, ["a", "b", "label"]] = table.loc[0, ["a", "b", "label"]]
    found = split(table, group=["patient"], ignore=["id", "patient"])
    assert found.kind == "group"
    assert not set(table.patient[found.holdout]) & set(table.patient[~found.holdout])
    assert found.holdout[0] == found.holdout[1]
    assert found.holdout.mean() == pytest.approx(0.2, abs=0.02)


def test_rows_without_a_group_are_no_group() -> None:
    table = frame()
    table["patient"] = np.where(np.arange(1000) < 500, np.nan, np.arange(1000) // 4)
    holdout = split(table, group=["patient"]).holdout
    assert holdout[:500].mean() == pytest.approx(0.2, abs=0.03)


def test_an_explicit_random_split_may_part_a_group() -> None:
    table = frame()
    table["patient"] = np.arange(1000) // 10
    found = split(table, group=["patient"], kind="random")
    assert found.kind == "random" and set(table.patient[found.holdout]) & set(table.patient[~found.holdout])


def test_a_kind_without_its_role_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        split(frame(), kind="site")
    assert (refused.value.code, refused.value.params) == ("split_needs_role", {"kind": "site", "role": "site"})


def test_a_rare_class_is_on_both_sides() -> None:
    table = frame()
    table.loc[:4, "label"] = "rare"
    holdout = split(table).holdout
    assert 1 <= (table.label[holdout] == "rare").sum() <= 4


def test_a_table_of_few_distinct_rows_is_not_treated_as_copies() -> None:
    table = frame()
    table["a"] = 0.0
    assert split(table).holdout.mean() == pytest.approx(0.2, abs=0.01)


def test_a_number_label_is_balanced_over_its_range() -> None:
    table = frame()
    table["label"] = np.random.default_rng(4).lognormal(size=len(table))
    holdout = split(table, classification=False).holdout
    assert table.label[holdout].median() == pytest.approx(table.label.median(), rel=0.1)
