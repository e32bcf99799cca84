from __future__ import annotations

import re
from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engine.bundle.runtime import dates

ALL = ["iso", *dates.DATE_FORMATS, *dates.COUNTED]


def parse(text: str, date_format: str, pivot: int = dates.PIVOT) -> datetime | None:
    (moment,) = dates.parse(pa.array([text]), date_format, pivot).to_pylist()
    assert moment is None or isinstance(moment, datetime)
    return moment


@pytest.mark.parametrize(
    ("date_format", "text", "moment"),
    [
        ("iso", "2024-01-31T10:00:00.25+02:00", datetime(2024, 1, 31, 8, 0, 0, 250000)),
        ("iso", "9999-12-31", datetime(9999, 12, 31)),
        ("%d/%m/%Y", "1/2/2024", datetime(2024, 2, 1)),
        ("%d/%m/%Y", "1/2/2024 9:30", datetime(2024, 2, 1, 9, 30)),
        ("%m/%d/%Y", "1/31/2024 10:15:00 PM", datetime(2024, 1, 31, 22, 15)),
        ("%m/%d/%Y", "1/31/2024 12:15:00.123 a.m.", datetime(2024, 1, 31, 0, 15, 0, 123000)),
        ("%d.%m.%y %H:%M", "1.2.24 9:30", datetime(2024, 2, 1, 9, 30)),  # as casts stored it that named the time
        ("%b-%Y", "Mar-2018", datetime(2018, 3, 1)),
        ("%Y-%b", "2018-Mar", datetime(2018, 3, 1)),
        ("%d. %b %Y", "13. März 2014", datetime(2014, 3, 13)),
        ("%d %b %Y", "13 févr. 2014", datetime(2014, 2, 13)),
        ("%d de %b de %Y", "13 de octubre de 2014", datetime(2014, 10, 13)),
        ("%d %b %Y", "Mon, 13 Oct 2014 10:00:00 GMT", datetime(2014, 10, 13, 10)),
        ("%b %d, %Y", "October 13th, 2014", datetime(2014, 10, 13)),
        ("%d%b%Y", "13OCT2014:10:00:00", datetime(2014, 10, 13, 10)),
        ("%Y年%m月%d日", "2014年10月13日", datetime(2014, 10, 13)),
        ("%Y%m%dT%H%M%S", "20141013T000000", datetime(2014, 10, 13)),
        ("ctime", "Mon Oct 13 10:00:00 2014", datetime(2014, 10, 13, 10)),
        ("quarter", "1998 Q1", datetime(1998, 1, 1)),
        ("quarter", "1998Q4", datetime(1998, 10, 1)),
        ("quarter_first", "Q2 1998", datetime(1998, 4, 1)),
        ("week", "2014-W05", datetime(2014, 1, 27)),
        ("week", "2015W53", datetime(2015, 12, 28)),
        ("epoch_s", "1217897793", datetime(2008, 8, 5, 0, 56, 33)),
        ("epoch_ms", "1217897793123", datetime(2008, 8, 5, 0, 56, 33, 123000)),
        ("excel", "41925.5", datetime(2014, 10, 13, 12)),
        ("epoch_s", "1217897793.25", datetime(2008, 8, 5, 0, 56, 33, 250000)),
        ("epoch_s", "1217897793.0", datetime(2008, 8, 5, 0, 56, 33)),
        ("%Y%m", "201410", datetime(2014, 10, 1)),
        ("iso|%d/%m/%Y", "2/1/2024", datetime(2024, 1, 2)),
        ("iso|%d/%m/%Y", "2024-01-02", datetime(2024, 1, 2)),
    ],
)
def test_a_date_is_read(date_format: str, text: str, moment: datetime) -> None:
    assert parse(text, date_format) == moment


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        ("iso", "2024-02-30"),
        ("iso", "0000-01-01"),
        ("iso", "0001-01-01T00:00:00+02:00"),  # before the first year in UTC
        ("%d/%m/%Y", "30/02/2024"),
        ("%d/%m/%Y", "1/2/24"),
        ("%d/%m/%Y", "1/2/2024 24:10"),
        ("%d %b %Y", "Report 13 Oct 2014"),
        ("%d %b %Y", "13 Foo 2014"),
        ("week", "2014-W53"),
        ("epoch_s", "999999999999999999"),
        ("excel", "99999999"),
        ("%Y%m", "201413"),
    ],
)
def test_what_is_no_such_date_is_null(date_format: str, text: str) -> None:
    assert parse(text, date_format) is None


def test_the_pivot_says_which_century() -> None:
    assert parse("31-Jul-18", "%d-%b-%y") == datetime(2018, 7, 31)
    assert parse("31-Jul-69", "%d-%b-%y") == datetime(1969, 7, 31)
    assert parse("31-Jul-30", "%d-%b-%y", pivot=26) == datetime(1930, 7, 31)


@given(st.sampled_from(ALL), st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)))
def test_what_is_written_is_read_back(date_format: str, moment: datetime) -> None:
    """As far as the format goes: a month's is the first of the month."""
    text = dates.write(moment.replace(microsecond=0), date_format)
    found = parse(text, date_format)
    assert found is not None and dates.write(found, date_format) == text
    if re.search("%d|iso|epoch", date_format):
        assert found.date() == moment.date()
