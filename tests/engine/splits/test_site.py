"""Another hospital: whole sites are held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.engine.splits.frames import frame, split


def _sites(count: int = 12) -> pd.DataFrame:
    table = frame()
    table["hospital"] = np.random.default_rng(0).integers(0, count, len(table)).astype(float)
    return table


def test_whole_sites_are_held_out() -> None:
    table = _sites()
    table.loc[:49, "hospital"] = np.nan
    found = split(table, site=["hospital"])
    assert found.kind == "site"
    assert not set(table.hospital[found.holdout]) & set(table.hospital[found.train])
    assert found.holdout.sum() == pytest.approx(200, abs=60)
    assert found.aside["site_missing"].sum() == 50


def test_a_patient_of_two_hospitals_is_not_learned_from() -> None:
    table = _sites()
    table["patient"] = np.arange(1000) // 2
    found = split(table, site=["hospital"], group=["patient"], kind="site")
    assert not set(table.patient[found.holdout]) & set(table.patient[found.train])
    assert found.aside["group_on_both_sides"].any()


def test_one_site_cannot_be_left_out() -> None:
    found = split(_sites(1), site=["hospital"])
    assert (found.kind, found.fallback) == ("random", "site_split_unusable")
