"""Cases 35-45: values and types. Each with the answer it gets, where it points, and a way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.engine.intake.files import column, import_bytes
from workers.engine.bundle.runtime.casting import cast_array

NUMBERS = [str(i) for i in range(40)]


@dataclass(frozen=True)
class Case:
    """One column ``x``, its cells repeated to forty rows, beside the row number ``n``."""

    name: str
    cells: list[str]
    key: str  # of the finding, without the column
    level: str
    kind: str  # the type the column ends with
    first: Any = None  # the first value, as the preview shows it
    header: str = "x"
    rows: list[int] = field(default_factory=list)
    count: int | None = None
    out: str | None = None  # a choice that changes the reading
    out_kind: str = "category"


def dated(*cells: str) -> list[str]:
    """Enough days of one month that none can be a month, then ``cells``."""
    return [f"{day:02d}/01/2024" for day in range(1, 32)] * 2 + list(cells)


CASES: dict[int, list[Case]] = {
    35: [
        Case("infinity", ["1.5", "inf", "-Infinity", "2.5"], "infinite_values", "FIX", "number", 1.5, count=20),
        Case("too_large", ["1.5", "1e400"], "infinite_values", "FIX", "number", 1.5, count=20),
        Case("nan", ["1.5", "nan", "2"], "missing_tokens", "FIX", "number", 1.5, out="keep"),
    ],
    36: [
        Case("over_int64", ["9223372036854775808", "-5", "7"], "huge_integers", "WARN", "category", "9223372036854775808"),
        Case("thirty_digits", ["123456789012345678901234567890"], "huge_integers", "WARN", "category", "123456789012345678901234567890"),
    ],
    37: [
        Case("ids_with_a_gap", ["12345678901234567", "", "12345678901234568"], "long_digits", "FIX", "category", "12345678901234567"),
        Case("as_numbers", ["12345678901234567", "", "5"], "long_digits", "FIX", "category", None, out="numbers", out_kind="integer"),
        Case("mangled", ["1.23457E+15", "4.5E+14"], "digits_lost", "WARN", "number", 1.23457e15),
    ],
    38: [Case("in_brackets", ["(020)", "(161)"], "leading_zeros", "FIX", "category", "(020)", out="numbers", out_kind="integer"), Case("leading_zeros", ["00501", "12345"], "leading_zeros", "FIX", "category", "00501", out="numbers", out_kind="integer")],
    39: [
        Case("namibia", ["NA", "DE", "FR", "IT", "US"], "missing_tokens", "FIX", "category", "NA", out="missing"),
        Case("words", ["red", "NA", "None", "null", "?"], "missing_tokens", "FIX", "category", "red", out="keep"),
        Case("dashes", ["1", "-", "--", "2"], "missing_tokens", "FIX", "integer", 1, out="keep"),
        Case("chinese", ["1.5", "缺失", "无"], "missing_tokens", "FIX", "number", 1.5, out="keep"),
        Case("dashes_first", ["-", "-"] * 30 + NUMBERS, "missing_tokens", "FIX", "integer", None, out="keep"),
    ],
    40: [
        Case("two_formats", ["2024-01-02", "02/01/2024"], "date_formats", "ASK", "datetime", "2024-01-02T00:00:00", out="text"),
        Case("order", ["02/01/2024", "03/04/2024"], "date_order", "ASK", "datetime", "2024-01-02T00:00:00", out="month_first", out_kind="datetime"),
        Case("two_digits", ["31-Jul-18", "1-Aug-69"], "two_digit_year", "WARN", "datetime", "2018-07-31T00:00:00"),
        Case("birth", ["31-Jul-55", "1-Aug-69"], "two_digit_year", "WARN", "datetime", "1955-07-31T00:00:00", header="date_of_birth"),
        Case("excel", ["41925", "41926"], "excel_serial", "FIX", "datetime", "2014-10-13T00:00:00", header="sale_date", out="numbers", out_kind="integer"),
        Case("epoch", ["1217897793", "1217895807"], "epoch_time", "FIX", "datetime", "2008-08-05T00:56:33", header="timestamp", out="numbers", out_kind="integer"),
        Case("excel_with_gaps", ["41925.0", "", "41926.0"], "excel_serial", "FIX", "datetime", "2014-10-13T00:00:00", header="sale_date", out="numbers", out_kind="number"),
        Case("epoch_ms", ["1217897793123", "1217895807000"], "epoch_time", "FIX", "datetime", "2008-08-05T00:56:33.123000", header="created_at", out="numbers", out_kind="integer"),
        Case("months", ["201410", "201411"], "compact_date", "FIX", "datetime", "2014-10-01T00:00:00", header="month", out="numbers", out_kind="integer"),
        Case("zones", ["2024-01-31T10:00:00+02:00", "2024-01-31T10:00:00Z"], "time_zone_utc", "FIX", "datetime", "2024-01-31T08:00:00", count=40),
        Case("mixed_zones", ["2024-01-31T10:00:00+02:00", "2024-01-31T10:00:00"], "mixed_zones", "WARN", "datetime", "2024-01-31T08:00:00", count=20),
        Case("no_such_day", dated("30/02/2024"), "mixed_types", "ASK", "datetime", "2024-01-01T00:00:00", rows=[63], count=1, out="text"),
    ],
    41: [
        Case("spellings", ["True", "false", "yes", "1"], "boolean_words", "ASK", "boolean", True, out="text"),
        Case("chinese", ["是", "否", "yes", "no"], "boolean_words", "ASK", "boolean", True, out="text"),
    ],
    42: [
        Case("formulas", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "plain"], "formula_cells", "WARN", "category", "=1+1", rows=[1, 2, 3, 5, 6], count=30),
    ],
    43: [
        Case("a_late_word", [*NUMBERS, "n.b."], "mixed_types", "ASK", "integer", 0, rows=[41], count=1, out="text"),
        Case("codes_among_numbers", [*NUMBERS, "E909"], "mixed_types", "WARN", "category", "0", out="missing", out_kind="integer"),
        Case("many_words", [*NUMBERS, *"abcdef"], "mixed_types", "WARN", "category", "0"),
    ],
    44: [
        Case("constant", ["a"], "constant_column", "FIX", "category", "a"),
        Case("all_missing", ["", "NA"], "all_missing_column", "FIX", "empty"),
        Case("mostly_missing", ["1.5", *[""] * 50, "2.5"], "mostly_missing", "WARN", "number", 1.5),
    ],
    45: [Case("variants", ["Yes", "yes", "YES", "No"], "value_variants", "WARN", "category", "Yes", out="merge")],
    20: [
        Case("decimal_comma", ["1.234,5", "2"], "number_marks", "FIX", "number", 1234.5, out="text"),
        Case("spaces", ["1\u202f200,50 €", "3 €"], "number_marks", "FIX", "number", 1200.5, out="text"),
        Case("dollars", ["$1,234.50", "($3.10)"], "number_marks", "FIX", "number", 1234.5, out="text"),
        Case("codes", ["USD 1,200", "USD 3"], "number_marks", "FIX", "number", 1200.0, out="text"),
        Case("yuan", ["12.5元", "3元"], "number_marks", "FIX", "number", 12.5, out="text"),
        Case("percent", ["12%", "3%"], "number_marks", "FIX", "integer", 12, out="text"),
        Case("brackets", ["(1,234.50)", "3.25"], "number_marks", "FIX", "number", -1234.5, out="text"),
        Case("trailing_minus", ["12-", "3"], "number_marks", "FIX", "integer", -12, out="text"),
        Case("full_width", ["１２．５", "3.5"], "number_marks", "FIX", "number", 12.5, out="text"),
        Case("india", ["1,00,000", "12,34,567"], "number_marks", "FIX", "number", 100000.0, out="text"),
        Case("units", ["12 kg", "3.5 kg"], "unit_in_cells", "WARN", "number", 12.0, out="text"),
        Case("months", ["1 month", "36 months"], "unit_in_cells", "WARN", "integer", 1, out="text"),
        Case("letters", ["12.3M", "950K", "0"], "number_marks", "FIX", "number", 12_300_000.0, out="text"),
        Case("euros_and_letters", ["€110.5M", "€565K"], "number_marks", "FIX", "number", 110_500_000.0, out="text"),
        Case("letters_and_yuan", ["1.2万元", "3.5亿元"], "number_marks", "FIX", "number", 12_000.0, out="text"),
        Case("either", ["1,234", "5,678"], "number_format", "ASK", "number", 1234.0, out="decimal_comma", out_kind="number"),
    ],
}  # fmt: skip
CODES = [
    ["2010/11", "2011/12"],
    ["612 345 678", "712 345 679", "612 345 670", "612 345 671", "612 345 672"],
    ["12A", "3B"],
    ["5M", "6M"],
    ["18.00.00"],
]
EVERY = [pytest.param(case, id=f"{number:02d}-{case.name}") for number, cases in CASES.items() for case in cases]


def written(case: Case) -> bytes:
    """The file."""
    cells = (case.cells * 40)[: max(40, len(case.cells))]
    return ("n," + case.header + "\n" + "".join(f'{i},"{cell}"\n' for i, cell in enumerate(cells, start=1))).encode()


@pytest.mark.parametrize("case", EVERY)
def test_each_case_is_answered(tmp_path: Path, case: Case) -> None:
    report = import_bytes(tmp_path, written(case))
    entry = column(report, case.header)
    assert entry["type"] == case.kind
    found = [item for item in report["findings"] if item["key"] == f"{case.key}:{case.header}"]
    assert [item["level"] for item in found] == [case.level], report["findings"]
    if case.first is not None:
        assert report["preview"]["typed"][0][1] == case.first
    assert case.rows in ([], found[0]["rows"])
    assert case.count is None or case.count == found[0]["params"]["count"]
    if case.level == "ASK":
        assert report["needs_answers"] and len(found[0]["choices"]) > 1 and found[0]["answer"] is None


@pytest.mark.parametrize("case", EVERY)
def test_scoring_reads_each_cell_as_the_import_did(tmp_path: Path, case: Case) -> None:
    data = written(case)
    entry = column(import_bytes(tmp_path, data), case.header)
    stored = parquet.read_table(tmp_path / "data.parquet").column(case.header).combine_chunks()
    cells = (case.cells * 40)[: len(stored)]
    typed, wrong = cast_array(pa.array(cells), entry["cast"])
    assert typed.cast(stored.type).to_pylist() == stored.to_pylist()
    assert not wrong.true_count


@pytest.mark.parametrize("case", [param for param in EVERY if param.values[0].out])  # type: ignore[union-attr]
def test_the_way_out_is_taken_and_stays_listed(tmp_path: Path, case: Case) -> None:
    key = f"{case.key}:{case.header}"
    assert case.out is not None
    report = import_bytes(tmp_path, written(case), answers={key: case.out})
    assert column(report, case.header)["type"] == case.out_kind
    (found,) = [item for item in report["findings"] if item["key"] == key]
    assert found["answer"] == case.out and case.out in {option["value"] for option in found["choices"]}
    assert not report["needs_answers"]


@pytest.mark.parametrize(
    "cells", [["2024-01-02", "2024-11-30"], ["1", "2"], ["1.5", "2"], ["yes", "no"], ["2024-01-02 10:00:00"], ["-5", "5"]]
)
def test_a_plain_column_has_nothing_said_about_it(tmp_path: Path, cells: list[str]) -> None:
    report = import_bytes(tmp_path, written(Case("plain", [*cells, ""], "", "", "")))
    assert not [
        item["key"] for item in report["findings"] if item["column"] == "x" and item["code"] not in ("constant_column", "time_column")
    ]
