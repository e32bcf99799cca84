"""What is read back from the table is what was handed in, as plain words, numbers and moments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.watching import Watched
from workers.engine.intake.writing import table_writer

SCHEMA = pa.schema([("word", pa.string()), ("whole", pa.int64()), ("few", pa.int64()), ("at", pa.timestamp("us"))])


def test_the_table_comes_back_as_it_was(tmp_path: Path) -> None:
    low, high = -(2**63), 2**63 - 1
    typed = [
        pa.array(["b", None, "a", "b"]),
        pa.array([low, high, None, 0]),
        pa.array([1, 1, None, 2]),
        pa.array([datetime(1, 1, 1), None, datetime(9999, 12, 31), datetime(2024, 2, 29)], pa.timestamp("us")),
    ]
    with table_writer(tmp_path / "x.parquet", SCHEMA, ["word", "few"]) as writer:
        writer.add(typed, typed)
        writer.add(typed, [each.dictionary_encode() if pa.types.is_string(each.type) else each for each in typed])
    found = parquet.read_table(tmp_path / "x.parquet")
    assert found.schema == SCHEMA
    assert found.equals(pa.concat_tables([pa.table(typed, schema=SCHEMA)] * 2))
    assert writer.preview["typed"][1] == [None, high, 1, None]


def test_words_that_are_trimmed_alike_are_one_word(tmp_path: Path) -> None:
    cells = pa.array(["a", " a", "NA", "b", "", "a"] * 50)
    column = Watched()
    column.kind = ColumnKind()
    column.guess = {"type": "category", "missing": ["", "NA"]}
    with table_writer(tmp_path / "x.parquet", pa.schema([("word", pa.string())]), ["word"]) as writer:
        values = column.take(cells)
        assert values is not None
        writer.add([cells], [values])
    assert parquet.read_table(tmp_path / "x.parquet")["word"].to_pylist() == ["a", "a", None, "b", None, "a"] * 50
