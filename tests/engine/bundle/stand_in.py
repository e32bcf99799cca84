"""A schema as training leaves it and a predictor that answers from two columns: scoring without a fitted model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workers.engine.bundle.runtime.casting import MISSING
from workers.engine.bundle.runtime.frame import NOT_MODELLED
from workers.engine.bundle.runtime.golden import read_table
from workers.engine.bundle.runtime.scoring import score_file
from workers.engine.bundle.schema import bundle_schema
from workers.engine.evaluate.labelled import Labelled
from workers.engine.spec import FitSpec, Roles
from workers.engine.table import schema_make

KINDS = {"who": "category", "amount": "number", "age": "integer", "purpose": "category", "opened": "datetime", "owner": "boolean"}
TRAINING_ROWS = 1000


def training(rows: int = TRAINING_ROWS, seed: int = 0) -> pd.DataFrame:
    """Typed rows, the label included."""
    random = np.random.default_rng(seed)
    amount = random.gamma(4, 500, rows).round(2)
    return pd.DataFrame(
        {
            "who": [f"{seed}-{number}" for number in range(rows)],
            "amount": amount,
            "age": random.integers(18, 80, rows),
            "purpose": random.choice(["car", "house", "school"], rows),
            "opened": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, rows), unit="D"),
            "owner": random.choice([True, False], rows),
            "bad": np.where(amount + random.normal(0, 400, rows) > 2200, "yes", "no"),
        }
    )


def schema(frame: pd.DataFrame | None = None) -> dict[str, Any]:
    """The bundle's schema of a predictor trained on ``frame``."""
    frame = training() if frame is None else frame
    columns = []
    for number, (name, kind) in enumerate({**KINDS, "bad": "category"}.items(), start=1):
        cast: dict[str, Any] = {"type": kind, "missing": list(MISSING), "date_format": "%d.%m.%Y" if kind == "datetime" else None}
        column: dict[str, Any] = {"name": name, "id": f"c{number:04d}", "type": kind, "cast": cast}
        if kind in ("number", "integer"):
            column |= {"min": frame[name].min().item(), "max": frame[name].max().item(), "median": float(frame[name].median())}
        columns.append(column)
    spec = FitSpec(label="bad", positive_class="yes", problem_type="binary", roles=Roles(id=["who"]))
    made = schema_make(frame, {"columns": columns, "format": {"encoding": "gb18030"}}, spec)
    return bundle_schema(json.loads(json.dumps(made, default=str)), [], {}) | {
        "output_columns": ["prediction", "probability_no", "probability_yes"]
    }


class StandIn:
    """Says yes where the amount is large. Counts how often it was asked."""

    def __init__(self, about: dict[str, Any] | None = None) -> None:
        self.schema = about or schema()
        self.asked = 0

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        self.asked += 1
        assert [c["name"] for c in self.schema["columns"] if c["role"] not in NOT_MODELLED] == list(frame.columns)
        yes = 1 / (1 + np.exp(-(frame["amount"].fillna(2000).astype(float) - 2200) / 300))
        said = yes.map(lambda share: "yes" if share >= 0.5 else "no")
        return pd.DataFrame({"prediction": said, "probability_no": 1 - yes, "probability_yes": yes}, index=frame.index)


def as_file(frame: pd.DataFrame) -> pd.DataFrame:
    """The cells of ``frame`` as the training file wrote them."""
    raw = frame.astype(object).copy()
    if "opened" in frame:
        raw["opened"] = frame["opened"].dt.strftime("%d.%m.%Y")
    if "owner" in frame:
        raw["owner"] = frame["owner"].map({True: "true", False: "false"})
    return raw


def csv_bytes(frame: pd.DataFrame) -> bytes:
    return as_file(frame).to_csv(index=False).encode()


class Scored:
    """A file that went through: the result, the output and the rejected rows as dicts, the evaluation."""

    def __init__(self, folder: Path, content: bytes, name: str = "rows.csv", predictor: Any = None, **more: Any) -> None:
        source = folder / "input.bin"
        source.write_bytes(content)
        self.predictor = predictor or StandIn()
        labelled = Labelled(self.predictor.schema)
        self.output_path, rejected = folder / "output.csv", folder / "rejected.csv"
        self.result = score_file(
            folder, source, self.output_path, rejected, filename=name, scratch=folder, predictor=self.predictor, compare=labelled, **more
        )
        self.output, self.rejected = read_table(self.output_path), read_table(rejected)
        self.evaluation = labelled.evaluation()

    @property
    def codes(self) -> list[str]:
        return [warning["code"] for warning in self.result["warnings"]]

    def warning(self, code: str) -> dict[str, Any]:
        """The first warning with this code, its sentence filled in."""
        found: dict[str, Any] = next(item for item in self.result["warnings"] if item["code"] == code)
        return {**found, "sentence": found["message"] % found["params"]}
