"""Which of our own Python files travel in a bundle: what its pickles and hooks import, and what those import."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

# workers/engine/bundle/sources.py -> the folder that holds the packages `workers` and `domains`
ROOT = Path(__file__).resolve().parents[3]
OURS = ("workers", "domains")


def copy_sources(modules: set[str], targets: dict[str, Path]) -> None:
    """Copy the files of `modules` and of everything of ours they import.

    `targets`: top-level package -> folder under which its files keep their import paths.
    """
    for path in _closure(modules):
        relative = path.relative_to(ROOT)
        target = targets[relative.parts[0]] / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def package_modules(package: str) -> set[str]:
    """The modules directly inside one of our packages."""
    return {f"{package}.{path.stem}" for path in (ROOT / package.replace(".", "/")).glob("*.py") if path.stem != "__init__"}


def _closure(modules: set[str]) -> set[Path]:
    found: set[Path] = set()
    waiting = list(modules)
    while waiting:
        for path in _files(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting += _imports(path)
    return found


def _files(module: str) -> list[Path]:
    """The module's file and the `__init__` of every package around it; none when it is not ours."""
    parts = module.split(".")
    if parts[0] not in OURS:
        return []
    packages = [ROOT.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    return [path for path in [*packages, ROOT.joinpath(*parts).with_suffix(".py")] if path.is_file()]


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from package import module` and `from module import name` look alike; what is no file is ignored.
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
