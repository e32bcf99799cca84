"""The rows of a file that passed the structural pass, as tables of raw text, a few megabytes at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engine.bundle.runtime.structure import Structure

if TYPE_CHECKING:
    import pyarrow as pa

LEAST, MOST = 8 << 20, 64 << 20  # bytes read at once: what is made of the least fits the processor's cache
SLOW = 2 << 20  # the same for a slow reader of the rows: Arrow reads 32 blocks ahead of whoever takes them
ROWS = 4000  # read at once where rows are so wide that a few megabytes hold only some: work per column and batch has its price


def batches(
    path: Path,
    found: Structure,
    positions: list[int],
    *,
    width: int,
    skip_lines: int,
    delimiter: str,
    quote: str | None,
    slow: bool = False,
) -> Iterator[pa.Table]:
    """Every cell as text and untouched, in the order of the file. Columns are those at ``positions`` of ``width``, named "0", "1"…

    ``skip_lines`` physical lines come before the first row. One thread parses: whoever reads ahead has another for the rest.
    ``slow``: much is done with each row, so that little memory matters more than speed.
    """
    import pyarrow as pa
    from pyarrow import csv

    names = [str(place) for place in range(width)]
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(
            block_size=_block_size(path, found, slow), skip_rows=skip_lines, column_names=names, use_threads=False
        ),
        parse_options=csv.ParseOptions(delimiter=delimiter, quote_char=quote or False, newlines_in_values=found.quoted_newlines),
        convert_options=csv.ConvertOptions(
            check_utf8=False,  # the first pass did
            column_types={name: pa.string() for name in names},
            include_columns=[names[place] for place in positions],
            null_values=[],
            strings_can_be_null=False,
        ),
    )
    for batch in reader:
        if batch.num_rows:
            yield pa.Table.from_batches([batch]).rename_columns([str(place) for place in range(len(positions))])


def _block_size(path: Path, found: Structure, slow: bool) -> int:
    """A record must fit with room to spare; beyond that, enough rows at once, and not too many bytes."""
    if slow:
        return max(SLOW, 2 * found.max_record + (1 << 16))
    usual = path.stat().st_size // max(1, found.records) * ROWS
    return max(LEAST, min(MOST, usual), 2 * found.max_record + (1 << 16))


def resized(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of ``rows`` rows, the last one shorter."""
    import pyarrow as pa

    held: list[pa.Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        while count >= rows:
            joined = pa.concat_tables(held)
            yield joined.slice(0, rows)
            held, count = [joined.slice(rows)], count - rows
    if count:
        yield pa.concat_tables(held)
