"""The distribution of a stored column of numbers or dates, in bounded memory however long it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.bundle.runtime.buffers import whole
from workers.engine.intake.distribution import Counts, Distribution, Values, runs

if TYPE_CHECKING:
    from pyarrow import parquet

AT_ONCE = 8_000_000  # values held; a longer column is read several times, a range of values each
SAMPLED = 1000  # of a longer column, every so many-th value tells where to divide


@dataclass(frozen=True)
class Stored:
    """A Parquet file whose columns are read one by one, also by several threads at a time."""

    path: Path
    metadata: parquet.FileMetaData = field(repr=False)
    _opened: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    def column(self, name: str) -> Iterator[Values]:
        """The values that are not missing, a row group at a time, as int64 or float64; dates in microseconds."""
        import pyarrow as pa

        file = self._file()
        for group in range(file.num_row_groups):
            cells = whole(file.read_row_group(group, columns=[name], use_threads=False).column(0)).drop_null()
            if pa.types.is_timestamp(cells.type):
                cells = cells.view(pa.int64())
            yield cells.to_numpy(zero_copy_only=False)

    def _file(self) -> parquet.ParquetFile:
        """One for each thread: opening a file of thousands of columns takes longer than reading one of them."""
        from pyarrow import parquet

        if not hasattr(self._opened, "file"):
            self._opened.file = parquet.ParquetFile(self.path, metadata=self.metadata, memory_map=True)
        return self._opened.file


def distribution(stored: Stored, name: str, kind: str) -> Distribution | None:
    """Of the column ``name`` of the type integer, number or datetime; None when it is empty."""
    if stored.metadata.num_rows <= AT_ONCE:
        values, counts = runs(np.concatenate([np.empty(0, np.int64 if kind != "number" else np.float64), *stored.column(name)]))
        if not len(values):
            return None
        found = Distribution(kind, int(counts.sum()), values[0].item(), values[-1].item())
        found.add(values, counts)
        return found
    return _in_ranges(stored, name, kind)


def _in_ranges(stored: Stored, name: str, kind: str) -> Distribution | None:
    present, low, high, cuts = _cuts(stored, name)
    if low is None:
        return None
    found = Distribution(kind, present, low, high)
    for start, end in zip([None, *cuts], [*cuts, None], strict=True):
        # A value so frequent that it fills a range by itself is one of the cuts, and those are counted, not held.
        held, at_start = [], 0
        for values in stored.column(name):
            inside = np.ones(len(values), np.bool_) if start is None else values > start
            if end is not None:
                inside &= values < end
            held.append(values[inside])
            at_start += 0 if start is None else int(np.count_nonzero(values == start))
        if start is not None:
            found.add(np.array([start]), np.array([at_start], dtype=np.int64))
        found.add(*_runs(held))
    return found


def _runs(held: list[Values]) -> tuple[Values, Counts]:
    values = np.concatenate(held)
    held.clear()
    return runs(values)


def _cuts(stored: Stored, name: str) -> tuple[int, Any, Any, list[Any]]:
    """(how many values, the least, the greatest, where to divide so that about AT_ONCE lie between two cuts)."""
    present, sample = 0, []
    low: Any = None
    high: Any = None
    for values in stored.column(name):
        if len(values):
            low = values.min() if low is None else min(low, values.min())
            high = values.max() if high is None else max(high, values.max())
        sample.append(values[-present % SAMPLED :: SAMPLED].copy())
        present += len(values)
    if low is None:
        return 0, None, None, []
    known = np.sort(np.concatenate(sample))
    parts = -(-present // AT_ONCE)
    cuts = sorted({known[len(known) * part // parts].item() for part in range(1, parts)})
    return present, low.item(), high.item(), cuts
