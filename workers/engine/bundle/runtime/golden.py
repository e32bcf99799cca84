"""Golden rows: a few holdout rows and what the predictor said about them when it was made."""

from __future__ import annotations

import csv
import math
import tempfile
from pathlib import Path
from typing import Any

from workers.engine.bundle.runtime.scoring import score_file
from workers.engine.events import Refused

EXPECTED = "expected."
TOLERANCE = 1e-6


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a small CSV as dicts of text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_golden(bundle_dir: Path) -> dict[str, Any]:
    """Score golden.csv of a verified bundle and compare to what it expects.

    Numbers may differ by 1e-6 (absolute, or relative above 1); text must be equal. Returns {"rows", "difference"}.
    Raises ValueError with a sentence on a difference.
    """
    expected = read_table(bundle_dir / "golden.csv")
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        output = Path(folder, "output.csv")
        try:
            score_file(bundle_dir, bundle_dir / "golden.csv", output, Path(folder, "rejected.csv"))
        except Refused as refusal:
            raise ValueError(f"The golden rows could not be scored: {refusal.message % refusal.params}") from None
        scored = read_table(output)
    if len(scored) != len(expected):
        raise ValueError(f"The bundle holds {len(expected)} golden rows but {len(scored)} were scored.")
    worst = 0.0
    for number, (row, wanted) in enumerate(zip(scored, expected, strict=True), start=1):
        for name, value in wanted.items():
            if not name.startswith(EXPECTED):
                continue
            difference = _difference(row.get(name[len(EXPECTED) :]), value)
            if difference > TOLERANCE:
                raise ValueError(f"Golden row {number} gives another {name[len(EXPECTED) :]} than when the bundle was made.")
            worst = max(worst, difference)
    return {"rows": len(expected), "difference": worst}


def _difference(found: str | None, wanted: str) -> float:
    if found is None:
        return math.inf
    try:
        a, b = float(found), float(wanted)
    except ValueError:
        return 0.0 if found == wanted else math.inf
    return abs(a - b) / max(1.0, abs(b))
