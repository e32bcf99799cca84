"""The one pass writes what a plain reading of every cell gives, however the file is cut into batches."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.engine.intake.files import import_bytes
from workers.engine.bundle.runtime import casting
from workers.engine.bundle.runtime.reading import RawFile
from workers.engine.events import Refused

DATA = Path(__file__).parents[3].parent / "shared" / "data"
WHOLE = st.sampled_from(["1", "-2", "30", "007", "", "NA", " 5", "123456789012345678"])
NUMBERS = st.sampled_from(["1", "2.5", "-0.1", "1e3", "inf", "", "?", "1,234.5", "x"])
DATES = st.sampled_from(["2024-01-31", "2024-02-28 10:00:00", "", "2024-1-5", "2024-02-01T10:00:00Z"])
WORDS = st.sampled_from(["a", "b ", "true", "FALSE", "NA", "", "two words", "-"])


def plain(data: bytes, report: dict[str, Any]) -> dict[str, list[Any]]:
    """Every column of the report, its cells read one and all with the column's cast."""
    rows = [row for row in csv.reader(io.StringIO(data.decode()), delimiter=report["format"]["delimiter"]) if row][1:]
    cells = dict(zip([entry["name"] for entry in report["columns"]], zip(*rows, strict=True), strict=True))
    return {
        entry["name"]: casting.cast_array(pa.array(cells[entry["name"]], pa.string()), entry["cast"])[0].to_pylist()
        for entry in report["columns"]
    }


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WHOLE, NUMBERS, DATES, WORDS), min_size=20, max_size=80), st.sampled_from([3, 30, 1000]))
def test_the_table_is_what_the_casts_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[tuple[str, ...]], batch: int) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([("whole", "number", "date", "word"), *table])
    data = buffer.getvalue().encode()
    whole = RawFile.chunks

    def cut(self: RawFile, rows: int | None = None) -> Iterator[pa.Table]:
        return whole(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(RawFile, "chunks", cut)
        try:
            report = import_bytes(tmp_path, data)
        except Refused as refused:
            assert refused.code
            return
    if report["rows"] != len(table):
        return  # rows set aside, such as a footer, have tests of their own
    written = parquet.read_table(tmp_path / "data.parquet")
    for name, values in plain(data, report).items():
        assert written[name].to_pylist() == values, name
        entry = next(entry for entry in report["columns"] if entry["name"] == name)
        assert entry["missing"] == sum(value is None for value in values)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data sets are not on this machine")
@pytest.mark.parametrize("path", ["finance/german_credit.csv", "finance/bank_marketing.csv", "medical/medpar_los.csv"])
def test_real_tables_are_what_the_casts_say(tmp_path: Path, path: str) -> None:
    data = (DATA / path).read_bytes()
    report = import_bytes(tmp_path, data, path)
    written = parquet.read_table(tmp_path / "data.parquet")
    for name, values in plain(data, report).items():
        assert written[name].to_pylist() == values, name
