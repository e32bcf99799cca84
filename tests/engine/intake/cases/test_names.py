"""Cases 29-34: column names. Each with the answer it gets, where it points, and a way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domains.codes import CODES
from tests.engine.intake.cases.test_file import open_questions
from tests.engine.intake.files import import_bytes, rows
from workers.engine.bundle.runtime.output import neutral
from workers.engine.events import Refused

SAVED = "{i},{i}5,x{i}"
CAFE, CAFE_APART = "caf\u00e9", "cafe\u0301"


@dataclass(frozen=True)
class Case:
    """A header and the rows under it. ``names`` are those after the recommended answer, ``out_names`` after ``out``."""

    name: str
    header: str
    level: str  # OK: accepted without a word about the names
    code: str = ""
    line: str = "{i},x{i},{i}.5"
    names: list[str] = field(default_factory=list)
    out: str | None = None
    out_names: list[str] = field(default_factory=list)
    column: str | None = None
    shown: str = ""


CASES: dict[int, list[Case]] = {
    29: [
        Case(
            "equal", "a,b,a", "REJECT", "duplicate_columns", "{i},x,{i}", out="keep_first", out_names=["a", "b"], column="a", shown="1, 3"
        ),
        Case("differ", "a,b,a", "REJECT", "duplicate_columns", out="number", out_names=["a", "b", "a (2)"], column="a", shown="differ"),
        Case("taken", "a,a,a (2)", "REJECT", "duplicate_columns", out="number", out_names=["a", "a (2)_", "a (2)"], column="a"),
        Case("after_trimming", "a, a ,b", "REJECT", "duplicate_columns", out="number", out_names=["a", "a (2)", "b"], column="a"),
        Case("as_pandas_renames", "a,a.1,b", "OK", names=["a", "a.1", "b"]),
    ],
    30: [
        Case("saved_index", ",a,b", "FIX", "saved_index", SAVED, ["a", "b"], "keep", ["column_1", "a", "b"]),
        Case(
            "one_blank",
            "a,,c",
            "ASK",
            "blank_column_name",
            names=["a", "column_2", "c"],
            out="drop",
            out_names=["a", "c"],
            shown="column_2",
        ),
        Case("spaces", 'a," \u00a0",c', "ASK", "blank_column_name", names=["a", "column_2", "c"], out="drop", out_names=["a", "c"]),
        Case("nothing_in_it", "a,b,", "FIX", "blank_column_name", "{i},x{i},", ["a", "b"], shown="column_3"),
    ],
    31: [
        Case(
            "script",
            "<script>alert(1)</script>,b,c",
            "OK",
            line="{i},<img src=x onerror=alert(1)>,{i}.5",
            names=["<script>alert(1)</script>", "b", "c"],
        ),
        Case("quotes", '"a"" onclick=""x",b,c', "OK", names=['a" onclick="x', "b", "c"]),
    ],
    32: [
        Case("signs", "🙂,a/b\\c,[]<>{}:", "OK", names=["🙂", "a/b\\c", "[]<>{}:"]),
        Case("newline_and_comma", '"a\nb","c,d",e', "OK", names=["a\nb", "c,d", "e"]),
        Case("spaces_around", " a,b\u00a0,c", "FIX", "column_names_trimmed", names=["a", "b", "c"], shown="a, b"),
        Case("case", "Age,age,c", "ASK", "confusable_columns", names=["Age", "age", "c"], out="keep_first", out_names=["Age", "c"]),
        Case(
            "form",
            f"{CAFE},{CAFE_APART},c",
            "ASK",
            "confusable_columns",
            names=[CAFE, CAFE_APART, "c"],
            out="keep_first",
            out_names=[CAFE, "c"],
        ),
    ],
    33: [
        Case("three_hundred", "a" * 300 + ",b,c", "OK", names=["a" * 300, "b", "c"]),
        Case("too_long", "a" * 1001 + ",b,c", "REJECT", "column_name_too_long", shown="1001"),
        Case("beyond_the_csv_module", "a" * 200_000 + ",b,c", "REJECT", "column_name_too_long"),
        Case("formula", '"=HYPERLINK(""http://x"")",b,c', "OK", names=['=HYPERLINK("http://x")', "b", "c"]),
    ],
    34: [
        Case("reserved", "item_id,timestamp,__weight__", "OK", names=["item_id", "timestamp", "__weight__"]),
        Case("own", "c0001,label,index", "OK", names=["c0001", "label", "index"]),
    ],
}
EVERY = [pytest.param(case, id=f"{number}-{case.name}") for number, cases in CASES.items() for case in cases]
NAME_CODES = {case.code for cases in CASES.values() for case in cases if case.code}


@pytest.mark.parametrize("case", EVERY)
def test_case(tmp_path: Path, case: Case) -> None:
    data = rows(40, case.header, case.line)
    if case.level == "REJECT":
        with pytest.raises(Refused) as refused:
            import_bytes(tmp_path, data)
        said = refused.value.as_error()
        assert said["column"] == case.column
    else:
        report = import_bytes(tmp_path, data)
        assert [column["name"] for column in report["columns"]] == case.names
        assert [column["id"] for column in report["columns"]] == [f"c{place:04d}" for place in range(1, len(case.names) + 1)]
        found = [finding for finding in report["findings"] if finding["code"] in NAME_CODES]
        if case.level == "OK":
            assert not found
            return
        (said,) = found
        assert said["level"] == case.level
    assert said["code"] == case.code and case.level in CODES[case.code].levels
    assert case.shown in said["message"] % {"column": said["column"], **said["params"]}
    if case.out:
        assert case.out in [choice["value"] for choice in said["choices"]]
        report = import_bytes(tmp_path, data, answers={case.code: case.out})
        assert [column["name"] for column in report["columns"]] == case.out_names and case.code not in open_questions(report)


def test_a_column_that_is_left_out_is_listed_and_takes_nothing_with_it(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, rows(40, ",a,b", SAVED))
    assert report["dropped_columns"] == [{"name": "column_1", "code": "saved_index"}]
    assert report["preview"]["as_read"][1] == ["15", "x1"]
    report = import_bytes(tmp_path, rows(40, "a,b,a", "{i},x{i},{i}"), answers={"duplicate_columns": "keep_first"})
    assert report["dropped_columns"] == [{"name": "a", "code": "duplicate_columns"}]
    assert report["preview"]["as_read"][2] == ["2", "x2"]


def test_a_formula_in_a_name_runs_nowhere() -> None:
    assert neutral('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
