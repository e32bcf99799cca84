"""Leaks planted in real tables: how many are found, and which honest columns are accused.

Usage: python -m benchmarks.leaks [FOLDER]   (FOLDER: the data sets of INDEX.md; without it, the committed samples)
Every kind of leak is planted in every table as a column of its own; each table is also checked as it is.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.planted import plant
from domains import registry
from workers.engine.intake.importing import import_run
from workers.engine.intake.label import check_label_run

# file, label, kind, columns that do give the label away in the file as it is
SETS: tuple[tuple[str, str, str, set[str]], ...] = (
    ("finance/german_credit.csv", "credit_risk", "binary", set()),
    ("retail/telco_churn.csv.gz", "Churn", "binary", set()),
    ("finance/bank_marketing.csv", "y", "binary", {"duration"}),
    ("medical/pima_diabetes.csv", "outcome", "binary", set()),
    ("medical/hcv_hepatitis_c.csv", "Category", "multiclass", {"Unnamed: 0"}),
    ("other/adult_income.csv.gz", "income", "binary", set()),
    ("retail/ames_housing.csv.gz", "price", "regression", set()),
    ("other/bike_sharing_hourly.csv.gz", "count", "regression", {"casual", "registered"}),
    ("medical/medpar_los.csv", "los", "regression", {"died"}),
    ("retail/alexa_reviews_en.tsv", "feedback", "binary", {"rating"}),
)


def main(folder: str | None = None) -> int:
    """Print what was found and missed by kind, and the honest columns accused; 1 when the bar (95 %, 5 %) is missed."""
    found: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    accused: list[str] = []
    honest, lines = 0, []
    for name, frame, label, kind, known in tables(Path(folder) if folder else Path("../shared/data")):
        planted, kinds = plant(frame, label, kind)
        start = time.perf_counter()
        suspects = check(planted, label, kind)
        seconds = time.perf_counter() - start
        for column, what in kinds.items():
            (found if column in suspects else missed)[what] += 1
            if column not in suspects:
                lines.append(f"  missed in {name}: {what}")
        clean = check(frame, label, kind)
        honest += frame.shape[1] - 1 - len(known)
        accused += [f"{name}: {column} ({why})" for column, why in clean.items() if column not in known]
        lines += [f"  {name}: {column} is a leak and was not found" for column in known & set(frame.columns) if column not in clean]
        print(f"{name:36s} {len(planted):6d} rows, {planted.shape[1]:3d} columns, {seconds:5.1f} s with import", flush=True)
    for what in sorted(found | missed):
        print(f"{what:24s} {found[what]:3d} of {found[what] + missed[what]:3d}")
    share, wrong = found.total() / (found.total() + missed.total()), len(accused) / honest
    print("\n".join([*lines, *(f"  accused: {line}" for line in accused)]))
    print(f"found {share:.3f} of {found.total() + missed.total()} planted leaks, accused {wrong:.3f} of {honest} honest columns")
    return int(share < 0.95 or wrong > 0.05)


def tables(folder: Path) -> list[tuple[str, pd.DataFrame, str, str, set[str]]]:
    """(name, cells as text, label, kind, known leaks) of every table there is."""
    there = [entry for entry in SETS if (folder / entry[0]).exists()]
    if there:
        return [(file, _read(folder / file), label, kind, known) for file, label, kind, known in there]
    cases = registry.use_cases().values()
    return [(case.key, _read(registry.folder(case.key) / case.sample.file), case.sample.label, "binary", set()) for case in cases]


def _read(path: Path) -> pd.DataFrame:
    head = pd.read_csv(path, nrows=2, sep=None, engine="python", encoding="utf-8-sig")
    mark = "\t" if path.suffix == ".tsv" else ";" if ";" in head.columns[0] or head.shape[1] == 1 or path.name.startswith("bank") else ","
    frame = pd.read_csv(path, sep=mark, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return frame.rename(columns=str.strip).apply(lambda cells: cells.str.strip())


def check(frame: pd.DataFrame, label: str, kind: str) -> dict[str, str]:
    """Column -> kind of leak, by the import and the check of the label as the product runs them; row numbers and ids count."""
    with tempfile.TemporaryDirectory() as scratch:
        job = Path(scratch)
        frame.to_csv(job / "upload.bin", index=False)
        source = {"input": "upload.bin", "filename": "x.csv"}
        (job / "spec.json").write_text(json.dumps({"verb": "import", "sources": [source], **source, "answers": {}, "limits": {}}))
        import_run(job)
        report: dict[str, Any] = json.loads((job / "report.json").read_text())
        spec = {
            "verb": "check_label",
            "data": "data.parquet",
            "report": "report.json",
            "use_case": "general/table",
            "label": label,
            "roles": {},
        }
        values = next(entry for entry in report["columns"] if entry["name"] == label)["top"]
        positive = min(values, key=lambda entry: int(entry["count"]))["value"] if kind == "binary" else None
        (job / "spec.json").write_text(json.dumps({**spec, "problem_type": kind, "positive_class": positive}))
        result = check_label_run(job)
        return {item["column"]: item["params"].get("kind", "") for item in result["findings"] if item["code"] == "leakage_suspect"}


if __name__ == "__main__":
    np.seterr(all="ignore")
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else None))
