"""What is told from buffers alone must be what a look at each cell would tell."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from workers.engine.bundle.runtime import buffers
from workers.engine.bundle.runtime.casting import SPACES

CELLS = st.lists(st.sampled_from(["", "a", "NA", " NA", "b\u00a0", "\ufeffc", "d e", "中文", "a longer text of words"]), max_size=20)


@given(CELLS, st.integers(0, 5))
def test_no_cell_that_begins_or_ends_with_a_space_is_missed(cells: list[str], start: int) -> None:
    text = pa.array(cells, pa.string())[start:]
    if not buffers.borders(text, SPACES):
        assert pc.utf8_trim(text, characters=SPACES).equals(text)


def test_inner_spaces_are_no_border() -> None:
    assert not buffers.borders(pa.array(["d e", "", "words and words"]), SPACES)


@given(CELLS, st.integers(0, 5))
def test_words_are_found_among_longer_cells(cells: list[str], start: int) -> None:
    text = pa.array(cells, pa.string())[start:]
    assert buffers.among(text, ("", "NA")).to_pylist() == [cell in ("", "NA") for cell in cells[start:]]
