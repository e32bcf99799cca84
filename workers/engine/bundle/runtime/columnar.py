"""A Parquet file as CSV, every value as text of full precision, so that one reader serves all kinds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import magic
from workers.engine.bundle.runtime.refusal import ReadError, gettext_noop
from workers.engine.bundle.runtime.unpacking import Meter, damaged

if TYPE_CHECKING:
    import pyarrow as pa

RATIO_FROM = 1 << 30  # columns of one value pack a thousandfold, so only the large are judged by it
CELLS = 1_000_000  # held at once
_PANDAS_INDEX = "__index_level_0__"


def as_csv(path: Path, scratch: Path, max_bytes: int | None, max_columns: int) -> Path:
    """A CSV in ``scratch``. ReadError: nested_column, file_damaged, file_empty, too_many_columns, too_many_bytes, compression_ratio."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        return _written(file, path, scratch / "parquet.csv", max_bytes, max_columns)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, OSError) as error:
        if magic.of_the_disk(error):
            raise
        raise damaged(magic.PARQUET) from error


def _written(file: Any, path: Path, target: Path, max_bytes: int | None, max_columns: int) -> Path:
    import pyarrow as pa
    from pyarrow import csv

    schema = file.schema_arrow
    if not len(schema):
        raise ReadError("file_empty", gettext_noop("The file is empty. Check the export and upload it again."))
    refuse_wide(len(schema), max_columns)
    for field in schema:
        if not _flat(field.type):
            message = gettext_noop("%(column)s holds %(type)s, not one value per cell. Unfold it into columns of its own, or leave it out.")
            raise ReadError("nested_column", message, {"column": field.name, "type": str(field.type)[:80]}, column=field.name)
    names = ["" if name == _PANDAS_INDEX else name for name in schema.names]
    meter = Meter(path.stat().st_size, max_bytes, RATIO_FROM)
    written = 0
    out = pa.schema([(str(place), pa.string()) for place in range(len(names))])
    with target.open("wb") as handle:
        handle.write((",".join('"' + name.replace('"', '""') + '"' for name in names) + "\n").encode())
        with csv.CSVWriter(handle, out, write_options=csv.WriteOptions(include_header=False, quoting_style="needed")) as writer:
            for batch in file.iter_batches(batch_size=max(1, CELLS // len(names))):
                writer.write_batch(pa.record_batch([_text(column) for column in batch.columns], schema=out))
                meter.add(handle.tell() - written)
                written = handle.tell()
    return target


def refuse_wide(columns: int, limit: int) -> None:
    """ReadError (too_many_columns) above the limit."""
    if columns > limit:
        message = gettext_noop("The file has %(columns)d columns; at most %(limit)d can be read. Leave out those you do not need.")
        raise ReadError("too_many_columns", message, {"columns": columns, "limit": limit})


def _flat(kind: pa.DataType) -> bool:
    import pyarrow.types as types

    if types.is_dictionary(kind):
        return _flat(kind.value_type)
    tests = (
        types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_string, types.is_large_string,
        types.is_temporal, types.is_null,
    )  # fmt: skip
    return any(test(kind) for test in tests) and not types.is_interval(kind)


def _text(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string()).fill_null("")
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_duration(kind):
        column = column.cast(pa.int64())
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    if pa.types.is_timestamp(kind) and kind.tz:
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    return column.cast(pa.string()).fill_null("")
