"""Cases 46-55: the label. Each with the answer it gets, the column or rows it points to, and a way out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domains.codes import CODES
from tests.engine.intake.files import import_bytes
from workers.engine.events import Refused
from workers.engine.intake.label import check_label_run

N = 600
Columns = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A table of honest columns with ``y`` and what ``make`` adds, and the finding it must give. ``out``: a choice, where the
    program offers one; the table of codes names a way out in any case."""

    name: str
    make: Callable[[np.random.Generator], Columns]
    code: str
    level: str
    column: str | None = "y"
    kind: str = "binary"
    out: str | None = None
    rows: int = 0  # at least so many are pointed to
    at_import: bool = False  # said with the dataset already
    params: dict[str, Any] = field(default_factory=dict)


def label(rng: np.random.Generator, share: float = 0.3) -> Any:
    return (rng.random(N) < share).astype(int)


def with_label(add: Callable[[np.random.Generator, Any], Columns], share: float = 0.3) -> Callable[[np.random.Generator], Columns]:
    """The columns that ``add`` makes from a label of two classes."""

    def make(rng: np.random.Generator) -> Columns:
        y = label(rng, share)
        return {"y": y, **add(rng, y)}

    return make


def leak(name: str, add: Callable[[np.random.Generator, Any], Any], what: str, kind: str = "binary") -> Case:
    def make(rng: np.random.Generator) -> Columns:
        y = label(rng) if kind == "binary" else np.round(rng.lognormal(5, 1, N), 2)
        return {"y": y, "late": add(rng, y)}

    return Case(name, make, "leakage_suspect", "ASK", "late", kind, out="exclude", params={"kind": what})


def patients(rng: np.random.Generator, y: Any) -> Columns:
    who = rng.integers(0, N // 3, N)
    return {"who": [f"K{k * 7}" for k in who], "sex": who % 2, "born": 1930 + who % 80, "height": 150 + who % 41}


CASES: dict[int, list[Case]] = {
    46: [Case("all_missing", lambda rng: {"y": [""] * N}, "target_all_missing", "REJECT")],
    47: [
        Case("some_missing", lambda rng: {"y": np.where(np.arange(N) % 20, label(rng).astype(str), "")}, "target_missing", "ASK", out="drop", params={"count": 30}),
        Case("some_infinite", lambda rng: {"y": np.where(np.arange(N) % 20, np.round(rng.random(N), 3).astype(str), "inf")}, "target_missing", "ASK", kind="regression", out="score"),
    ],
    48: [
        Case("one_class", lambda rng: {"y": ["yes"] * N}, "target_constant", "REJECT", params={"value": "yes"}),
        Case("one_number", lambda rng: {"y": [7] * N}, "target_constant", "REJECT", kind="regression"),
    ],
    49: [
        Case("ids", lambda rng: {"y": [f"K{i}" for i in range(N)]}, "target_high_cardinality", "REJECT", kind="multiclass"),
        Case("many_classes", lambda rng: {"y": [f"c{i % 150}" for i in range(N)]}, "many_classes", "ASK", kind="multiclass", out="continue"),
    ],
    50: [Case("rare_class", lambda rng: {"y": ["a"] * 300 + ["b"] * 295 + ["c"] * 5}, "rare_class", "ASK", kind="multiclass", out="merge")],
    51: [
        Case("grade", lambda rng: {"y": rng.integers(1, 6, N)}, "problem_type_guess", "WARN", kind="multiclass", out="regression"),
        Case("count_as_classes", lambda rng: {"y": rng.integers(1, 8, N)}, "problem_type_guess", "WARN", kind="regression", out="multiclass"),
    ],
    52: [
        Case("one_in_a_hundred", with_label(lambda rng, y: {"y": (np.arange(N) % 40 == 0).astype(int)}), "class_imbalance", "WARN", params={"value": "1"}),
        Case("few_positives", with_label(lambda rng, y: {"y": (np.arange(N) % 30 == 0).astype(int)}), "few_positives", "WARN", None, params={"count": 20}),
    ],
    53: [
        leak("copy", lambda rng, y: np.where(y == 1, "bad", "good"), "copy"),
        leak("noisy_copy", lambda rng, y: np.where(rng.random(N) < 0.03, 1 - y, y), "noisy_copy"),
        leak("monotone", lambda rng, y: np.round(np.log(y), 6), "rank", "regression"),
        leak("rounded", lambda rng, y: np.digitize(y, np.quantile(y, [0.33, 0.67])), "ranges", "regression"),
        leak("target_date", lambda rng, y: np.where((y == 1) & (rng.random(N) < 0.6), "2024-05-03", ""), "one_class"),
        leak("numbers_of_classes", lambda rng, y: [f"{'AB'[k]}{i}" for i, k in enumerate(y)], "ids"),
        leak("mean_by_group", lambda rng, y: _means(rng, y), "group_mean"),
        leak("text", lambda rng, y: [f"call {i} of the week: outcome {'lost' if k else 'kept'} as told" for i, k in enumerate(y)], "text"),
        Case("two_columns", with_label(lambda rng, y: {"late": y + 50 + np.arange(N) % 90, "base": 50 + np.arange(N) % 90}), "leakage_suspect", "ASK", "late", out="exclude", params={"kind": "parts", "others": "base"}),
        Case("post_outcome", with_label(lambda rng, y: {"death_date_known": y, "died": np.where(rng.random(N) < 0.35, 1 - y, y)}), "leakage_suspect", "ASK", "died", out="keep", params={"kind": "outcome"}),
        Case("row_order", lambda rng: {"y": np.sort(label(rng))}, "rows_sorted_by_label", "WARN", None),
    ],
    54: [
        Case("row_number", with_label(lambda rng, y: {"nr": np.arange(N)}), "row_number", "WARN", "nr", at_import=True),
        Case("saved_index", with_label(lambda rng, y: {"index": np.arange(1, N + 1)}), "row_number", "WARN", "index", at_import=True),
        Case("id", with_label(lambda rng, y: {"key": [f"K{i * 7}" for i in range(N)]}), "id_column", "WARN", "key", at_import=True),
        Case("patient_by_name", with_label(lambda rng, y: {"patient_id": rng.integers(0, 150, N)}), "repeated_entity", "WARN", "patient_id", at_import=True),
        Case("patient_by_values", with_label(patients), "repeated_entity", "WARN", "who", at_import=True),
        Case("time", with_label(lambda rng, y: {"seen": [f"2024-{1 + i // 60:02d}-{1 + i % 28:02d}" for i in range(N)]}), "time_column", "WARN", "seen", at_import=True),
    ],
    55: [
        Case("copies", with_label(lambda rng, y: {"i": np.arange(N) % 590, "a": 0, "b": 0, "c": 0, "y": np.arange(N) % 590 % 2}), "duplicate_rows", "WARN", None, rows=5, params={"count": 10}),
        Case("conflicts", with_label(lambda rng, y: {"i": np.arange(N) % 590, "a": 0, "b": 0, "c": 0, "y": (np.arange(N) >= 590).astype(int) + np.arange(N) % 590 % 2 * 0}), "conflicting_labels", "WARN", None, rows=5, params={"count": 20}),
    ],
}  # fmt: skip


def _means(rng: np.random.Generator, y: Any) -> Any:
    group = rng.integers(0, 20, N)
    return np.round((np.bincount(group, weights=y) / np.bincount(group))[group], 6)


def table(case: Case) -> bytes:
    rng = np.random.default_rng(0)
    columns: Columns = {"a": np.round(rng.random(N), 3), "b": rng.choice(["x", "y", "z"], N), "c": np.round(rng.normal(size=N), 3)}
    columns |= {name: np.broadcast_to(np.asarray(cells), N) for name, cells in case.make(rng).items()}
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]).encode()


ALL = [pytest.param(case, id=f"{number}-{case.name}") for number, cases in CASES.items() for case in cases]


@pytest.mark.parametrize("case", ALL)
def test_the_label_is_answered_for(tmp_path: Path, case: Case) -> None:
    report = import_bytes(tmp_path, table(case))
    found = report["findings"] if case.at_import else checked(tmp_path, report, case)
    finding = next((item for item in found if item["code"] == case.code and (case.column is None or item["column"] == case.column)), None)
    assert finding is not None, [(item["code"], item["column"], item["params"]) for item in found]
    assert finding["level"] == case.level and finding["message"] % finding["params"]
    assert {name: finding["params"].get(name) for name in case.params} == case.params
    assert len(finding["rows"] or []) >= case.rows
    assert case.out is None or case.out in [option["value"] for option in finding["choices"]]
    assert case.level in CODES[case.code].levels and CODES[case.code].way_out


def checked(folder: Path, report: dict[str, Any], case: Case) -> list[dict[str, Any]]:
    """The findings of the label's check; a refusal is one too, and comes in less than two seconds."""
    values = next(entry for entry in report["columns"] if entry["name"] == "y")["top"]
    positive = min(values, key=lambda entry: int(entry["count"]))["value"] if case.kind == "binary" and values else None
    spec = {"verb": "check_label", "data": "data.parquet", "report": "report.json", "use_case": "general/table", "label": "y", "roles": {}}
    (folder / "spec.json").write_text(json.dumps({**spec, "problem_type": case.kind, "positive_class": positive}))
    start = time.perf_counter()
    try:
        found: list[dict[str, Any]] = check_label_run(folder)["findings"]
    except Refused as refused:
        assert time.perf_counter() - start < 2
        return [{**refused.as_error(), "level": "REJECT"}]
    return found


def test_every_case_is_there() -> None:
    assert set(CASES) == set(range(46, 56))
