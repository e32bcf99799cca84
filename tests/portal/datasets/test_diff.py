"""What differs between two versions, by their reports alone."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from automl_portal.datasets.diff import version_diff
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.shift import column_shift, quantile, share_below, stability_index
from tests.portal.cast import column


def numbers(mean: float, rows: int = 20_000, bins: int = 30, **more: Any) -> dict[str, Any]:
    """A column of normally distributed numbers as the import profiles it."""
    chance = random.Random(mean)
    values = [chance.gauss(mean, 1.0) for _ in range(rows)]
    low, high = min(values), max(values)
    width = (high - low) / bins
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / width))] += 1
    return column("x", "number", rows, histogram={"edges": [low + i * width for i in range(bins + 1)], "counts": counts}, **more)


def words(**counts: int) -> dict[str, Any]:
    return column("w", "category", len(counts), top=[{"value": name, "count": n} for name, n in counts.items()], other=0)


def test_the_index_is_nought_for_equal_and_known_for_a_textbook_case() -> None:
    assert stability_index([0.2, 0.8], [0.2, 0.8]) == 0
    # (0.5 - 0.25) ln 2 + (0.5 - 0.75) ln (2/3)
    assert stability_index([0.25, 0.75], [0.5, 0.5]) == pytest.approx(0.25 * 0.6931472 - 0.25 * -0.4054651)


@pytest.mark.parametrize(("mean", "low", "high"), [(0.0, 0.0, 1e-9), (0.01, 0.0, 0.01), (0.5, 0.2, 0.3), (1.0, 0.8, 1.2)])
def test_numbers_shift_as_their_means_do(mean: float, low: float, high: float) -> None:
    # Two normal distributions a standard deviation apart have an index of 1.
    shift = column_shift(numbers(0.0), numbers(mean), 20_000, 20_000)
    assert shift is not None and low <= shift[0] <= high
    assert sum(shift[1]) == pytest.approx(1) and sum(shift[2]) == pytest.approx(1)


def test_values_are_compared_by_name_whatever_their_order() -> None:
    same = column_shift(words(a=10, b=20), words(b=40, a=20), 30, 60)
    assert same is not None and same[0] == pytest.approx(0)
    new = column_shift(words(a=10, b=20), words(b=20, c=10), 30, 30)
    assert new is not None and new[0] > 1


def test_values_that_a_report_does_not_name_are_not_taken_for_gone() -> None:
    """Two samples of the same 500 customers: each report names other ones as the commonest."""
    halves = []
    for half in range(2):
        chance = random.Random(half)
        counts = Counter(f"C{chance.randrange(500)}" for _ in range(2000)).most_common()
        top = [{"value": name, "count": n} for name, n in counts[:20]]
        halves.append(column("customer", "category", 500, top=top, other=sum(n for _name, n in counts[20:])))
    same = column_shift(halves[0], halves[1], 2000, 2000)
    assert same is not None and same[0] < 0.1
    one = {**halves[1], "top": [{"value": "C0", "count": 1500}], "other": 500}
    moved = column_shift(halves[0], one, 2000, 2000)
    assert moved is not None and moved[0] > 0.25


def test_more_gaps_are_a_shift() -> None:
    shift = column_shift(words(a=50, b=50), {**words(a=25, b=25), "missing": 50}, 100, 100)
    assert shift is not None and shift[0] > 0.25


def test_text_is_compared_by_its_lengths_and_constants_do_not_fail() -> None:
    text = column("t", "text", 900, length_histogram={"edges": [0, 10, 20], "counts": [5, 5]}, top=[{"value": "x", "count": 1}], other=9)
    same = column_shift(text, text, 10, 10)
    assert same is not None and same[0] == 0 and same[1] == pytest.approx([1 / 16] * 16)
    constant = column("k", "number", 1, histogram={"edges": [3.0, 3.0], "counts": [10]})
    assert column_shift(constant, constant, 10, 10)[0] == 0  # type: ignore[index]
    assert column_shift(column("e", "empty", 0), column("e", "empty", 0), 10, 10) is None


def test_histograms_are_read_between_their_edges() -> None:
    histogram = {"edges": [0.0, 1.0, 3.0], "counts": [1, 3]}
    assert [share_below(histogram, value) for value in (-1, 0.5, 2, 9)] == [0, 0.125, 0.625, 1]
    assert [quantile(histogram, share) for share in (0.125, 0.25, 0.625)] == [0.5, 1.0, 2.0]


def test_a_diff_names_what_came_went_and_changed_its_type() -> None:
    old = Dataset(rows=100, report={"columns": [column("gone"), column("same"), column("a", "integer"), words(x=1, y=1)]})
    new = Dataset(rows=100, report={"columns": [column("a", "text"), column("new"), column("same"), {**words(x=1, y=9), "missing": 25}]})
    diff = version_diff(old, new)
    assert (diff.added, diff.removed) == (["new"], ["gone"])
    assert [(each.name, each.old_type, each.new_type) for each in diff.retyped] == [("a", "integer", "text")]
    assert [each.name for each in diff.columns] == ["a", "w", "same"]
    assert [each.name for each in diff.shifted] == ["w"] and diff.columns[1].new_missing == 0.25
    assert diff.columns[0].size == ""
