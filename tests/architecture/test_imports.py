from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from automl_portal.processes.config import ROOT

HEAVY = ("torch", "autogluon", "pandas", "sklearn", "pyarrow", "duckdb", "numpy", "scipy", "lightgbm", "workers")
LOADED = "import sys; print(*sorted({name.split('.')[0] for name in sys.modules} & set(sys.argv[1:])))"


def loaded_by(code: str) -> list[str]:
    """Which heavy packages a fresh process holds after running `code`."""
    done = subprocess.run([sys.executable, "-c", f"{code}; {LOADED}", *HEAVY], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_portal_loads_no_machine_learning_and_no_worker() -> None:
    # The URLs are imported at the first request, with every view behind them.
    code = "import automl_portal.asgi; from django.urls import get_resolver; get_resolver().url_patterns; import automl_portal.celery"
    assert loaded_by(code) == []


@pytest.mark.parametrize("module", ["automl_portal.processes.__main__", "domains.registry"])
def test_light_modules_stay_light(module: str) -> None:
    assert loaded_by(f"import {module}") == []


@pytest.mark.parametrize("module", ["workers.celery", "workers.scorer"])
def test_an_idle_worker_loads_no_machine_learning(module: str) -> None:
    assert loaded_by(f"import {module}") == ["workers"]


def test_import_rules() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
