"""The holdout is decided once, and nothing leaks over its edge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workers.engine.split import Split, holdout_split


def _frame(rows: int = 1000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "a": rng.normal(size=rows),
            "b": rng.choice(list("xyz"), rows),
            "label": rng.choice(["no", "yes"], rows, p=[0.8, 0.2]),
        }
    )


def _split(frame: pd.DataFrame, **changes: Any) -> Split:
    options = {"classification": True, "fraction": 0.2, "seed": 0, "ignore": ["id"], **changes}
    return holdout_split(frame, "label", **options)


def test_a_random_split_keeps_the_class_shares_and_repeats() -> None:
    frame = _frame()
    split = _split(frame)
    assert split.kind == "random"
    assert split.holdout.sum() == pytest.approx(200, abs=2)
    share = (frame.label[split.holdout] == "yes").mean()
    assert share == pytest.approx((frame.label == "yes").mean(), abs=0.005)
    assert (split.holdout == _split(frame).holdout).all()
    assert (split.holdout != _split(frame, seed=1).holdout).any()


def test_planted_copies_of_rows_never_straddle() -> None:
    frame = _frame()
    copies = frame.sample(300, random_state=0)
    frame = pd.concat([frame, copies, copies], ignore_index=True)
    frame["id"] = np.arange(len(frame))
    holdout = _split(frame).holdout
    content = frame.drop(columns="id").astype(str).agg("|".join, axis=1)
    assert not set(content[holdout]) & set(content[~holdout])
    assert holdout.mean() == pytest.approx(0.2, abs=0.02)


def test_groups_never_straddle_even_when_copies_link_them() -> None:
    frame = _frame()
    frame["patient"] = np.random.default_rng(1).integers(0, 150, len(frame))
    frame.loc[1, ["a", "b", "label"]] = frame.loc[0, ["a", "b", "label"]]
    split = _split(frame, group=["patient"], ignore=["id", "patient"])
    assert split.kind == "group"
    assert not set(frame.patient[split.holdout]) & set(frame.patient[~split.holdout])
    assert split.holdout[0] == split.holdout[1]
    assert split.holdout.mean() == pytest.approx(0.2, abs=0.02)


def test_the_last_share_of_time_is_held_out() -> None:
    frame = _frame()
    frame["year"] = np.random.default_rng(2).integers(2000, 2010, len(frame))
    frame["month"] = np.random.default_rng(3).integers(1, 13, len(frame))
    split = _split(frame, time=["year", "month"])
    assert split.kind == "time"
    moment = frame.year * 100 + frame.month
    assert moment[split.holdout].min() > moment[~split.holdout].max()
    assert split.holdout.mean() == pytest.approx(0.2, abs=0.02)


def test_groups_in_time_go_where_their_last_row_is() -> None:
    frame = _frame()
    frame["day"] = pd.date_range("2024-01-01", periods=len(frame), freq="h")
    frame["customer"] = np.arange(len(frame)) // 4
    split = _split(frame, time=["day"], group=["customer"])
    assert split.kind == "group_time"
    assert not set(frame.customer[split.holdout]) & set(frame.customer[~split.holdout])


def test_a_time_split_with_one_class_falls_back_and_says_so() -> None:
    frame = _frame()
    frame["day"] = np.where(frame.label == "yes", 1, np.arange(len(frame)))
    split = _split(frame, time=["day"])
    assert (split.kind, split.fallback) == ("random", "time_split_unusable")


def test_a_rare_class_is_on_both_sides() -> None:
    frame = _frame()
    frame.loc[:4, "label"] = "rare"
    holdout = _split(frame).holdout
    assert 1 <= (frame.label[holdout] == "rare").sum() <= 4


def test_a_table_of_few_distinct_rows_is_not_treated_as_copies() -> None:
    frame = _frame()
    frame["a"] = 0.0
    assert _split(frame).holdout.mean() == pytest.approx(0.2, abs=0.01)


def test_a_number_label_is_balanced_over_its_range() -> None:
    frame = _frame()
    frame["label"] = np.random.default_rng(4).lognormal(size=len(frame))
    holdout = _split(frame, classification=False).holdout
    assert frame.label[holdout].median() == pytest.approx(frame.label.median(), rel=0.1)
