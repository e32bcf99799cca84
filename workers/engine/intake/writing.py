"""Typed columns into data.parquet, in a thread of its own, and the first rows as they were and as they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.intake.profile import shortened

if TYPE_CHECKING:
    import pyarrow as pa

PREVIEW = 20
WAITING = 2  # tables that may wait to be written


class TableWriter:
    """Takes tables of one schema, writes each as a row group and keeps the first rows."""

    def __init__(self, path: Path, schema: pa.Schema, repeated: Sequence[str]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self.schema = pa.schema([_held(field, field.name in repeated) for field in schema])
        self.preview: dict[str, Any] = {"names": schema.names, "as_read": [], "typed": []}
        # Whole numbers and moments as differences: a third of the time of snappy, and smaller.
        stepped = [field.name for field in schema if str(field.type) in ("int64", "timestamp[us]") and field.name not in repeated]
        self._writer = parquet.ParquetWriter(
            path,
            self.schema,
            # Text is read back twice as fast as from snappy, for a quarter more bytes; nothing else shrinks enough to be worth it.
            compression={field.name: "lz4" if str(field.type) == "string" else "none" for field in self.schema},
            use_dictionary=list(repeated) or False,  # for the others a dictionary only costs time
            column_encoding=dict.fromkeys(stepped, "DELTA_BINARY_PACKED"),
            store_schema=False,  # whoever reads it gets words, not dictionaries
            write_statistics=False,  # columns are read whole
        )
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[Future[None]] = []

    def add(self, raw: Sequence[pa.Array], typed: Sequence[pa.Array]) -> None:
        """Write a row group; ``raw`` are the same cells as they stood in the file."""
        import pyarrow as pa

        table = pa.table([_as(column, field.type) for column, field in zip(typed, self.schema, strict=True)], schema=self.schema)
        if not self.preview["typed"]:
            self.preview["as_read"] = _rows([column.slice(0, PREVIEW) for column in raw])
            self.preview["typed"] = _rows(table.slice(0, PREVIEW).columns)
        self._waiting.append(self._thread.submit(self._writer.write_table, table, row_group_size=max(1, len(table))))
        while len(self._waiting) > WAITING:
            self._waiting.pop(0).result()

    def close(self) -> None:
        """Wait until all is on disk."""
        try:
            for written in self._waiting:
                written.result()
        finally:
            self._thread.shutdown(cancel_futures=True)
            self._writer.close()


@contextmanager
def table_writer(path: Path, schema: pa.Schema, repeated: Sequence[str]) -> Iterator[TableWriter]:
    """A writer that is closed at the end. ``repeated``: columns whose values repeat so often that a dictionary pays."""
    writer = TableWriter(path, schema, repeated)
    try:
        yield writer
    finally:
        writer.close()


def arrow_type(kind: str) -> pa.DataType:
    """How a column of this type is stored."""
    import pyarrow as pa

    types = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "datetime": pa.timestamp("us")}
    return types.get(kind, pa.string())


def _held(field: pa.Field, repeats: bool) -> pa.Field:
    """How a column is handed to Parquet: words that repeat by their place in a dictionary, so that each is looked up once."""
    import pyarrow as pa

    return field.with_type(pa.dictionary(pa.int32(), pa.string())) if repeats and field.type == pa.string() else field


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(column.type):
        return pc.dictionary_encode(pc.cast(column, kind.value_type))
    return pc.cast(column, kind)


def _rows(columns: Sequence[pa.Array]) -> list[list[Any]]:
    shown = [[_shown(value) for value in column.to_pylist()] for column in columns]
    return [list(row) for row in zip(*shown, strict=True)]


def _shown(value: Any) -> Any:
    """A cell as the preview carries it: a page has no use for a megabyte."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return shortened(value) if isinstance(value, str) else value
