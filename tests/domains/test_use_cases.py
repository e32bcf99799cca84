"""The contract every use case keeps. A new folder is covered by being there."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest

from domains import hooks, names, registry
from domains.schema import UseCase

CASES = list(registry.use_cases().values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_use_case_keeps_the_contract(case: UseCase) -> None:
    folder = registry.folder(case.key)
    assert (folder / "README.md").is_file()
    found = hooks.load(folder)
    assert set(found) <= set(hooks.SIGNATURES)
    assert not ({"clean", "features", "decide"} & set(found)) or case.decision or "decide" not in found
    with (folder / case.sample.file).open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) >= case.min_rows.refuse
    assert case.sample.label in rows[0]
    values = [row[case.sample.label] for row in rows]
    if case.sample.positive_class is not None:
        assert case.min_class.refuse <= values.count(case.sample.positive_class) <= len(rows) - case.min_class.refuse
    assert names.matches(case.sample.label, case.label.names), "the hints must find the label of the own sample"
    assert all(text.strip() for text in case.texts())
    if case.sample.synthetic:
        assert "ynthetic" in (folder / "README.md").read_text(encoding="utf-8")
    for rule in case.leakage:
        assert not any(names.matches(column, rule.names) for column in rows[0]), "the sample must not hold forbidden columns"


@pytest.mark.parametrize("case", [case for case in CASES if case.sample.synthetic], ids=lambda case: case.key)
def test_sample_is_what_its_script_writes(case: UseCase, tmp_path: object) -> None:
    folder = registry.folder(case.key)
    scope: dict[str, object] = {"__name__": "made", "__file__": f"{tmp_path}/make_sample.py"}
    exec(compile((folder / "make_sample.py").read_text(encoding="utf-8"), "make_sample.py", "exec"), scope)
    scope["main"]()  # type: ignore[operator]
    with open(f"{tmp_path}/sample.csv", encoding="utf-8") as made:
        assert made.read() == (folder / "sample.csv").read_text(encoding="utf-8")


def test_registry_is_light() -> None:
    code = "import sys; from domains import registry, validation; registry.use_cases(); print(sorted({'pandas','numpy','pyarrow','duckdb'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_every_text_is_listed_for_translation() -> None:
    assert {case.title for case in CASES} <= set(registry.texts())
