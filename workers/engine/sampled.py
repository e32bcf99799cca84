"""Reading a table that may be larger than the memory: a random part of it, read piece by piece."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.planning.layout import Machine, TableFacts, memory_needed_mb, rows_in_memory
from workers.engine.events import Refused, gettext_noop
from workers.engine.spec import FitSpec

if TYPE_CHECKING:
    import pandas as pd

MB_PER_GB = 1024
BATCH_ROWS = 65_536


def frame_read(path: Path, report: dict[str, Any], spec: FitSpec) -> tuple[pd.DataFrame, int]:
    """The table's rows, as many as the memory of this fit can work with, drawn at random; and how many there are in all.

    Raises Refused before anything is read when not even a fair part would fit.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
    facts, machine = _facts(report, spec, rows), Machine(spec.cpu_count, spec.memory_limit_mb)
    check_memory(facts, machine)
    most = rows_in_memory(facts, machine)
    if spec.out_of_memory:  # what was foreseen was too much
        most = min(most, rows) // 2
    if rows <= most or rows <= 1_000:
        return pd.read_parquet(path), rows
    return _sample(path, rows, max(1_000, most), spec.settings.seed), rows


def check_memory(facts: TableFacts, machine: Machine) -> None:
    """Raises Refused when a plan worth the name needs more memory than the machine gives."""
    needed = memory_needed_mb(facts)
    if needed > machine.memory_mb:
        raise Refused("table_too_large", TOO_LARGE, {"needed": gigabytes(needed), "given": gigabytes(machine.memory_mb)})


TOO_LARGE = gettext_noop(
    "This table needs about %(needed)s GB of memory; this worker gives %(given)s GB. Leave out columns, or ask for a larger worker."
)


def gigabytes(megabytes: float) -> str:
    return f"{megabytes / MB_PER_GB:.1f}"


def _facts(report: dict[str, Any], spec: FitSpec, rows: int) -> TableFacts:
    read = [column for column in report["columns"] if column["name"] != spec.label]
    return TableFacts(rows=rows, columns=len(read), text=sum(column["type"] == "text" for column in read))


def _sample(path: Path, rows: int, most: int, seed: int) -> pd.DataFrame:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = np.zeros(rows, dtype=bool)
    kept[np.random.default_rng(seed).permutation(rows)[:most]] = True
    parts, start = [], 0
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            parts.append(batch.filter(pa.array(kept[start : start + batch.num_rows])))
            start += batch.num_rows
    frame: pd.DataFrame = pa.Table.from_batches(parts, schema=schema).to_pandas()
    return frame
