"""The verb ``import``: an uploaded file becomes typed Parquet and a data report. Nothing is changed in silence.

Two passes over the raw cells after the structural one: the first decides how each column is read, over every row; the
second casts and writes. Neither holds more than a few batches, so a file larger than memory imports.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime import casting
from workers.engine.bundle.runtime.reading import Limits, RawFile, open_raw
from workers.engine.bundle.runtime.refusal import Question, ReadError
from workers.engine.events import EventLog, Refused, check_canceled, gettext_noop, read_json, write_json
from workers.engine.intake import noticing
from workers.engine.intake.decide import Decision, decide
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.profile import column_type, connect, profile, shortened

if TYPE_CHECKING:
    import pyarrow as pa

PREVIEW = 20
CELLS_PER_GROUP = 4_000_000  # cells held at once while casting
MIN_ROWS = 20


def import_run(job_dir: Path) -> dict[str, Any]:
    """Import JOB_DIR/<input>; leaves data.parquet and report.json. Refused with the codes of the reader, too_few_rows, answer_unknown."""
    spec = read_json(job_dir / "spec.json")
    source = job_dir / spec["input"]
    answers: Mapping[str, str] = spec.get("answers") or {}
    limits = spec.get("limits") or {}
    with closing(EventLog(job_dir / "events.jsonl")) as log, tempfile.TemporaryDirectory(dir=job_dir, prefix="reading-") as scratch:
        log.phase("read", 0.0, message=gettext_noop("Checking the structure of the file"))
        try:
            raw = open_raw(source, scratch=Path(scratch), filename=spec.get("filename", ""), answers=answers, limits=_limits(limits))
        except ReadError as error:
            raise Refused(error.code, error.message, error.params, error.column, error.rows) from None
        _refuse_few(raw.rows, int(limits.get("min_rows", MIN_ROWS)))
        check_canceled(job_dir)
        log.phase("types", 0.25, message=gettext_noop("Deciding the type of every column over all rows"))
        kinds = _watch(raw, job_dir)
        decisions = [
            decide(name, kind, answers, decimal_comma=raw.format.delimiter == ";") for name, kind in zip(raw.names, kinds, strict=True)
        ]
        log.phase("write", 0.5, message=gettext_noop("Writing the typed table"))
        preview = _write(raw, decisions, job_dir)
        log.phase("profile", 0.75, message=gettext_noop("Describing every column"))
        report = _report(job_dir, source, raw, kinds, decisions, preview, Path(scratch))
    write_json(job_dir / "report.json", report)
    waiting = any(finding["level"] == "ASK" and finding["answer"] is None for finding in report["findings"])
    return {"status": "done", "rows": raw.rows, "needs_answers": waiting}


def _limits(limits: Mapping[str, Any]) -> Limits:
    known = {name: limits[name] for name in ("max_cell_bytes", "max_columns", "max_bytes") if limits.get(name) is not None}
    return Limits(**known)


def _refuse_few(rows: int, needed: int) -> None:
    if rows < needed:
        message = gettext_noop("The file has %(rows)d rows; at least %(needed)d are needed.")
        raise Refused("too_few_rows", message, {"rows": rows, "needed": needed})


def _watch(raw: RawFile, job_dir: Path) -> list[ColumnKind]:
    kinds = [ColumnKind() for _ in raw.names]
    for table in raw.chunks():
        check_canceled(job_dir)
        for kind, column in zip(kinds, table.columns, strict=True):
            for chunk in column.chunks:
                kind.add(chunk)
    return kinds


def _write(raw: RawFile, decisions: list[Decision], job_dir: Path) -> dict[str, Any]:
    """Cast and write data.parquet; hand back the first rows as they were read and as they are now."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, _arrow_type(decision.cast["type"])) for name, decision in zip(raw.names, decisions, strict=True)])
    rows = max(1000, min(200_000, CELLS_PER_GROUP // len(raw.names)))
    preview: dict[str, Any] = {"names": raw.names, "as_read": [], "typed": []}
    with parquet.ParquetWriter(job_dir / "data.parquet", schema, compression="zstd") as writer:
        for table in raw.chunks(rows):
            check_canceled(job_dir)
            typed = _typed(table, decisions, schema)
            writer.write_table(typed, row_group_size=rows)
            if not preview["typed"]:
                preview["as_read"] = _rows(table.slice(0, PREVIEW))
                preview["typed"] = _rows(typed.slice(0, PREVIEW))
    return preview


def _typed(table: pa.Table, decisions: list[Decision], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column, decision, field in zip(table.columns, decisions, schema, strict=True):
        typed, wrong = casting.cast_array(column.combine_chunks(), decision.cast)
        if wrong.true_count:  # both passes ask the same module, so this is a defect, and silence would lose data
            raise AssertionError(f"{field.name}: {wrong.true_count} cells do not fit {decision.cast}")
        columns.append(pc.cast(typed, field.type))
    return pa.table(columns, schema=schema)


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


def _report(
    job_dir: Path, source: Path, raw: RawFile, kinds: list[ColumnKind], decisions: list[Decision], preview: dict[str, Any], scratch: Path
) -> dict[str, Any]:
    """report.json: the columns as a person sees them, and everything noticed on the way."""
    db = connect(scratch)
    parquet = str(job_dir / "data.parquet").replace("'", "''")
    table = f"read_parquet('{parquet}', file_row_number=true)"
    columns: list[dict[str, Any]] = []
    profiles = profile(db, table, [(name, decision.cast["type"]) for name, decision in zip(raw.names, decisions, strict=True)], raw.rows)
    for position, (name, kind, decision, facts) in enumerate(zip(raw.names, kinds, decisions, profiles, strict=True), start=1):
        check_canceled(job_dir)
        entry: dict[str, Any] = {"name": name, "id": f"c{position:04d}", "type": column_type(decision.cast["type"], raw.rows, facts)}
        entry |= {"cast": {**decision.cast, "type": entry["type"]}, "missing_tokens": dict(kind.missing_tokens), **facts}
        entry["role_guess"] = noticing.role_guess(entry, raw.rows)
        columns.append(entry)
    findings = [_asked(question) for question in raw.questions]
    findings += [finding for decision in decisions for finding in decision.findings]
    findings += noticing.of_file(raw, kinds) + noticing.of_columns(columns, raw.rows) + noticing.of_rows(db, table, columns)
    db.close()
    return {
        "rows": raw.rows,
        "rows_set_aside": 0,
        "bytes": source.stat().st_size,
        "sha256": _sha256(source),
        "format": raw.format.as_dict(),
        "columns": columns,
        "findings": [finding.as_dict() for finding in findings],
        "preview": preview,
    }


def _asked(question: Question) -> Finding:
    choices = [choice(value, label) for value, label in question.choices]
    examples = [{"before": before, "after": after} for before, after in question.examples]
    return Finding(question.code, "ASK", question.message, choices=choices, answer=question.answer, examples=examples)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
