"""Score a file with a verified bundle: one function for the service's batch job and the bundle's own score.py."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import typed
from workers.engine.bundle.runtime.casting import BadCell, cast_table
from workers.engine.bundle.runtime.changed import Changed
from workers.engine.bundle.runtime.columns import check_columns, id_names, order_warning, read_columns, refuse_duplicates, renamed
from workers.engine.bundle.runtime.drift import Drift
from workers.engine.bundle.runtime.opening import opened
from workers.engine.bundle.runtime.output import CsvWriter, atomic_csv
from workers.engine.bundle.runtime.placing import Placed, placed
from workers.engine.bundle.runtime.predictor import BundlePredictor, load, read_schema
from workers.engine.bundle.runtime.reasons import reason_names, reasons
from workers.engine.bundle.runtime.refusal import ReadError
from workers.engine.bundle.runtime.summary import Summary
from workers.engine.bundle.runtime.unusual import FLAG, Unusual
from workers.engine.events import Refused

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Progress = Callable[[int, int], None]
Compare = Callable[["pa.Array", "pd.DataFrame"], None]
REJECTED_HEADER = ["row", "column", "value", "code", "reason"]
LOUDEST = ("column_drift_strong", "many_unusual_rows", "column_drift")


def score_file(
    bundle_dir: Path,
    input_path: Path,
    output_path: Path,
    rejected_path: Path,
    *,
    progress: Progress | None = None,
    explain: int = 0,
    chunk_rows: int = 50_000,
    filename: str = "",
    scratch: Path | None = None,
    predictor: BundlePredictor | None = None,
    rename: Mapping[str, str] | None = None,
    compare: Compare | None = None,
) -> dict[str, Any]:
    """Score a file; output row i belongs to input row i, and in = scored + rejected.

    The caller has verified `bundle_dir`. `progress(rows_done, rows_total)` is called after every chunk and may raise
    to stop; then no output file appears. `explain`: reasons per row. `scratch`: where a decompressed copy may lie. `predictor`:
    the bundle's own, when it is loaded already. `rename`: {column of the file: column of the predictor}. `compare(labels,
    predictions)` is handed the raw label cells (n,) and the predictions (n rows) of scored rows, when the file holds the label.
    Returns {"rows": {"in", "scored", "rejected", "unusual"}, "columns", "warnings" (the gravest first), "preview", "distribution"}.
    Raises Refused: the reader's codes; `missing_columns`, `duplicate_columns`, `rename_invalid` and what the first chunk shows
    (before the predictor is loaded); `column_type_changed`.
    """
    schema = predictor.schema if predictor else read_schema(bundle_dir)
    with tempfile.TemporaryDirectory(prefix="score-", dir=scratch) as folder:
        try:
            file = opened(input_path, Path(folder), filename or input_path.name, schema.get("reading"))
            names = renamed(schema, file.raw.names, rename or {})
            refuse_duplicates(names)
            warnings = file.warnings + check_columns(schema, names) + order_warning(schema, names)
            job = _Scoring(schema, names, explain, lambda: predictor or load(bundle_dir), compare)
            job.typed = file.raw.format.kind in typed.KINDS
            job.rows_total = file.raw.rows + len(file.lost)
            chunks = placed(file.raw.chunks(chunk_rows), file.lost)
            result = job.run(chunks, output_path, rejected_path, progress)
        except ReadError as error:
            raise Refused(**error.as_dict()) from None
    found = warnings + job.drift.warnings() + job.unusual.warnings()
    return {**result, "warnings": sorted(found, key=lambda item: LOUDEST.index(item["code"]) if item["code"] in LOUDEST else len(LOUDEST))}


class _Scoring:
    """One file on its way through the predictor, which is loaded when the first rows have passed."""

    def __init__(
        self, schema: dict[str, Any], names: list[str], explain: int, loader: Callable[[], BundlePredictor], compare: Compare | None
    ) -> None:
        self.names, self.explain, self.loader = names, explain, loader
        self.columns = read_columns(schema, names)
        self.ids = id_names(schema, names)
        self.label = schema["label"] if compare and schema["label"] in names else None
        self.compare = compare
        self.changed = Changed(self.columns)
        self.unusual = Unusual(self.columns)
        self.drift = Drift(self.columns)
        self.summary = Summary(schema)
        self.made = [*schema["output_columns"], *reason_names(explain), FLAG]
        self.header = ["row", *self.ids, *self.made]
        self.typed = False  # numbers and dates of the file are no text
        self.done = self.scored = self.rows_total = 0

    @cached_property
    def predictor(self) -> BundlePredictor:
        return self.loader()

    def run(self, chunks: Iterator[Placed], output_path: Path, rejected_path: Path, progress: Progress | None) -> dict[str, Any]:
        with atomic_csv(output_path, self.header) as output, atomic_csv(rejected_path, REJECTED_HEADER) as rejected:
            for chunk in chunks:
                self._chunk(chunk, output, rejected)
                if progress is not None:
                    progress(self.done, self.rows_total)
        return {
            "rows": {"in": self.done, "scored": self.scored, "rejected": self.done - self.scored, "unusual": self.unusual.flagged},
            "columns": self.header,
            "preview": self.summary.preview,
            "distribution": self.summary.distribution() if self.scored else None,
        }

    def _chunk(self, chunk: Placed, output: CsvWriter, rejected: CsvWriter) -> None:
        lines: list[list[Any]] = []
        bad: list[BadCell] = []
        self.done += len(chunk.numbers) + len(chunk.lost)
        if chunk.table is not None:
            raw = _named(chunk.table, self.names, [c["name"] for c in self.columns])
            if self.typed:
                self.columns, self.typed = typed.as_written(self.columns, raw), False
            frame, bad = cast_table(raw, self.columns)
            self._count_casts(frame, bad, chunk.numbers)
            ids = [chunk.table[str(self.names.index(name))].to_pylist() for name in self.ids]
            values = self._values(frame.drop(index=list({cell.row for cell in bad})), chunk)
            lines = [[number, *(column[i] for column in ids), *values[i]] for i, number in enumerate(chunk.numbers)]
        empty = [None] * (len(self.header) - 1)
        lines = sorted([*lines, *([lost.row, *empty] for lost in chunk.lost)], key=lambda line: line[0]) if chunk.lost else lines
        output.rows(lines)
        self.summary.rows(self.header, lines)
        rejected.rows(_rejections(chunk, bad))

    def _values(self, good: pd.DataFrame, chunk: Placed) -> list[list[Any]]:
        """The output cells of every row of the chunk's table; empty ones for rows that are not among the ``good``."""
        values: list[list[Any]] = [[None] * len(self.made)] * len(chunk.numbers)
        if not len(good):
            return values
        self.drift.values(good)
        flags = self.unusual.values(good, [chunk.numbers[row] for row in good.index])
        predictions = self.predictor.predict(good)
        self.summary.predictions(predictions)
        if self.compare is not None and self.label is not None:
            assert chunk.table is not None
            self.compare(chunk.table[str(self.names.index(self.label))].take(good.index.to_numpy()), predictions)
        if self.explain:
            predictions = predictions.join(reasons(self.predictor, good, self.explain))
        lists = [predictions[name].tolist() for name in self.made[:-1]]
        for row, *cells in zip(good.index, *lists, flags, strict=True):
            values[row] = cells
        self.scored += len(good)
        return values

    def _count_casts(self, frame: pd.DataFrame, bad: list[BadCell], numbers: list[int]) -> None:
        """Refuse as soon as no row to come can mend a column."""
        failed: dict[str, list[tuple[int, str]]] = {column["name"]: [] for column in self.columns}
        for cell in bad:
            failed[cell.column].append((numbers[cell.row], cell.value))
        filled = frame.notna().sum()
        for name, cells in failed.items():
            self.changed.casts(name, int(filled[name]) + len(cells), cells)
        self.changed.refuse(self.rows_total - self.done)


def _named(chunk: pa.Table, names: list[str], wanted: list[str]) -> pa.Table:
    """The wanted columns of a raw chunk, whose columns are named by position, under their own names."""
    return chunk.select([str(names.index(name)) for name in wanted]).rename_columns(wanted)


def _rejections(chunk: Placed, bad: list[BadCell]) -> list[list[Any]]:
    """The lines of the rejected file, in the order of the rows."""
    cells = [[chunk.numbers[c.row], c.column, c.value, c.code, c.reason % {"column": c.column, "value": c.value}] for c in bad]
    lost = [[row.row, "", row.text, row.code, row.reason] for row in chunk.lost]
    return sorted([*cells, *lost], key=lambda line: line[0])
