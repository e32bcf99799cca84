"""Raw cells, cast as was decided, into data.parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.events import check_canceled
from workers.engine.intake.decision import Decision
from workers.engine.intake.profile import shortened
from workers.engine.intake.sources import Sources

if TYPE_CHECKING:
    import pyarrow as pa

PREVIEW = 20
CELLS_PER_GROUP = 4_000_000  # cells held at once while casting


def write_table(sources: Sources, decisions: list[Decision], job_dir: Path) -> dict[str, Any]:
    """Cast and write data.parquet without the dropped columns; hand back the first rows as they were read and as they are now."""
    import pyarrow as pa
    from pyarrow import parquet

    kept = [place for place, decision in enumerate(decisions) if not decision.dropped]
    names = [sources.names[place] for place in kept]
    schema = pa.schema([(sources.names[place], _arrow_type(decisions[place].cast["type"])) for place in kept])
    rows = max(1000, min(200_000, CELLS_PER_GROUP // len(sources.names)))
    preview: dict[str, Any] = {"names": names, "as_read": [], "typed": []}
    with parquet.ParquetWriter(job_dir / "data.parquet", schema, compression="zstd") as writer:
        done = 0
        for table in sources.chunks(rows):
            check_canceled(job_dir)
            raw = table.select(kept)
            typed = _typed(raw, [decisions[place] for place in kept], schema, done + 1)
            done += len(raw)
            writer.write_table(typed, row_group_size=rows)
            if not preview["typed"]:
                preview["as_read"] = _rows(raw.slice(0, PREVIEW))
                preview["typed"] = _rows(typed.slice(0, PREVIEW))
    return preview


def _typed(table: pa.Table, decisions: list[Decision], schema: pa.Schema, first_row: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    cast = [decision.typed(column.combine_chunks(), first_row) for decision, column in zip(decisions, table.columns, strict=True)]
    return pa.table([pc.cast(column, field.type) for column, field in zip(cast, schema, strict=True)], schema=schema)


def _arrow_type(kind: str) -> pa.DataType:
    import pyarrow as pa

    types = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "datetime": pa.timestamp("us")}
    return types.get(kind, pa.string())


def _rows(table: pa.Table) -> list[list[Any]]:
    columns = [[_shown(value) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _shown(value: Any) -> Any:
    """A cell as the preview carries it: a page has no use for a megabyte."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return shortened(value) if isinstance(value, str) else value
