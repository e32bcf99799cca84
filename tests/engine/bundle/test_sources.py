"""Which of our files travel: the wanted modules, the packages around them, and what they import."""

from __future__ import annotations

from pathlib import Path

from workers.engine.bundle.sources import copy_sources, package_modules


def test_the_closure_travels_and_nothing_heavy_with_it(tmp_path: Path) -> None:
    modules = package_modules("workers.engine.bundle.runtime")
    copy_sources(modules, {"workers": tmp_path / "runtime", "domains": tmp_path / "domain"})
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    assert {"runtime/workers/engine/events.py", "runtime/workers/engine/bundle/runtime/scoring.py", "domain/domains/hooks.py"} <= found
    assert {"runtime/workers/__init__.py", "runtime/workers/engine/__init__.py", "domain/domains/__init__.py"} <= found
    # The portal's and the search's code has no place in a bundle.
    assert not any("search" in name or "automl_portal" in name or "seal" in name or "schema" in name for name in found)
    assert (tmp_path / "runtime/workers/__init__.py").read_text().strip().count("import") <= 1
