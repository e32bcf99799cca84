"""The table of codes: every code that the sources emit is in it, no entry is dead, and docs/codes.md is its copy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from automl_portal.datasets.codes import codes_document
from domains.codes import CODES, FILE, LABEL, NAMES, SCORING, SERIES, SPLIT, VALUES, Level

ROOT = Path(__file__).parents[2]
FOLDERS = ("workers/engine/intake", "workers/engine/splits", "workers/engine/bundle/runtime")
FILES = (
    "domains/finance/credit_default/hooks.py",
    "domains/label_checks.py",
    "domains/validation.py",
    "domains/names.py",
    "domains/distribution.py",
    "domains/split.py",
    "workers/engine/predict.py",
    "automl_portal/datasets/importing.py",
    "automl_portal/uploads/services.py",
    "automl_portal/uploads/gate.py",
)
# What makes an answer to a file or its data; the code is the first argument, or the one named `code`.
MAKERS = {"Finding", "Problem", "ReadError", "Refused", "Question", "Note", "SetAside", "_problem", "_unknown", "_warned"}
# Of the engine's own plumbing rather than of a file: a bundle, a machine, a request.
ELSEWHERE = {"signature_invalid", "versions_differ", "rows_invalid", "request_too_large"}


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return [*found, *(ROOT / name for name in FILES)]


def strings(node: ast.AST | None) -> Iterator[str]:
    """Every constant that an expression may come to: both sides of a conditional, all members of a tuple."""
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def emitted() -> dict[str, set[str]]:
    """{code: files} as the sources write them: first argument or `code` of a maker, a "code" in a dict, a variable named code."""
    found: dict[str, set[str]] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for code in codes_in(node):
                if code.replace("_", "").isalnum() and code.islower():
                    found.setdefault(code, set()).add(str(path.relative_to(ROOT)))
    return found


def codes_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in MAKERS:
            first = node.args[0] if node.args else None
            yield from codes_of(first)
        for keyword in node.keywords:
            if keyword.arg == "code":
                yield from codes_of(keyword.value)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "code":
                yield from codes_of(value)
    elif isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets):
        yield from codes_of(node.value)


def codes_of(node: ast.AST | None) -> Iterator[str]:
    """The constants of an expression that is a code; what decides between two of them is left out."""
    if isinstance(node, ast.IfExp):
        yield from codes_of(node.body)
        yield from codes_of(node.orelse)
    elif isinstance(node, ast.Constant):
        yield from strings(node)


def mentioned() -> set[str]:
    """Every string constant of the sources: a code may travel through a variable or a table before it is emitted."""
    return {text for path in sources() for text in strings(ast.parse(path.read_text(encoding="utf-8")))}


def test_every_code_that_is_emitted_is_in_the_table() -> None:
    missing = {code: sorted(files) for code, files in emitted().items() if code not in CODES and code not in ELSEWHERE}
    assert missing == {}


def test_no_entry_is_dead() -> None:
    assert sorted(set(CODES) - mentioned()) == []


def test_entries_are_whole_and_stand_once() -> None:
    entries = [*FILE, *NAMES, *VALUES, *LABEL, *SPLIT, *SERIES, *SCORING]
    assert len(entries) == len(CODES)
    for code in entries:
        assert code.levels and set(code.levels) <= set(get_args(Level)), code.code
        assert all(text.endswith((".", "?")) and text[0].isupper() for text in (code.meaning, code.way_out)), code.code


def test_the_document_is_current() -> None:
    document = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    assert document == codes_document(), "run: python manage.py codes_document"
