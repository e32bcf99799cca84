"""The verb ``import``: uploaded files become typed Parquet and a data report. Nothing is changed in silence.

Two passes over the raw cells after the structural one: the first decides how each column is read, over every row; the
second casts and writes. Neither holds more than a few batches, so a file larger than memory imports.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from workers.engine.bundle.runtime.reading import Limits
from workers.engine.events import EventLog, Refused, check_canceled, gettext_noop, read_json, write_json
from workers.engine.intake.decide import decide
from workers.engine.intake.decision import Decision
from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.report import build_report
from workers.engine.intake.sources import Sources, open_sources, write_set_aside
from workers.engine.intake.writing import write_table

MIN_ROWS = 20


def import_run(job_dir: Path) -> dict[str, Any]:
    """Import the files of JOB_DIR/spec.json; leaves data.parquet, report.json and, when rows were set aside, set_aside.csv.

    Refused with the codes of the reader, too_few_rows, append_columns_differ, nothing_left, answer_unknown.
    """
    spec = read_json(job_dir / "spec.json")
    limits = spec.get("limits") or {}
    with closing(EventLog(job_dir / "events.jsonl")) as log, tempfile.TemporaryDirectory(dir=job_dir, prefix="reading-") as scratch:
        log.phase("read", 0.0, message=gettext_noop("Checking the structure of the file"))
        sources = open_sources(job_dir, spec, Path(scratch), _limits(limits))
        _refuse_few(sources.rows, int(limits.get("min_rows", MIN_ROWS)))
        check_canceled(job_dir)
        log.phase("types", 0.25, message=gettext_noop("Deciding the type of every column over all rows"))
        kinds = _watch(sources, job_dir)
        decisions = _decide(sources, kinds, spec)
        log.phase("write", 0.5, message=gettext_noop("Writing the typed table"))
        preview = write_table(sources, decisions, job_dir)
        log.phase("profile", 0.75, message=gettext_noop("Describing every column"))
        set_aside = write_set_aside(sources, job_dir / "set_aside.csv")
        report = build_report(job_dir, sources, kinds, decisions, set_aside, preview, Path(scratch))
    write_json(job_dir / "report.json", report)
    waiting = any(finding["level"] == "ASK" and finding["answer"] is None for finding in report["findings"])
    return {"status": "done", "rows": sources.rows, "needs_answers": waiting}


def _limits(limits: Mapping[str, Any]) -> Limits:
    known = {name: limits[name] for name in ("max_cell_bytes", "max_columns", "max_bytes") if limits.get(name) is not None}
    return Limits(**known)


def _refuse_few(rows: int, needed: int) -> None:
    if rows < needed:
        message = gettext_noop("The file has %(rows)d rows; at least %(needed)d are needed.")
        raise Refused("too_few_rows", message, {"rows": rows, "needed": needed})


def _watch(sources: Sources, job_dir: Path) -> list[ColumnKind]:
    kinds = [ColumnKind() for _ in sources.names]
    for table in sources.chunks():
        check_canceled(job_dir)
        for kind, column in zip(kinds, table.columns, strict=True):
            for chunk in column.chunks:
                kind.add(chunk)
    return kinds


def _decide(sources: Sources, kinds: list[ColumnKind], spec: Mapping[str, Any]) -> list[Decision]:
    """How each column is read. Refused (nothing_left) when the answers leave every column out."""
    answers, types, salt = spec.get("answers") or {}, spec.get("types") or {}, spec.get("salt") or ""
    comma = sources.first.format.delimiter == ";"
    decisions = [
        decide(name, kind, answers, decimal_comma=comma, types=types, salt=salt) for name, kind in zip(sources.names, kinds, strict=True)
    ]
    if all(decision.dropped for decision in decisions):
        raise Refused("nothing_left", gettext_noop("Every column was left out, so there is no data. Keep at least one."))
    return decisions
