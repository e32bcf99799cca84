"""report.json: the columns as a person sees them, and everything noticed on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workers.engine.bundle.runtime.refusal import Note, Question
from workers.engine.events import check_canceled
from workers.engine.intake import noticing
from workers.engine.intake.decision import Decision
from workers.engine.intake.entities import role_guess
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.profile import Described, column_type, connect, profile
from workers.engine.intake.sources import Source, Sources
from workers.engine.intake.typing_pass import TypingPass
from workers.engine.intake.units import unit_of


def build_report(
    job_dir: Path, sources: Sources, reading: TypingPass, set_aside: dict[str, int], scratch: Path, answers: Mapping[str, str]
) -> dict[str, Any]:
    """Profile JOB_DIR/data.parquet and put the report together. ``set_aside`` counts the rows that are not in it, by code."""
    kinds, decisions = reading.kinds, reading.decisions
    db = connect(scratch)
    data = job_dir / "data.parquet"
    kept = [(name, kind, decision) for name, kind, decision in zip(sources.names, kinds, decisions, strict=True) if not decision.dropped]
    wanted = [Described(name, decision.cast, _words(kind, sources.rows)) for name, kind, decision in kept]
    profiles = profile(db, data, wanted, sources.rows)
    columns: list[dict[str, Any]] = []
    for position, ((name, kind, decision), facts) in enumerate(zip(kept, profiles, strict=True), start=1):
        check_canceled(job_dir)
        columns.append(_column(position, name, kind, decision, facts, sources.rows))
        columns[-1]["unit"] = sources.first.units.get(name, columns[-1]["unit"])
    findings = _of_files(sources, kinds) + noticing.of_size(sources.rows)
    findings += [finding for decision in decisions for finding in decision.findings]
    seen = {name: kind for name, kind, _ in kept}
    findings += noticing.of_table(db, data, columns, seen, answers, {finding.key for finding in findings}, sources.rows)
    db.close()
    described = [_source(source) for source in sources.files]
    return {
        "rows": sources.rows,
        "rows_in": sources.rows + sources.rows_set_aside,
        "rows_set_aside": sources.rows_set_aside,
        "set_aside_reasons": set_aside,
        "bytes": described[0]["bytes"],
        "sha256": described[0]["sha256"],
        "format": described[0]["format"],
        "sources": described,
        "columns": columns,
        "dropped_columns": [{"name": name, "code": code} for name, code in sources.first.dropped] + _dropped(sources.names, decisions),
        "findings": [finding.as_dict() for finding in findings],
        "preview": reading.preview,
    }


def _words(kind: ColumnKind, rows: int) -> Counter[str] | None:
    """Every distinct cell with its count, where all of them are known."""
    words = kind.words + kind.placeholders + kind.missing_tokens
    return words if kind.words_complete and words.total() == rows else None


def _column(position: int, name: str, kind: ColumnKind, decision: Decision, facts: dict[str, Any], rows: int) -> dict[str, Any]:
    read_as = decision.cast["type"]
    entry: dict[str, Any] = {
        "name": name,
        "id": f"c{position:04d}",
        "type": read_as if decision.chosen else column_type(read_as, rows, facts),
    }
    entry |= {"cast": {**decision.cast, "type": entry["type"]}, "missing_tokens": dict(kind.missing_tokens)}
    entry |= {"unit": unit_of(name, decision.cast), "pseudonymised": "pseudonym" in decision.cast, **facts}
    if entry["type"] != "text":
        entry.pop("length_histogram", None)
    entry["role_guess"] = role_guess(entry, rows)
    return entry


def _of_files(sources: Sources, kinds: list[ColumnKind]) -> list[Finding]:
    """The questions about each file and how it had to be read; cells are spoken of once, with the first."""
    found: list[Finding] = []
    for source in sources.files:
        remarks: list[Question | Note] = [*source.raw.questions, *source.raw.notes]
        about = [_asked(remark) for remark in remarks]
        about += noticing.of_file(source.raw, kinds if source.number == 1 else [ColumnKind() for _ in source.raw.names])
        for finding in about:
            finding.source = source.number
        found += about
    return found


def _dropped(names: list[str], decisions: list[Decision]) -> list[dict[str, str]]:
    """The columns left out, each with the code of the finding that was answered so."""
    found = []
    for name, decision in zip(names, decisions, strict=True):
        if decision.dropped:
            found.append({"name": name, "code": next(item.code for item in decision.findings if item.answer == "drop")})
    return found


def _source(source: Source) -> dict[str, Any]:
    return {
        "filename": source.filename,
        "bytes": source.path.stat().st_size,
        "sha256": source.sha256.result(),
        "rows": source.raw.rows,
        "rows_set_aside": source.raw.rows_set_aside,
        "format": source.raw.format.as_dict(),
    }


def _asked(question: Question | Note) -> Finding:
    choices = [choice(value, label) for value, label in question.choices]
    examples = [{"before": before, "after": after} for before, after in question.examples]
    level = question.level if isinstance(question, Note) else "ASK"
    return Finding(
        question.code, level, question.message, question.params, rows=list(question.rows), choices=choices, answer=question.answer,
        examples=examples,
    )  # fmt: skip
