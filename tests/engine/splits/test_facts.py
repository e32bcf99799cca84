"""What is told about a split: figures and sentences that agree with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tests.engine.splits.frames import frame
from workers.engine.splits.facts import facts_make
from workers.engine.splits.holdout import Wanted, holdout_split


def told(table: pd.DataFrame, reason: str | None = None, **roles: Any) -> tuple[dict[str, Any], str]:
    wanted = Wanted(classification=True, ignore=["id"], **roles)
    split = holdout_split(table, "label", wanted)
    facts = facts_make(split, wanted, reason, table[split.train], table[split.holdout])
    return facts, " ".join(each["message"] % each["params"] for each in facts["sentences"])


def test_times_and_groups_of_both_sides_are_told() -> None:
    table = frame()
    table["day"] = pd.date_range("2024-01-01", periods=1000, freq="6h")
    table["customer"] = np.arange(1000) // 4
    facts, said = told(table, time=["day"], group=["customer"], gap_days=2)
    assert facts["kind"] == "group_time" and facts["holdout"]["groups"] == 50
    assert facts["train"]["from"] == "2024-01-01" and facts["holdout"]["to"] == "2024-09-06 18:00"
    assert "a new customer in the time that follows" in said and "last 2 days" in said and "seed of the split is 0" in said


def test_months_by_name_are_told_as_they_stand() -> None:
    table = frame()
    table["month"] = np.array(["Jan", "Feb", "Mar", "Apr", "May"])[np.arange(1000) // 200]
    facts, said = told(table, time=["month"])
    assert (facts["train"]["from"], facts["train"]["to"], facts["holdout"]["from"]) == ("Jan", "Apr", "May")


def test_a_reason_and_a_fallback_are_told() -> None:
    table = frame()
    table["hospital"] = "only one"
    facts, said = told(table, reason="The hospital is the only one there is.", site=["hospital"])
    assert facts["fallback"] == "site_split_unusable" and "not by site" in said and "only one there is" in said
