"""A real, tiny predictor and the job directory around it, as the engine's phases before the bundle leave them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workers.engine.bundle.build import bundle_build
from workers.engine.bundle.runtime.casting import MISSING
from workers.engine.bundle.runtime.frame import to_model_frame

ROWS, TRAIN = 400, 300
CANARY_TEXTS = [f"canary-{number}-qzx{number * 7919}" for number in range(10)]
CANARY_NUMBERS = [round(0.1 + number * 0.0123456789 + 1e-7 / (number + 3), 13) for number in range(10)]


def table(seed: int = 0) -> pd.DataFrame:
    """Seeded synthetic applications; the first ten rows carry canaries."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "Betrag, €": random.gamma(2.0, 900.0, ROWS).round(2),
            "ratio": random.normal(0.5, 0.2, ROWS).round(6),
            "months": random.integers(3, 60, ROWS),
            "purpose": random.choice(["car", "=furniture", "Möbel", "无"], ROWS),
            "opened": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 1500, ROWS), unit="D"),
            "own home": random.choice([True, False], ROWS),
            "note": [f"the {a} applicant pays {b} often" for a, b in random.choice(["old", "new"], (ROWS, 2))],
            "customer id": [f"id-{number}" for number in range(ROWS)],
            "sex": random.choice(["f", "m"], ROWS),
        }
    )
    frame["purpose"] = frame["purpose"].where(random.random(ROWS) > 0.05, None)
    frame.loc[:9, "note"] = CANARY_TEXTS
    frame.loc[:9, "ratio"] = CANARY_NUMBERS
    signal = frame["months"] / 20 - frame["ratio"] * 3 + (frame["purpose"] == "car") + random.normal(0, 0.7, ROWS)
    frame["outcome"] = np.where(signal > signal.median(), "bad", "good")
    frame["loss"] = (signal * 100).round(3)
    frame["grade"] = pd.qcut(signal, 3, labels=["A", "B", "C"]).astype(object)
    return frame


KINDS = {
    "Betrag, €": "number",
    "ratio": "number",
    "months": "integer",
    "purpose": "category",
    "opened": "datetime",
    "own home": "boolean",
    "note": "text",
}
LABELS = {"binary": "outcome", "regression": "loss", "multiclass": "grade"}


def schema(frame: pd.DataFrame, problem_type: str) -> dict[str, Any]:
    """schema.json as the engine writes it for `frame`."""
    label = LABELS[problem_type]
    kinds = {**KINDS, "customer id": "text", "sex": "category", label: "number" if problem_type == "regression" else "category"}
    roles = {"customer id": "id", "sex": "sensitive", label: "label"}
    columns = []
    for number, (name, kind) in enumerate(kinds.items(), start=1):
        cast = {"type": kind, "missing": list(MISSING), "date_format": "%d.%m.%Y" if kind == "datetime" else None}
        cast |= {"decimal": ",", "thousands": "."} if name == "Betrag, €" else {}
        entry = {"name": name, "id": f"c{number:04d}", "type": kind, "role": roles.get(name, "feature"), "required": True, "cast": cast}
        if kind in ("number", "integer"):
            entry |= {"min": frame[name].min().item(), "max": frame[name].max().item(), "median": frame[name].median().item()}
        if kind == "category":
            entry["categories"] = sorted(frame[name].dropna().unique())
        if kind in ("category", "text", "boolean"):
            entry["top"] = [{"value": str(frame[name].mode()[0]), "count": 1}]
        columns.append(entry)
    classes = None if problem_type == "regression" else sorted(frame[label].unique())
    positive = "bad" if problem_type == "binary" else None
    top = {"label": label, "problem_type": problem_type, "classes": classes, "positive_class": positive}
    return {**top, "use_case": "general/table", "roles": {}, "columns": columns}


def fitted_job(
    folder: Path,
    problem_type: str,
    hyperparameters: dict[str, Any],
    use_case: str = "general/table",
    decision: dict[str, float] | None = None,
) -> tuple[Path, pd.DataFrame, Any]:
    """Fit and build; returns (unsigned bundle, holdout, the predictor in memory)."""
    from autogluon.tabular import TabularPredictor

    frame = table()
    about = schema(frame, problem_type) | {"use_case": use_case}
    train, holdout = frame.iloc[:TRAIN], frame.iloc[TRAIN:]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schema.json").write_text(json.dumps(about, default=str))
    importance = [{"column": name} for name in ("months", "ratio", "purpose")]
    (folder / "explanations.json").write_text(json.dumps({"importance": importance}))
    data = to_model_frame(train, about).assign(y=train[about["label"]])
    inner = TabularPredictor(label="y", path=str(folder / "work"), problem_type=problem_type, verbosity=0)
    inner.fit(data, hyperparameters=hyperparameters, num_cpus=1, num_gpus=0, time_limit=60, dynamic_stacking=False)
    assert inner.model_failures().empty
    facts = {"title": "Test", "holdout": {"log_loss": 0.5}, "decision": decision}
    bundle = bundle_build(
        job_dir=folder, predictor_dir=folder / "work", model=inner.model_best, facts=facts, holdout=holdout, document_html="<p>x</p>"
    )
    return bundle, holdout, inner


def write_german(frame: pd.DataFrame, path: Path) -> None:
    """A file as a German office would export it: semicolons, decimal comma, dotted dates; with id, no label."""
    raw = frame[[*KINDS, "customer id"]].copy()
    raw["Betrag, €"] = [f"{value:,.2f}".replace(",", "x").replace(".", ",").replace("x", ".") for value in raw["Betrag, €"]]
    raw["ratio"] = [repr(value) for value in raw["ratio"]]
    raw["opened"] = raw["opened"].dt.strftime("%d.%m.%Y")
    raw["own home"] = raw["own home"].map({True: "TRUE", False: "false"})
    raw[raw.columns[::-1]].to_csv(path, sep=";", index=False)
