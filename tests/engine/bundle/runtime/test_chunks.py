"""Tables of raw cells: as many rows as asked for, all of them in order, little at a time where that is wanted."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from workers.engine.bundle.runtime.chunks import SLOW, batches, resized
from workers.engine.bundle.runtime.structure import scan

ROWS = 200_000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chunks") / "rows.csv"
    path.write_text("a,b\n" + "".join(f"{number},some words that fill the row\n" for number in range(ROWS)))
    return path


@pytest.mark.parametrize("slow", [False, True])
def test_every_row_comes_once_in_order(file: Path, slow: bool) -> None:
    found = scan(file, delimiter=",", quote=None)
    tables = list(batches(file, found, [0], width=2, skip_lines=1, delimiter=",", quote=None, slow=slow))
    assert pa.concat_tables(tables)["0"].to_pylist() == [str(number) for number in range(ROWS)]
    # Arrow holds a fixed number of blocks ahead, so their size is what a slow consumer pays for.
    assert (len(tables) > 1) == slow and (not slow or max(table.nbytes for table in tables) < 2 * SLOW)


def test_tables_have_the_rows_asked_for() -> None:
    tables = [pa.table({"0": list(range(start, start + 7))}) for start in range(0, 35, 7)]
    sizes = [table.num_rows for table in resized(iter(tables), 10)]
    assert sizes == [10, 10, 10, 5]
