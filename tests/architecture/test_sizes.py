"""Small files, small functions: what nobody can hold in the head at once is split."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

from automl_portal.processes.config import ROOT

PACKAGES = ("automl_portal", "domains", "workers", "benchmarks")
FILE_LIMIT, FILE_MEDIAN, FILE_P90 = 400, 80, 200
FUNCTION_LIMIT, FUNCTION_MEDIAN = 60, 10


def sources() -> list[Path]:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in files if not {"migrations", "static", ".venv"} & set(path.relative_to(ROOT).parts)]


def lines_of(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def functions() -> Iterator[tuple[str, int]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_files_are_small() -> None:
    sizes = {str(path.relative_to(ROOT)): lines_of(path) for path in sources()}
    assert {name: size for name, size in sizes.items() if size > FILE_LIMIT} == {}
    assert statistics.median(sizes.values()) <= FILE_MEDIAN
    assert statistics.quantiles(sizes.values(), n=10)[-1] <= FILE_P90


def test_functions_are_small() -> None:
    sizes = dict(functions())
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LIMIT} == {}
    assert statistics.median(sizes.values()) <= FUNCTION_MEDIAN


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(f"# {mark}" in line for mark in marks)
    ]
    assert found == []
