"""Folds and validation rows inside the training rows keep to what holds rows together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workers.engine.splits.structure import Structure
from workers.engine.splits.units import strata


def _label(rows: int = 600, seed: int = 0) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).choice(["no", "yes"], rows, p=[0.7, 0.3]), name="label")


def test_folds_are_disjoint_by_unit_and_cover_every_row_once() -> None:
    units = np.random.default_rng(1).integers(0, 90, 600)
    folds = Structure(units).folds(_label(), 5, 0, "binary")
    assert len(folds) == 5
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(600))
    assert all(not set(units[train]) & set(units[test]) for train, test in folds)


def test_folds_in_time_are_blocks_that_part_no_group() -> None:
    when = np.sort(np.random.default_rng(1).integers(0, 40, 600))
    folds = Structure(when=when).folds(_label(), 4, 0, "binary")
    blocks = sorted((when[test].min(), when[test].max()) for _, test in folds)
    assert len(folds) == 4 and all(left[1] < right[0] for left, right in zip(blocks, blocks[1:], strict=False))


def test_fewer_folds_where_a_class_is_in_few_units() -> None:
    units = np.arange(600) // 10
    label = pd.Series(np.where(units < 3, "yes", "no"), name="label")
    assert Structure(units).smallest_class(label) == 3
    assert 2 <= len(Structure(units).folds(label, 8, 0, "binary")) <= 3


def test_no_folds_where_time_separates_the_classes() -> None:
    label = pd.Series(np.where(np.arange(600) < 300, "yes", "no"), name="label")
    assert Structure(when=np.arange(600)).folds(label, 4, 0, "binary") == []


@pytest.mark.parametrize("by_time", [False, True])
def test_validation_rows_share_no_unit_with_the_others(by_time: bool) -> None:
    units = np.arange(600) // 7
    structure = Structure(units, when=units) if by_time else Structure(units)
    inner = structure.holdout(strata(_label(), True), 0.2, 0)
    assert not set(units[inner]) & set(units[~inner])
    assert inner.mean() == pytest.approx(0.2, abs=0.03)
    assert not by_time or units[inner].min() > units[~inner].max()


def test_a_part_keeps_its_structure() -> None:
    structure = Structure(np.array([5, 5, 9, 9, 2]), np.array([1, 1, 4, 4, 2])).take(np.array([2, 3, 4]))
    assert structure.units is not None and structure.units.tolist() == [1, 1, 0]
    assert structure.when is not None and structure.when.tolist() == [4, 4, 2]
    assert Structure().is_plain and Structure(np.arange(4)).is_plain and not structure.is_plain
