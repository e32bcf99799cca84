"""An even sample that does not depend on how a stream was cut."""

from __future__ import annotations

import numpy as np
import pytest

from workers.engine.bundle.runtime.thinning import Thinned


@pytest.mark.parametrize("piece", [1, 7, 100, 1000])
def test_even_and_bounded(piece: int) -> None:
    sample = Thinned(100)
    for start in range(0, 1000, piece):
        sample.add(np.arange(start, min(start + piece, 1000)))
    assert sample.values().tolist() == list(range(0, 1000, 16)) and sample.seen == 1000


def test_few_rows_are_all_kept_and_none_is_empty() -> None:
    sample = Thinned(10)
    assert len(sample.values()) == 0
    sample.add(np.ones((3, 2)))
    assert sample.values().shape == (3, 2)
