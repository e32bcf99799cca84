"""Score a file with a verified bundle: one function for the service's batch job and the bundle's own score.py."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.casting import BadCell, cast_table
from workers.engine.bundle.runtime.columns import check_columns, id_names, read_columns
from workers.engine.bundle.runtime.output import CsvWriter, atomic_csv
from workers.engine.bundle.runtime.predictor import BundlePredictor, load, read_schema
from workers.engine.bundle.runtime.reading import RawFile, open_raw
from workers.engine.bundle.runtime.reasons import reason_names, reasons
from workers.engine.bundle.runtime.refusal import ReadError
from workers.engine.bundle.runtime.summary import Summary
from workers.engine.bundle.runtime.unusual import Unusual
from workers.engine.events import Refused, gettext_noop

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Progress = Callable[[int, int], None]
REJECTED_HEADER = ["row", "column", "value", "code", "reason"]


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
) -> dict[str, Any]:
    """Score a delimited file; output row i belongs to input row i.

    The caller has verified `bundle_dir`. `progress(rows_done, rows_total)` is called after every chunk and may raise
    to stop; then no output file appears. `explain`: reasons per row. `scratch`: where a decompressed copy may lie. `predictor`: the bundle's own, when it is loaded already.
    Returns {"rows": {"in", "scored", "rejected"}, "columns", "warnings", "preview", "distribution"}. Raises Refused:
    the reader's codes, `missing_columns` and `duplicate_columns` (before the predictor is loaded), `column_type_changed`.
    """
    schema = predictor.schema if predictor else read_schema(bundle_dir)
    with tempfile.TemporaryDirectory(prefix="score-", dir=scratch) as folder:
        try:
            # A scoring file without a header is refused by the names it lacks.
            raw = open_raw(
                input_path,
                scratch=Path(folder),
                filename=filename or input_path.name,
                answers={"header_missing": "names"},
            )
            _refuse_duplicates(raw.names)
            warnings = check_columns(schema, raw.names)
            job = _Scoring(predictor or load(bundle_dir), raw, explain)
            job.warnings = warnings
            return job.run(output_path, rejected_path, chunk_rows, progress)
        except ReadError as error:
            raise Refused(error.code, error.message, error.params, error.column, error.rows) from None


class _Scoring:
    def __init__(self, predictor: BundlePredictor, raw: RawFile, explain: int) -> None:
        self.predictor, self.raw, self.explain = predictor, raw, explain
        self.columns = read_columns(predictor.schema, raw.names)
        self.ids = id_names(predictor.schema, raw.names)
        self.unusual = Unusual(self.columns)
        self.summary = Summary(predictor.schema)
        self.warnings: list[dict[str, Any]] = []
        self.made = [*predictor.schema["output_columns"], *reason_names(explain)]
        self.done = self.scored = 0

    def run(self, output_path: Path, rejected_path: Path, chunk_rows: int, progress: Progress | None) -> dict[str, Any]:
        header = ["row", *self.ids, *self.made]
        with (
            atomic_csv(output_path, header) as output,
            atomic_csv(rejected_path, REJECTED_HEADER) as rejected,
        ):
            for chunk in self.raw.chunks(chunk_rows):
                self._chunk(chunk, header, output, rejected)
                if progress is not None:
                    progress(self.done, self.raw.rows)
            self.unusual.refuse_changed_types()
        rows = {"in": self.done, "scored": self.scored, "rejected": self.done - self.scored}
        warnings = self.warnings + self.unusual.warnings()
        distribution = self.summary.distribution() if self.scored else None
        return {
            "rows": rows,
            "columns": header,
            "warnings": warnings,
            "preview": self.summary.preview,
            "distribution": distribution,
        }

    def _predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        predictions = self.predictor.predict(frame)
        if not self.explain:
            return predictions
        return pd.concat([predictions, reasons(self.predictor, frame, self.explain)], axis=1)

    def _chunk(self, chunk: pa.Table, header: list[str], output: CsvWriter, rejected: CsvWriter) -> None:
        frame, bad = cast_table(_named(chunk, self.raw.names, [c["name"] for c in self.columns]), self.columns)
        self._count_casts(frame, bad)
        good = frame.drop(index=list({cell.row for cell in bad}))
        values: list[Any] = [[None] * len(self.made)] * len(frame)
        if len(good):
            self.unusual.values(good)
            predictions = self._predict(good)
            self.summary.predictions(predictions)
            lists = [predictions[name].tolist() for name in self.made]
            for row, *cells in zip(good.index, *lists, strict=True):
                values[row] = cells
        ids = [chunk[str(self.raw.names.index(name))].to_pylist() for name in self.ids]
        rows = [[self.done + 1 + i, *(column[i] for column in ids), *values[i]] for i in range(len(frame))]
        output.rows(rows)
        self.summary.rows(header, rows)
        rejected.rows(
            [
                self.done + 1 + c.row,
                c.column,
                c.value,
                c.code,
                c.reason % {"column": c.column, "value": c.value},
            ]
            for c in bad
        )
        self.done += len(frame)
        self.scored += len(good)

    def _count_casts(self, frame: pd.DataFrame, bad: list[BadCell]) -> None:
        failed: dict[str, list[int]] = {column["name"]: [] for column in self.columns}
        for cell in bad:
            failed[cell.column].append(self.done + 1 + cell.row)
        filled = frame.notna().sum()
        for name, rows in failed.items():
            self.unusual.casts(name, int(filled[name]) + len(rows), rows)


def _named(chunk: pa.Table, names: list[str], wanted: list[str]) -> pa.Table:
    """The wanted columns of a raw chunk, whose columns are named by position, under their own names."""
    return chunk.select([str(names.index(name)) for name in wanted]).rename_columns(wanted)


def _refuse_duplicates(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = gettext_noop("These column names occur more than once in the file: %(names)s. Rename or remove the copies.")
        raise Refused("duplicate_columns", message, {"names": ", ".join(twice[:20])})
