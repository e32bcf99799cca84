from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from workers.engine.bundle.runtime.decoding import Limits
from workers.engine.bundle.runtime.reading import RawFile, open_raw
from workers.engine.bundle.runtime.refusal import ReadError


def read(folder: Path, columns: dict[str, Any], limits: Limits | None = None) -> RawFile:
    parquet.write_table(pa.table(columns), folder / "upload")
    return open_raw(folder / "upload", scratch=folder, filename="x.csv", limits=limits)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([1, None]), ["1", ""]),
        (pa.array([0.1, float("nan")]), ["0.1", ""]),
        (pa.array([1 / 3, 1e300]), [repr(1 / 3), "1e+300"]),
        (pa.array([2**64 - 1, 0], pa.uint64()), ["18446744073709551615", "0"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array(['a "b",\n', "NA"]), ['a "b",\n', "NA"]),
        (pa.array(["x\ry", "y"]).dictionary_encode(), ["x\ry", "y"]),
        (pa.array([dt.date(2024, 1, 2), None]), ["2024-01-02", ""]),
        (pa.array([dt.datetime(2024, 1, 2, 3, 4, 5, 6), None]), ["2024-01-02 03:04:05.000006", ""]),
        (pa.array([dt.datetime(2024, 1, 2), None], pa.timestamp("s", "Europe/Berlin")), ["2024-01-02 00:00:00.000Z", ""]),
        (pa.array([decimal.Decimal("1.20"), None]), ["1.20", ""]),
    ],
)
def test_a_value_is_text_of_full_precision(tmp_path: Path, values: pa.Array, texts: list[str]) -> None:
    raw = read(tmp_path, {"n": [1, 2], "x": values})
    assert raw.format.kind == "parquet" and raw.names == ["n", "x"]
    assert [text for table in raw.chunks() for text in table["1"].to_pylist()] == texts


@pytest.mark.parametrize("values", [[[1], [2]], [{"a": 1}, {"a": 2}], [b"\xff", b"x"]])
def test_what_is_not_one_value_is_refused_by_name(tmp_path: Path, values: list[object]) -> None:
    with pytest.raises(ReadError, match="nested_column") as refused:
        read(tmp_path, {"n": [1, 2], "x": values})
    assert refused.value.column == "x"


def test_limits_hold(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="too_many_columns"):
        read(tmp_path, {f"c{i}": [1] for i in range(12)}, Limits(max_columns=10))
    with pytest.raises(ReadError, match="too_many_bytes"):
        read(tmp_path, {"x": ["0" * 1000] * 100_000}, Limits(max_bytes=1 << 20))


def test_the_index_pandas_saved_goes(tmp_path: Path) -> None:
    raw = read(tmp_path, {"__index_level_0__": list(range(9)), "x": list("abcdefghi")})
    assert raw.names == ["x"] and raw.dropped == [("column_1", "saved_index")]


def test_cut_off_is_damaged(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"x": list(range(1000))}), tmp_path / "whole")
    (tmp_path / "cut").write_bytes((tmp_path / "whole").read_bytes()[:-50])
    with pytest.raises(ReadError, match="file_damaged"):
        open_raw(tmp_path / "cut", scratch=tmp_path)
