"""The verb ``check_label``: what the chosen label looks like, which columns tell it, and which tell too much."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from domains import hooks, registry, validation
from workers.engine.events import EventLog, Refused, gettext_noop, read_json
from workers.engine.intake import associations as measure
from workers.engine.intake.findings import Finding
from workers.engine.intake.profile import connect, relation
from workers.engine.intake.repeats import conflicting_rows, repeated_rows
from workers.engine.intake.series import check_series
from workers.engine.intake.suspects import leak_choices, suspects

TOP_CLASSES = 50


def check_label_run(job_dir: Path) -> dict[str, Any]:
    """See the contract of the verb. Refused with the codes of ``domains.validation.check_setup``."""
    spec = read_json(job_dir / "spec.json")
    report = read_json(job_dir / spec.get("report", "report.json"))
    case = registry.use_case(spec["use_case"])
    label, roles, kind = spec["label"], spec.get("roles") or {}, spec["problem_type"]
    positive = spec.get("positive_class")
    problems = validation.check_setup(case, report["columns"], report["rows"], label, positive, roles, kind)
    if problems:
        first = problems[0]
        raise Refused(first["code"], first["message"], first["params"], first["column"])
    series = of_series(job_dir, spec) if kind == "forecast" else []
    with closing(EventLog(job_dir / "events.jsonl")) as log:
        log.phase("association", 0.1, message=gettext_noop("Measuring what each column alone tells about the label"))
    column = next(entry for entry in report["columns"] if entry["name"] == label)
    warnings = validation.setup_warnings(case, report["columns"], report["rows"], label, positive, kind)
    findings = [_warned(warning) for warning in warnings]
    found, leaks = suspects(job_dir, spec, report)
    measured = {finding.key for finding in leaks}
    findings = [finding for finding in findings if finding.key not in measured] + leaks
    findings += series + _repeats(job_dir, spec, report) + _of_use_case(job_dir, spec)
    return {
        "status": "done",
        "distribution": _distribution(column, kind),
        "associations": found,
        "findings": [item.as_dict() for item in findings],
    }


def _warned(warning: dict[str, Any]) -> Finding:
    """A warning of the template; a column it forbids can be left out, or kept with a reason."""
    found = Finding(
        warning["code"],
        warning["level"],
        warning["message"],
        warning["params"],
        column=warning["params"].get("column"),
        choices=warning.get("choices", []),
        examples=warning.get("examples", []),
    )
    if found.code == "leakage_suspect":
        found.level, found.params, found.choices = "ASK", {**found.params, "kind": "template"}, leak_choices()
    return found


def of_series(job_dir: Path, spec: dict[str, Any]) -> list[Finding]:
    """What stands between the rows and a forecast. Refused with the codes of ``series`` where nothing can be done about it here."""
    found = check_series(job_dir / spec["data"], spec.get("roles") or {}, spec["label"], spec.get("horizon"), scratch=job_dir)
    for finding in found:
        if finding.level == "REJECT":
            raise Refused(finding.code, finding.message, finding.as_dict()["params"], finding.column, finding.rows)
    return found


def _of_use_case(job_dir: Path, spec: dict[str, Any]) -> list[Finding]:
    """What the field itself has to say about such a table: its ``check`` hook, over the first 100,000 rows."""
    from pyarrow import parquet

    check = hooks.load(registry.folder(spec["use_case"])).get("check")
    if check is None:
        return []
    first = next(parquet.ParquetFile(job_dir / spec["data"]).iter_batches(batch_size=measure.MAX_ROWS))
    return [Finding(**found) for found in check(first.to_pandas())]


def _distribution(column: dict[str, Any], kind: str) -> Any:
    """Classes with their counts, or the histogram of a numeric label."""
    if kind == "regression":
        return column["histogram"]
    present = sum(entry["count"] for entry in column["top"]) + column["other"]
    return [{**entry, "share": entry["count"] / present} for entry in column["top"][:TOP_CLASSES]]


def _repeats(job_dir: Path, spec: dict[str, Any], report: dict[str, Any]) -> list[Finding]:
    """Equal rows, and rows equal in everything but the label: the ceiling no model can pass."""
    given = {name for role, names in (spec.get("roles") or {}).items() if role in ("id", "exclude") for name in names}
    features = [
        c["name"]
        for c in report["columns"]
        if c["name"] not in given | {spec["label"]} and c["type"] != "empty" and c["role_guess"] != "id"
    ]
    if not features:
        return []
    table = relation(job_dir / spec["data"])
    with closing(connect(job_dir)) as db:
        found = repeated_rows(db, table, [*features, spec["label"]], report["rows"])
        if spec["problem_type"] != "regression":
            found += conflicting_rows(db, table, features, spec["label"], report["rows"])
    return found
