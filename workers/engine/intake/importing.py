"""The verb ``import``: uploaded files become typed Parquet and a data report. Nothing is changed in silence.

After the structural pass one more goes over the raw cells: it watches every cell, because how a column is read is decided over
all rows, and writes the values as the first rows suggest; where they misled, the file is read once more. No pass holds more than
a few batches, so a file larger than memory imports.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
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
from workers.engine.intake.typing_pass import TypingPass

MIN_ROWS = 20


def import_run(job_dir: Path) -> dict[str, Any]:
    """Import the files of JOB_DIR/spec.json; leaves data.parquet, report.json and, when rows were set aside, set_aside.csv.

    Refused with the codes of the reader, too_few_rows, append_columns_differ, nothing_left, answer_unknown.
    """
    spec = read_json(job_dir / "spec.json")
    limits = spec.get("limits") or {}
    with (
        closing(EventLog(job_dir / "events.jsonl")) as log,
        tempfile.TemporaryDirectory(dir=job_dir, prefix="reading-") as scratch,
        ThreadPoolExecutor(1) as aside,
    ):
        log.phase("read", 0.0, message=gettext_noop("Checking the structure of the file"))
        sources = open_sources(job_dir, spec, Path(scratch), _limits(limits), aside)
        _refuse_few(sources.rows, int(limits.get("min_rows", MIN_ROWS)))
        check_canceled(job_dir)
        log.phase("types", 0.2, message=gettext_noop("Deciding the type of every column over all rows"))
        reading = TypingPass(sources, job_dir, _decider(sources, spec), Progress(log, 0.2, 0.7))
        reading.run()
        if all(decision.dropped for decision in reading.decisions):
            raise Refused("nothing_left", gettext_noop("Every column was left out, so there is no data. Keep at least one."))
        log.phase("profile", 0.7, message=gettext_noop("Describing every column"))
        set_aside = write_set_aside(sources, job_dir / "set_aside.csv")
        report = build_report(job_dir, sources, reading, set_aside, Path(scratch), spec.get("answers") or {})
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


def _decider(sources: Sources, spec: Mapping[str, Any]) -> Callable[[str, ColumnKind], Decision]:
    """How a column is read, with the analyst's answers."""
    answers, types, salt = spec.get("answers") or {}, spec.get("types") or {}, spec.get("salt") or ""
    comma = sources.first.format.delimiter == ";"
    return lambda name, kind: decide(name, kind, answers, decimal_comma=comma, types=types, salt=salt)


class Progress:
    """Tells how far a phase is, at most once a second."""

    def __init__(self, log: EventLog, start: float, end: float) -> None:
        self.log, self.start, self.end = log, start, end
        self.last = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last >= 1:
            self.last = time.monotonic()
            self.log.progress(round(self.start + min(1.0, share) * (self.end - self.start), 3))
