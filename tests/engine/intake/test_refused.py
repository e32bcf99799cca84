"""Bad files, each with its stable code, the place, and a sentence. Numbers are those of the list of bad inputs."""

from __future__ import annotations

import gzip
import io
import pickle
import resource
import time
import zipfile
from pathlib import Path

import pytest

from tests.engine.intake.files import refusal, rows


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


GOOD = rows(30)
CASES: dict[str, tuple[bytes, str, list[int]]] = {
    "1 no bytes": (b"", "file_empty", []),
    "2 blank lines": (b"\n\r\n \n", "file_empty", []),
    "2 only a BOM": (b"\xef\xbb\xbf", "file_empty", []),
    "3 header only": (b"a,b,c\n", "no_rows", []),
    "4 one row": (b"a,b\n1,2\n", "too_few_rows", []),
    "7 NUL byte": (GOOD.replace(b"x5", b"x\x005"), "nul_byte", [7]),
    "7 binary": (bytes(range(256)) * 40, "not_text", []),
    "14 unclosed quote": (GOOD.replace(b"3,x3", b'3,"x3'), "unclosed_quote", [5]),
    "14 quote closed by a later one": (GOOD.replace(b"3,x3", b'3,"x3').replace(b"9,x9", b'9,"x"9'), "unclosed_quote", [5]),
    "14 text after a closing quote": (GOOD.replace(b"3,x3", b'3,"x"3'), "malformed_quote", [5]),
    "15 a row too long": (GOOD.replace(b"3,x3", b"3,x3,4"), "ragged_rows", [5]),
    "16 a row too short": (GOOD.replace(b"3,x3", b"3"), "ragged_rows", [5]),
    "17 every row one longer": (rows(30, "a,b", "{i},{i},{i}"), "header_shorter_than_rows", []),
    "25 PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "not_csv", []),
    "25 Excel cut off": (zipped("xl/workbook.xml"), "file_damaged", []),
    "25 Excel binary": (zipped("xl/workbook.bin"), "not_csv", []),
    "25 Parquet cut off": (b"PAR1\x15\x04\x15", "file_damaged", []),
    "25 pickle": (pickle.dumps({"a": [1, 2]}), "not_csv", []),
    "25 HTML": (b"<!DOCTYPE html><html><body>", "not_csv", []),
    "25 JSON": (b'[{"a": 1}, {"a": 2}]', "not_csv", []),
    "25 gzip in gzip": (gzip.compress(gzip.compress(GOOD)), "nested_archive", []),
    "26 gzip cut off": (gzip.compress(GOOD * 50)[:-40], "file_damaged", []),
    "29 duplicate names": (rows(30, "a,a"), "duplicate_columns", []),
    "33 a name beyond the csv module's limit": (rows(30, "a" * 200_000 + ",b"), "column_name_too_long", []),
    "33 a name too long": (rows(30, "a" * 1001 + ",b"), "column_name_too_long", []),
}


@pytest.mark.parametrize(("data", "code", "lines"), CASES.values(), ids=CASES)
def test_each_bad_file_has_its_code_and_place(tmp_path: Path, data: bytes, code: str, lines: list[int]) -> None:
    refused = refusal(tmp_path, data)
    assert (refused.code, refused.rows or []) == (code, lines)
    assert not (tmp_path / "data.parquet").exists()
    assert not list(tmp_path.glob("reading-*")), "the scratch folder must go"


def test_wrong_kind_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, zipped("xl/workbook.bin")).params["kind"] == "Excel (.xlsb)"


def test_too_many_columns(tmp_path: Path) -> None:
    refused = refusal(tmp_path, rows(30, ",".join(f"c{i}" for i in range(12)), ",".join("1" * 12)), max_columns=10)
    assert (refused.code, refused.params["columns"]) == ("too_many_columns", 12)


def test_gzip_bomb_is_stopped_while_it_unfolds(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" + b"0" * (64 << 20))
    assert refusal(tmp_path, bomb).code == "compression_ratio"


@pytest.mark.parametrize("quoted", [False, True])
def test_huge_cell_is_refused_in_bounded_memory(tmp_path: Path, quoted: bool) -> None:
    path = tmp_path / "upload.bin"
    with path.open("wb") as handle:
        handle.write(b'a,b\n1,"' if quoted else b"a,b\n1,")
        for _ in range(300):
            handle.write(b"x" * (1 << 20))
        handle.write(b'"\n' if quoted else b"\n")
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    from workers.engine.bundle.runtime.reading import open_raw
    from workers.engine.bundle.runtime.refusal import ReadError

    with pytest.raises(ReadError, match="cell_too_large") as refused:
        open_raw(path, scratch=tmp_path)
    assert refused.value.rows == [2]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 << 10, "KiB"
    assert time.monotonic() - began < 20
