"""Choose golden rows: holdout rows written as a file would hold them, with what the predictor says about each."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.casting import cast_table
from workers.engine.bundle.runtime.cells import raw_cells
from workers.engine.bundle.runtime.columns import needed
from workers.engine.bundle.runtime.golden import EXPECTED, read_table
from workers.engine.bundle.runtime.scoring import score_file

if TYPE_CHECKING:
    import pandas as pd

    from workers.engine.bundle.runtime.predictor import BundlePredictor

GOLDEN_ROWS = 50


def write_golden(bundle: Path, holdout: pd.DataFrame, predictor: BundlePredictor) -> int:
    """Write golden.csv (needed columns, then `expected.<output column>`) and return its number of rows.

    `holdout`: typed table, original names. Only columns the predictor needs are written: no label, id or sensitive
    column. Raises ValueError when not one row survives being written and read again.
    """
    columns = needed(predictor.schema)
    names = [column["name"] for column in columns]
    sample = holdout[names].sample(n=min(GOLDEN_ROWS, len(holdout)), random_state=0).sort_index()
    raw = _faithful(sample.reset_index(drop=True), columns)
    if not raw:
        raise ValueError("no holdout row can be written as text and read back unchanged")
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        source, output = Path(folder, "golden.csv"), Path(folder, "output.csv")
        _write(source, names, raw)
        score_file(bundle, source, output, Path(folder, "rejected.csv"), predictor=predictor)
        scored = read_table(output)
    expected = [name for name in scored[0] if name != "row"]
    rows = [[*cells, *(row[name] for name in expected)] for cells, row in zip(raw, scored, strict=True)]
    _write(bundle / "golden.csv", [*names, *(EXPECTED + name for name in expected)], rows)
    return len(rows)


def _faithful(sample: pd.DataFrame, columns: list[dict[str, Any]]) -> list[list[str]]:
    """The raw rows that read back to exactly the values they were made from."""
    import pyarrow as pa

    raw = {c["name"]: raw_cells(sample[c["name"]], c["cast"]) for c in columns}
    back, _ = cast_table(pa.table({name: pa.array(cells, pa.string()) for name, cells in raw.items()}), columns)
    good = [True] * len(sample)
    for name in raw:
        pairs = zip(
            sample[name].tolist(),
            back[name].tolist(),
            sample[name].isna(),
            back[name].isna(),
            strict=True,
        )
        good = [ok and bool((gone and lost) or (gone == lost and a == b)) for ok, (a, b, gone, lost) in zip(good, pairs, strict=True)]
    return [[cells[i] for cells in raw.values()] for i, ok in enumerate(good) if ok]


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([header, *rows])
