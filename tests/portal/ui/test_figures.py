"""Numbers as people read them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from automl_portal.ui import figures, svg


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.51234, "0.512"), (1234.5, "1,230"), (0.00012345, "0.000123"), (-2.5, "-2.50"), (0, "0"), (None, "–"), (float("nan"), "–")],
)
def test_three_significant_digits(value: float | None, text: str) -> None:
    assert figures.significant(value) == text


@pytest.mark.parametrize(("value", "text"), [(18424.0, "18,424"), (1872, "1872"), (4, "4"), (2.346, "2.35"), (None, "–")])
def test_whole_numbers_stay_whole(value: float | None, text: str) -> None:
    assert figures.plain(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.034, "3.4 %"), (0.3, "30 %"), (0.0004, "< 0.1 %"), (0.0, "0 %"), (1.0, "100 %")])
def test_shares(value: float, text: str) -> None:
    assert figures.share(value) == text


@pytest.mark.parametrize(("value", "text"), [(999, "999 B"), (224_877, "225 kB"), (2_540_000, "2.54 MB"), (None, "–")])
def test_sizes(value: int | None, text: str) -> None:
    assert figures.file_size(value) == text


@pytest.mark.parametrize(("language", "text"), [("en", "1,234,567"), ("zh-hans", "1,234,567")])
def test_thousands_are_grouped_in_both_languages(language: str, text: str) -> None:
    with override(language):
        assert figures.count(1_234_567) == text


def test_sparkline_says_what_it_shows() -> None:
    histogram = svg.sparkline({"histogram": {"edges": [1, 2, 3], "counts": [4, 8]}})
    assert 'aria-label="Distribution from 1 to 3"' in histogram and histogram.count("<rect") == 2
    top = svg.sparkline({"top": [{"value": "<b>", "count": 3}, {"value": "c", "count": 1}], "other": 2})
    assert "&lt;b&gt;, c" in top and top.count('class="rest"') == 1
    assert svg.sparkline({"top": []}) == ""


def test_meter_shows_the_smallest_share_and_never_more_than_all() -> None:
    assert 'width="1.5"' in svg.meter(0.0001, "few")
    assert 'class="fg" width="100.0"' in svg.meter(3.0, "all")
    assert svg.meter(None, "unknown") == ""
