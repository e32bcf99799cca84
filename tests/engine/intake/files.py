"""Runs the import verb on some bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workers.engine.events import Refused
from workers.engine.intake.importing import import_run


def rows(count: int, header: str = "a,b", line: str = "{i},x{i}") -> bytes:
    """A small good file."""
    return "\n".join([header, *(line.format(i=i) for i in range(count))]).encode() + b"\n"


def import_bytes(
    folder: Path, data: bytes, filename: str = "x.csv", *, answers: dict[str, str] | None = None, **limits: Any
) -> dict[str, Any]:
    """The report. Raises Refused."""
    (folder / "upload.bin").write_bytes(data)
    sources = [{"input": "upload.bin", "filename": filename}]
    spec = {"verb": "import", "sources": sources, "answers": answers or {}, "types": {}, "salt": "00ff", "limits": limits}
    (folder / "spec.json").write_text(json.dumps(spec))
    result = import_run(folder)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert result["rows"] == report["rows"] == report["rows_in"] - report["rows_set_aside"]
    report["needs_answers"] = result["needs_answers"]
    for finding in report["findings"]:
        assert finding["message"] % finding["params"]
        for option in finding["choices"]:
            assert "%" not in option["label"]
    return report


def refusal(folder: Path, data: bytes, filename: str = "x.csv", **limits: Any) -> Refused:
    """The refusal the bytes end in; an AssertionError when they are imported."""
    try:
        import_bytes(folder, data, filename, **limits)
    except Refused as refused:
        assert refused.message % refused.params
        return refused
    raise AssertionError("imported")


def column(report: dict[str, Any], name: str) -> dict[str, Any]:
    """One column entry."""
    found: dict[str, Any] = next(entry for entry in report["columns"] if entry["name"] == name)
    return found


def codes(report: dict[str, Any], level: str | None = None) -> set[str]:
    """The finding keys."""
    return {finding["key"] for finding in report["findings"] if level in (None, finding["level"])}
