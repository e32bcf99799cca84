from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workers.engine.bundle.runtime import structure
from workers.engine.bundle.runtime.reading import RawFile, open_raw
from workers.engine.bundle.runtime.refusal import ReadError

CELL = st.text(alphabet='ab1",;\n \té', max_size=5)


def read(folder: Path, data: bytes, **options: str) -> RawFile:
    (folder / "x.csv").write_bytes(data)
    return open_raw(folder / "x.csv", scratch=folder, filename="x.csv", answers=options)


def cells(raw: RawFile, rows: int | None = None) -> list[list[str]]:
    return [list(row.values()) for table in raw.chunks(rows) for row in table.to_pylist()]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=3, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from([1, 3, 7, 1 << 22]),
)
def test_what_was_written_is_read_back(tmp_path: Path, table: list[tuple[str, str, str]], ending: str, quoting: int, chunk: int) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("first", "second", "third"), *table])
    before, structure.CHUNK = structure.CHUNK, chunk
    try:
        raw = read(tmp_path, buffer.getvalue().encode(), header_missing="names", footer="keep", preamble="keep", units_row="keep")
    finally:
        structure.CHUNK = before
    assert raw.names == ["first", "second", "third"] and raw.rows + raw.rows_set_aside == len(table)
    assert cells(raw) + [["", "", ""]] * raw.rows_set_aside == [list(row) for row in table]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='ab",\n', min_size=1, max_size=30), st.sampled_from([1, 2, 5, 1 << 22]))
def test_the_structural_pass_agrees_with_the_csv_module_or_refuses(tmp_path: Path, text: str, chunk: int) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    expected = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    before, structure.CHUNK = structure.CHUNK, chunk
    try:
        found = structure.scan(path, delimiter=",", quote='"')
    except ReadError:
        return
    finally:
        structure.CHUNK = before
    assert found.records == len(expected)
    if expected:
        width = len(expected[0])
        assert (found.width, found.n_long, found.n_short) == (
            width,
            sum(len(row) > width for row in expected),
            sum(len(row) < width for row in expected),
        )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    try:
        raw = read(tmp_path, data)
    except ReadError as refused:
        assert refused.code and str(refused)
    else:
        assert sum(table.num_rows for table in raw.chunks()) == raw.rows


def test_chunks_have_the_rows_asked_for(tmp_path: Path) -> None:
    raw = read(tmp_path, b"a,b\n" + b"".join(b"%d,x\n" % i for i in range(103)))
    assert [table.num_rows for table in raw.chunks(25)] == [25, 25, 25, 25, 3]
    assert [row[0] for row in cells(raw, 25)] == [str(i) for i in range(103)]


def test_cells_are_untouched(tmp_path: Path) -> None:
    raw = read(tmp_path, b'a,b\n 1 ,"x ""y"""\nNA,007\n5" pipe,\n')
    assert cells(raw) == [[" 1 ", 'x "y"'], ["NA", "007"], ['5" pipe', ""]]


def test_a_bom_belongs_to_no_name(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbf"a",b\n1,2\n').names == ["a", "b"]


def test_blank_names_are_made_up_without_a_clash(tmp_path: Path) -> None:
    raw = read(tmp_path, b",column_1,\n1,2,3\n4,5,6\n")
    assert raw.names == ["column_1_", "column_1", "column_3"] and [question.code for question in raw.questions] == ["blank_column_name"]


@pytest.mark.parametrize("name", ["x.tsv", "x.tsv.gz"])
def test_a_tab_file_with_commas_in_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_bytes(b"a, b\tc, d\n1, 2\t3, 4\n5, 6\t7, 8\n9, 9\t9, 9\n")
    assert open_raw(tmp_path / "x", scratch=tmp_path, filename=name).names == ["a, b", "c, d"]


def test_a_record_larger_than_a_block_is_read(tmp_path: Path) -> None:
    wide = b",".join(b"%01000d" % i for i in range(4500))
    raw = read(tmp_path, b",".join(b"c%d" % i for i in range(4500)) + b"\n" + (wide + b"\n") * 3)
    assert [table.num_columns for table in raw.chunks()][0] == 4500 and len(cells(raw)) == 3


def test_a_mark_in_quoted_text_of_every_row_is_no_delimiter(tmp_path: Path) -> None:
    raw = read(tmp_path, b"".join(b'"%d","this &amp; that, ""so"" %d"\n' % (i, i) for i in range(50)))
    assert raw.format.delimiter == "," and cells(raw)[0][-1] == 'this & that, "so" 0'.replace("&", "&amp;")
