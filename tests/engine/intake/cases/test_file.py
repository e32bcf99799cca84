"""Cases 1-22, 24 and 25: files as a whole. Each with the answer it gets, the place it points to, and the way out.

The streaming half of case 23 is here too: too many bytes are refused while they unfold.
"""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from domains.codes import CODES
from tests.engine.intake.files import import_bytes, rows
from workers.engine.events import Refused

GOOD = rows(40)
LONG = rows(3000)
CHINESE = "姓名,城市\n" + "李明,北京\n王芳,上海\n" * 20


@dataclass(frozen=True)
class Case:
    """A file and its answer. ``level`` OK: read without a word. ``out``: a choice that leads on, to ``out_rows`` rows."""

    name: str
    data: bytes | Callable[[], bytes]
    level: str
    code: str = ""
    lines: list[int] = field(default_factory=list)
    rows: int | None = None  # where it is read
    set_aside: int = 0
    out: str | None = None
    out_rows: int | None = None
    filename: str = "x.csv"
    limits: dict[str, int] = field(default_factory=dict)
    shown: str = ""  # in the sentence, its parameters or the examples


def with_line(data: bytes, number: int, line: bytes) -> bytes:
    """``data`` with physical line ``number`` (1-based) replaced."""
    lines = data.split(b"\n")
    lines[number - 1] = line
    return b"\n".join(lines)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def encrypted() -> bytes:
    """A zip whose member says that it is encrypted."""
    data = bytearray(zipped(("x.csv", GOOD)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def packed(data: bytes, codec: str) -> bytes:
    """``data`` as one frame of a codec that Arrow has."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def columnar(write: Callable[[pa.Table, Any], None], **columns: Any) -> bytes:
    """A table as Parquet or Feather writes it."""
    buffer = io.BytesIO()
    write(pa.table(columns or {"a": list(range(40)), "b": [f"x{i}" for i in range(40)]}), buffer)
    return buffer.getvalue()


def workbook(**sheets: list[list[Any]]) -> bytes:
    """An Excel file."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def wide(columns: int) -> bytes:
    """Twenty rows of so many columns."""
    return (",".join(f"c{i}" for i in range(columns)) + "\n").encode() + (",".join(["1", *["2"] * (columns - 1)]) + "\n").encode() * 20


BOMB = b"a,b\n" + b"0" * (40 << 20)
CASES: dict[int, list[Case]] = {
    1: [Case("no_bytes", b"", "REJECT", "file_empty")],
    2: [
        Case("blank_lines", b"\n\r\n \n", "REJECT", "file_empty"),
        Case("byte_order_mark", b"\xef\xbb\xbf", "REJECT", "file_empty"),
        Case("delimiters", b",,,\n,,,\n", "REJECT", "file_empty"),
    ],
    3: [Case("header_only", b"a,b,c\n", "REJECT", "no_rows", shown="a, b, c")],
    4: [
        Case("one_row", b"a,b\n1,2\n", "REJECT", "too_few_rows", shown="1"),
        Case("few_rows", GOOD, "WARN", "too_few_rows", rows=40, shown="500"),
        Case("enough_rows", rows(600), "OK", rows=600),
    ],
    5: [
        Case("numbers", b"".join(b"%d,2.5,abc\n" % i for i in range(40)), "ASK", "header_missing", rows=40, out="names", out_rows=39),
        Case("words", b"red,round,yes\nblue,square,no\n" * 30, "ASK", "header_missing", rows=60, out="names", out_rows=59),
        Case("years_are_names", rows(600, "country,2019,2020,2021", "c{i},1,2,3"), "OK", rows=600),
    ],
    6: [
        Case("title", b"Sales report 2024\n\n" + rows(40, "a,b,c", "{i},x{i},1"), "ASK", "preamble", rows=40, shown="Sales report"),
        Case("padded_title", b"Sales report,,\n" + rows(40, "a,b,c", "{i},x{i},1"), "ASK", "preamble", rows=40),
        Case(
            "units", rows(40, "mass,dose\n(kg),(mg)", "{i},{i}.5"), "ASK", "units_row", rows=40, set_aside=1, out="keep", out_rows=41,
            shown="(kg) | (mg)",
        ),
        Case("total", rows(40, "a,b,c", "{i},x{i},1") + b"Total,,40\n", "ASK", "footer", [42], 40, 1, "keep", 41, shown="Total,,40"),
        Case("notes", rows(40, "a,b,c", "{i},x{i},1") + b"\nSource: the bank\n", "ASK", "footer", [43], 40, 1, shown="the bank"),
        Case("note_under_two_columns", GOOD + b"Note: provisional figures\n", "ASK", "footer", [42], 40, 1, shown="provisional"),
        Case("chinese_total", rows(40, "月份,金额", "{i},1") + "合计,40\n".encode(), "ASK", "footer", [42], 40, 1, "keep", 41),
        Case("empty_rows", rows(40, "a,b,c", "{i},x{i},1") + b",,\n,,\n", "FIX", "empty_rows", [42], 40, 2),
    ],
    7: [
        Case("nul_byte", GOOD.replace(b"x5", b"x\x005"), "REJECT", "nul_byte", [7]),
        Case("nul_in_gbk", CHINESE.encode("gb18030").replace(b"\xc9\xcf", b"\0\xcf", 1), "REJECT", "nul_byte", [3]),
        Case("binary", bytes(range(256)) * 40, "REJECT", "not_text"),
    ],
    8: [
        Case("little", GOOD.decode().encode("utf-16"), "FIX", "encoding_utf16", rows=40),
        Case("big", b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), "FIX", "encoding_utf16", rows=40),
        Case("utf_32", GOOD.decode().encode("utf-32"), "FIX", "encoding_utf16", rows=40, shown="UTF-32"),
        Case("cut_off", GOOD.decode().encode("utf-16")[:-1], "REJECT", "invalid_encoding", [41], out="replace", out_rows=40),
    ],
    9: [
        Case("little", GOOD.decode().encode("utf-16-le"), "ASK", "encoding", rows=40, shown="a,b"),
        Case("big", GOOD.decode().encode("utf-16-be"), "ASK", "encoding", rows=40, shown="a,b"),
        Case("chinese", CHINESE.encode("utf-16-le"), "ASK", "encoding", rows=40, shown="姓名"),
    ],
    10: [
        Case("gbk", CHINESE.encode("gbk"), "ASK", "encoding", rows=40, shown="姓名 | 城市 | 李明"),
        Case("shift_jis", ("名前,まち\n" + "さくら,とうきょう\n" * 40).encode("cp932"), "ASK", "encoding", rows=40, shown="さくら"),
        Case("big5", ("姓名,城市\n" + "陳大文,臺北\n" * 40).encode("big5"), "ASK", "encoding", rows=40, shown="陳大文"),
        Case("cp1252", rows(40, "name,n", "Müller – {i},{i}").decode().encode("cp1252"), "ASK", "encoding", rows=40, shown="Müller –"),
        Case("latin_1", rows(40, "1,2", "José {i},{i}").decode().encode("latin-1"), "ASK", "encoding", shown="José"),
        Case("cyrillic", rows(40, "имя,n", "Иван {i},{i}").decode().encode("cp1251"), "ASK", "encoding", rows=40, shown="Иван"),
    ],
    11: [
        Case(
            "broken_byte", (CHINESE + "x,").encode() + b"\xff\n", "REJECT", "invalid_encoding", [42], out="replace", out_rows=41, shown="byte"
        ),
        Case(
            "half_western",
            ("name,n\n" + "Müller,1\n" * 40).encode() + "Zürich,2\n".encode("cp1252"),
            "REJECT",
            "invalid_encoding",
            [42],
            out="cp1252",
            out_rows=41,
        ),
        Case("broken_gbk", CHINESE.encode("gbk")[:-3] + b"\xff\n", "REJECT", "invalid_encoding", [41], out="replace", out_rows=40),
        Case("another_way_out", CHINESE.encode("gbk")[:-3] + b"\xff\n", "REJECT", "invalid_encoding", [41], out="cp1252", out_rows=40),
    ],
    12: [
        Case("mixed_ends", b"a,b\r\n" + b"1,2\r\n" * 20 + b"1,2\n" * 10 + b"1,2\r" * 10, "FIX", "line_ends", rows=40),
        Case("returns_only", b"a,b\r" + b"1,2\r" * 600, "OK", rows=600),
        Case("cells_with_ends", b"a,b\r\n" + b'1,"x\ny"\r\n' * 600, "OK", rows=600),
    ],
    13: [Case("quoted_newlines", rows(600, "a,b", '{i},"one\ntwo"'), "OK", rows=600)],
    14: [
        Case("never_closed", with_line(GOOD, 5, b'3,"x3'), "REJECT", "unclosed_quote", [5]),
        Case("closed_by_a_later_one", with_line(with_line(GOOD, 5, b'3,"x3'), 11, b'9,"x"9'), "REJECT", "unclosed_quote", [5]),
        Case("quotes_as_text", rows(40, "a\tb", "{i}\tx") + b'41\t"he said\n', "REJECT", "unclosed_quote", [42], out="plain", out_rows=41),
        Case("inches", rows(40, "a,b", '{i},"5" pipe'), "REJECT", "malformed_quote", [2], out="plain", out_rows=40),
        Case("text_after_a_quote", with_line(GOOD, 5, b'3,"x"3'), "REJECT", "malformed_quote", [5]),
        Case("backslashes", rows(40, "a,b", '{i},"say \\"{i}\\", twice"'), "FIX", "escaped_quotes", rows=40),
        Case("after_a_space", rows(40, "a,b", '{i}, "x, {i}"'), "FIX", "spaced_quotes", rows=40),
        Case("kept_after_a_space", rows(40, "a,b", '{i}, "x"'), "FIX", "spaced_quotes", rows=40, out="keep", out_rows=40),
    ],
    15: [
        Case("more_fields", with_line(GOOD, 5, b"3,x3,4"), "REJECT", "ragged_rows", [5], set_aside=1, out="set_aside", out_rows=39),
        Case(
            "many", with_line(with_line(LONG, 5, b"1,2,3"), 9, b"1,2,3,4"), "REJECT", "ragged_rows", [5, 9], set_aside=2, out="set_aside",
            out_rows=2998, shown="4 fields",
        ),
        Case("both", with_line(with_line(GOOD, 5, b"1,2,3"), 9, b"1"), "REJECT", "ragged_rows", [5, 9], set_aside=2, out="set_aside", out_rows=38),
    ],
    16: [
        Case("fewer_fields", with_line(GOOD, 5, b"3"), "REJECT", "ragged_rows", [5], set_aside=1, out="set_aside", out_rows=39),
        Case("filled", with_line(GOOD, 5, b"3"), "REJECT", "ragged_rows", [5], out="fill", out_rows=40),
        Case("one_in_a_thousand", with_line(LONG, 5, b"3"), "ASK", "short_rows", [5], 3000, out="set_aside", out_rows=2999),
    ],
    17: [
        Case("every_row", rows(40, "a,b", "{i},{i},{i}"), "REJECT", "header_shorter_than_rows", out="index", out_rows=40),
        Case("last_unnamed", rows(40, "a,b", "{i},{i},{i}"), "REJECT", "header_shorter_than_rows", out="last", out_rows=40),
    ],
    18: [
        Case("every_row", rows(40, "a,b", "{i},x{i},"), "FIX", "trailing_delimiter", rows=40),
        Case("header_too", rows(40, "a,b,", "{i},x{i},"), "FIX", "blank_column_name", rows=40),
        Case("header_only", rows(40, "a,b,", "{i},x{i}"), "FIX", "trailing_delimiter", rows=40),
        Case("some_rows", with_line(GOOD, 5, b"3,x3,"), "FIX", "trailing_delimiter", rows=40, shown="1"),
    ],
    19: [
        Case("semicolon", rows(40, "a;b", "{i};1,5"), "FIX", "delimiter", rows=40, shown=";", out="none", out_rows=40),
        Case("tab_in_a_csv", rows(40, "a\tb, c", "{i}\tx, {i}"), "FIX", "delimiter", rows=40),
        Case("pipe", rows(40, "a|b", "{i}|x"), "FIX", "delimiter", rows=40, shown="|"),
        Case("spaces", rows(40, "a   b  c", "{i:4d}  1.5     x"), "ASK", "delimiter", rows=40, out="none", out_rows=40),
        Case("spaces_under_a_title", b"Title of it\n" + rows(40, "a   b  c", "{i:4d}  1.5     x"), "ASK", "delimiter"),
        Case("two_that_agree", rows(40, "a;x,b", "{i};x,y"), "ASK", "delimiter", rows=40),
        Case("prose", rows(40, "review", "well, {i}, yes") + b"no\nnot, so\n" * 20, "ASK", "delimiter", rows=80),
        Case("excel_line", b"sep=;\n" + rows(40, "a;b", "{i};x"), "FIX", "delimiter_line", rows=40),
    ],
    20: [Case("one_dot", rows(40, "n,x", '{i},"1,234"'), "ASK", "number_format", rows=40)],
    21: [
        Case("many", lambda: wide(1200), "WARN", "many_columns", rows=20),
        Case("too_many", lambda: wide(5001), "REJECT", "too_many_columns", shown="5000"),
        Case("own_limit", lambda: wide(12), "REJECT", "too_many_columns", limits={"max_columns": 10}, shown="12"),
    ],
    22: [
        Case("large_cell", lambda: b"a,b\n1," + b"x" * (100 << 20) + b"\n", "REJECT", "cell_too_large", [2]),
        Case("own_limit", with_line(GOOD, 7, b"5," + b"x" * 300), "REJECT", "cell_too_large", [7], limits={"max_cell_bytes": 200}),
    ],
    23: [
        Case("unfolds", gzip.compress(GOOD * 50), "REJECT", "too_many_bytes", limits={"max_bytes": 5000}, shown="5000"),
        Case("plain", GOOD, "REJECT", "too_many_bytes", limits={"max_bytes": 50}),
    ],
    24: [
        Case("gzip_bomb", lambda: gzip.compress(BOMB), "REJECT", "compression_ratio"),
        Case("zip_bomb", lambda: zipped(("x.csv", BOMB)), "REJECT", "compression_ratio"),
        Case("zst_bomb", lambda: packed(BOMB, "zstd"), "REJECT", "compression_ratio"),
        Case("nested_zip", zipped(("x.zip", zipped(("x.csv", GOOD)))), "REJECT", "nested_archive", shown="zip"),
        Case("gzip_in_gzip", gzip.compress(gzip.compress(GOOD)), "REJECT", "nested_archive", shown="gzip"),
        Case("several_files", zipped(("a.csv", GOOD), ("b.csv", GOOD)), "REJECT", "archive_members", shown="a.csv, b.csv"),
        Case("no_file", zipped(), "REJECT", "archive_members"),
        Case("path_in_it", zipped(("../../etc/passwd", GOOD)), "WARN", "too_few_rows", rows=40),
        Case("password", encrypted(), "REJECT", "archive_encrypted"),
        Case("cut_off", gzip.compress(GOOD * 50)[:-40], "REJECT", "file_damaged", shown="gzip"),
        Case("zst_cut_off", packed(GOOD * 50, "zstd")[:-10], "REJECT", "file_damaged"),
        Case("zip_cut_off", zipped(("x.csv", GOOD * 50))[:-40], "REJECT", "file_damaged"),
        Case("gzip", gzip.compress(rows(300)) + gzip.compress(b"1,2\n" * 300), "OK", rows=600, filename="x.csv.gz"),
        Case("zst", packed(rows(600), "zstd"), "OK", rows=600, filename="x.csv.zst"),
        Case("zip", zipped(("x.csv", rows(600)), ("__MACOSX/x", b"")), "OK", rows=600, filename="x.zip"),
    ],
    25: [
        Case("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "REJECT", "not_csv", shown="PDF"),
        Case("html", b"<!DOCTYPE html><html><body>", "REJECT", "not_csv", shown="HTML"),
        Case("json", b'[{"a": 1}, {"a": 2}]', "REJECT", "not_csv", shown="JSON"),
        Case("json_lines", b'{"a": 1}\n{"a": 2}\n', "REJECT", "not_csv", shown="JSON"),
        Case("pickle", pickle.dumps({"a": [1, 2]}), "REJECT", "not_csv", shown="pickle"),
        Case("feather", lambda: columnar(feather.write_feather), "REJECT", "not_csv", shown="Feather"),
        Case("picture", b"\x89PNG\r\n\x1a\n" + bytes(40), "REJECT", "not_csv", shown="PNG"),
        Case("tar", b"x.csv".ljust(257, b"\0") + b"ustar\x0000", "REJECT", "not_csv", shown="tar"),
        Case("seven_zip", b"7z\xbc\xaf\x27\x1c" + bytes(40), "REJECT", "not_csv", shown="7-Zip"),
        Case("rar", b"Rar!\x1a\x07\x01\x00" + bytes(40), "REJECT", "not_csv", shown="RAR"),
        Case("word", zipped(("word/document.xml", b"x")), "REJECT", "not_csv", shown="Word"),
        Case("open_document", zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")), "REJECT", "not_csv", shown=".ods"),
        Case("parquet_called_csv", lambda: columnar(parquet.write_table), "WARN", "too_few_rows", rows=40),
        Case("nested_parquet", lambda: columnar(parquet.write_table, a=[[1, 2]] * 40), "REJECT", "nested_column", shown="list"),
        Case("excel_called_csv", lambda: workbook(one=[["a", "b"], *[[i, "x"] for i in range(40)]]), "WARN", "too_few_rows", rows=40),
        Case(
            "sheets", lambda: workbook(few=[["a"], *[[i] for i in range(25)]], many=[["a", "b"], *[[i, "x"] for i in range(40)]]),
            "ASK", "sheet", rows=40, out="few", out_rows=25, shown="a | b",
        ),
        Case("column_called_par1", rows(600, "PAR1,BM", "{i},x{i}"), "OK", rows=600),
        Case("csv_called_xlsx", rows(600), "OK", rows=600, filename="x.xlsx"),
    ],
}  # fmt: skip
EVERY = [pytest.param(case, id=f"{number:02d}-{case.name}") for number, cases in CASES.items() for case in cases]


@pytest.mark.parametrize("case", EVERY)
def test_case(tmp_path: Path, case: Case) -> None:
    data = case.data() if callable(case.data) else case.data
    if case.level == "REJECT":
        with pytest.raises(Refused) as refused:
            import_bytes(tmp_path, data, case.filename, **case.limits)
        said: dict[str, Any] = refused.value.as_error()
        assert not (tmp_path / "data.parquet").exists() and not list(tmp_path.glob("reading-*"))
    else:
        report = import_bytes(tmp_path, data, case.filename, **case.limits)
        assert (report["rows"], report["rows_set_aside"]) == (report["rows"] if case.rows is None else case.rows, case.set_aside)
        if case.level == "OK":
            assert not [finding for finding in report["findings"] if finding["code"] in FILE_CODES]
            return
        (said,) = [finding for finding in report["findings"] if finding["code"] == case.code]
        assert said["level"] == case.level
    check_answer(tmp_path, case, data, said)


FILE_CODES = {case.code for cases in CASES.values() for case in cases} - {"number_format"}


def check_answer(tmp_path: Path, case: Case, data: bytes, said: dict[str, Any]) -> None:
    """The code, the place, the sentence and the way out."""
    assert (said["code"], [*(said["rows"] or [])]) == (case.code, case.lines)
    assert case.code in CODES and case.level in CODES[case.code].levels and CODES[case.code].way_out
    shown = said["message"] % {"column": said["column"], **said["params"]}
    assert case.shown in f"{shown} {said['params']} {said['examples']}"
    choices = [choice["value"] for choice in said["choices"]]
    if case.level == "ASK":
        assert len(choices) > 1
        answered = import_bytes(tmp_path, data, case.filename, answers={said.get("key", case.code): choices[0]}, **case.limits)
        assert case.rows in (None, answered["rows"]) and said["key"] not in open_questions(answered)
    if case.out:
        assert case.out in choices
        report = import_bytes(tmp_path, data, case.filename, answers={case.code: case.out}, **case.limits)
        assert report["rows"] == case.out_rows and case.code not in open_questions(report)
        if case.level == "REJECT":
            assert report["rows_set_aside"] == case.set_aside


def open_questions(report: dict[str, Any]) -> set[str]:
    """Keys of the questions that wait for an answer."""
    return {finding["key"] for finding in report["findings"] if finding["level"] == "ASK" and finding["answer"] is None}


@pytest.mark.parametrize("number", [number for number in range(1, 26)])
def test_every_case_is_here(number: int) -> None:
    assert CASES[number]


def test_what_is_set_aside_can_be_looked_at_and_runs_nothing(tmp_path: Path) -> None:
    data = with_line(with_line(GOOD, 5, b"=1+1,2,3"), 9, b'7,"a ""b"",c",9') + b"Total,780\n"
    import_bytes(tmp_path, data, answers={"ragged_rows": "set_aside"})
    assert (tmp_path / "set_aside.csv").read_text().splitlines() == [
        "source,line,code,reason,text",
        'x.csv,42,footer,The row stands below the table.,"Total,780"',
        'x.csv,5,ragged_rows,The row does not have as many fields as the header.,"\'=1+1,2,3"',
        'x.csv,9,ragged_rows,The row does not have as many fields as the header.,"7,""a """"b"""",c"",9"',
    ]


def test_a_replaced_byte_is_counted_and_the_choice_stays_listed(tmp_path: Path) -> None:
    data = (CHINESE + "x,").encode() + b"\xff\n"
    report = import_bytes(tmp_path, data, answers={"invalid_encoding": "replace"})
    (finding,) = [finding for finding in report["findings"] if finding["code"] == "replaced_bytes"]
    assert finding["params"]["count"] == 1 and finding["answer"] == "replace"
    assert report["preview"]["as_read"][0] == ["李明", "北京"]


@pytest.mark.parametrize(("answer", "names"), [("index", ["row_name", "a", "b"]), ("last", ["a", "b", "column_3"])])
def test_the_column_the_header_lacks_gets_a_name(tmp_path: Path, answer: str, names: list[str]) -> None:
    report = import_bytes(tmp_path, rows(40, "a,b", "{i},x,y{i}"), answers={"header_shorter_than_rows": answer})
    assert [column["name"] for column in report["columns"]] == names and report["preview"]["as_read"][1] == ["1", "x", "y1"]


def test_the_analyst_may_say_that_the_first_row_is_data(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, GOOD, answers={"header_missing": "data"})
    (finding,) = [finding for finding in report["findings"] if finding["code"] == "header_missing"]
    assert report["rows"] == 41 and finding["answer"] == "data"
