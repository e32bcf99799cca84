"""A file like the training file is read like it: what the analyst settled at the import is not asked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.bundle.stand_in import Scored
from tests.engine.intake.files import import_bytes
from workers.engine.bundle.schema import bundle_schema
from workers.engine.events import Refused
from workers.engine.spec import FitSpec
from workers.engine.table import table_load

RANDOM = np.random.default_rng(0)
ROWS = [
    [
        f"{RANDOM.normal(1500, 300):.2f}",
        str(RANDOM.integers(18, 80)),
        str(RANDOM.choice(["汽车", "房屋", "教育"])),
        str(RANDOM.choice(["y", "n"])),
    ]
    for _ in range(300)
]
HEADER = ["sum", "age", "purpose", "late"]


class Even:
    """Finds every class equally likely."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"prediction": "n", "probability_n": 0.5, "probability_y": 0.5}, index=frame.index)


def text(rows: list[list[str]], delimiter: str = ",") -> bytes:
    return "\n".join(delimiter.join(row) for row in rows).encode() + b"\n"


def predictor(folder: Path, data: bytes, label: str, answers: dict[str, str] | None = None) -> Even:
    """What an import, with these answers, and a training leave."""
    import_bytes(folder, data, answers=answers)
    spec = FitSpec(label=label, problem_type="binary", positive_class="y")
    schema = bundle_schema(json.loads(json.dumps(table_load(folder, spec).schema, default=str)), [], {})
    return Even(schema | {"output_columns": ["prediction", "probability_n", "probability_y"]})


def german(value: str) -> str:
    return f"{float(value):,.2f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    ("data", "label", "answers", "codes"),
    [
        pytest.param(text([HEADER, *ROWS]), "late", {}, [], id="plain"),
        pytest.param(text([HEADER, *ROWS]).decode().encode("gb18030"), "late", {"encoding": "gb18030"}, ["reading_assumed"], id="gb18030"),
        pytest.param(text(ROWS), "column_4", {"header_missing": "data"}, [], id="no_header"),
        pytest.param(text([HEADER, *([german(s), *rest] for s, *rest in ROWS)], ";"), "late", {}, [], id="semicolons_and_commas"),
        pytest.param(
            text([["sum", "sum", "purpose", "late"], *ROWS]),
            "late",
            {"duplicate_columns": "number"},
            ["duplicate_columns"],
            id="duplicates",
        ),
        pytest.param(text([["Report of March"], [""], HEADER, *ROWS]), "late", {"preamble": "skip"}, [], id="preamble"),
    ],
)
def test_the_training_file_itself(data: bytes, label: str, answers: dict[str, str], codes: list[str], tmp_path: Path) -> None:
    scored = Scored(tmp_path, data, predictor=predictor(tmp_path, data, label, answers))
    assert scored.result["rows"] == {"in": 300, "scored": 300, "rejected": 0, "unusual": 0}
    assert [code for code in scored.codes if code != "label_present"] == codes
    assert scored.evaluation is not None and scored.evaluation["rows"] == 300


def test_an_answer_that_is_no_choice_here_is_left_out(tmp_path: Path) -> None:
    data = text([["sum", "sum", "purpose", "late"], *([a, a, p, late] for a, _, p, late in ROWS)])
    made = predictor(tmp_path, data, "late", {"duplicate_columns": "keep_first"})
    assert Scored(tmp_path, data, predictor=made).result["rows"]["scored"] == 300
    with pytest.raises(Refused, match="duplicate_columns"):
        Scored(tmp_path, text([["sum", "sum", "purpose", "late"], *ROWS]), predictor=made)


def test_without_a_header_only_the_number_of_columns_tells_them_apart(tmp_path: Path) -> None:
    made = predictor(tmp_path, text(ROWS), "column_4", {"header_missing": "data"})
    assert Scored(tmp_path, text([row[:3] for row in ROWS]), predictor=made).result["rows"]["scored"] == 300
    named = text([["column_1", "column_2", "column_3"], *(row[:3] for row in ROWS)])
    assert Scored(tmp_path, named, predictor=made).result["rows"]["scored"] == 300
    with pytest.raises(Refused, match="header_missing") as caught:
        Scored(tmp_path, text([["x", *row] for row in ROWS]), predictor=made)
    assert caught.value.params == {"found": 5, "expected": 4}
