"""The files that once failed, and some fresh ones. ``python -m tests.fuzz.intake`` runs as many as you like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.grammar import sample
from tests.fuzz.intake import SEEDS, kept, tried

FRESH = 300


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_that_once_failed(path: Path) -> None:
    assert not (result := tried(kept(path))).startswith("FAILED"), result


@pytest.mark.parametrize("tens", range(FRESH // 10))
def test_fresh_files(tens: int) -> None:
    for number in range(10 * tens, 10 * tens + 10):
        assert not (result := tried(sample(0, number))).startswith("FAILED"), f"file {number}\n{result}"
