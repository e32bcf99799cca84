from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from automl_portal.processes.config import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what bin/setup reads, without a .venv."""
    folder = tmp_path / "check out"
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "requirements.txt", folder)
    (folder / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "setup", folder / "bin")
    (folder / "fake").mkdir()
    return folder


def fake(checkout: Path, name: str, script: str) -> None:
    path = checkout / "fake" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def setup(checkout: Path, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{checkout / 'fake'}:/usr/bin:/bin"
    return subprocess.run(
        [str(checkout / "bin" / "setup"), "worker"], env={"PATH": path, **env}, capture_output=True, text=True, timeout=60
    )


def test_a_python_that_does_not_fit_is_named(checkout: Path) -> None:
    done = setup(checkout, PYTHON="/bin/false")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "The service did not start. PYTHON is '/bin/false', which is not Python 3.11, 3.12 or 3.13.\n"


def test_an_old_python_is_named_with_its_version(checkout: Path) -> None:
    for name in ("python3.11", "python3.12", "python3.13", "python"):
        fake(checkout, name, "exit 1")
    fake(checkout, "python3", 'case "$2" in *python_version*) echo 3.9.2 ;; *) exit 1 ;; esac')
    done = setup(checkout)
    assert done.returncode == 1 and "and python3 here is 3.9.2." in done.stderr


def test_too_little_disk_is_said_before_anything_is_made(checkout: Path) -> None:
    fake(checkout, "df", "echo 'Filesystem 1M Used Available Use% Mounted'; echo 'disk 1 1 100 99% /'")
    done = setup(checkout, PYTHON=sys.executable)
    assert done.returncode == 1 and "has 100 MB free; the Python packages need 6000 MB" in done.stderr
    assert not (checkout / ".venv").exists()


def test_what_is_installed_is_not_installed_again(checkout: Path) -> None:
    # A Python that notes each call of pip stands in for the environment.
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$2" = pip ] && echo pip "$@" >>"{checkout}/calls" && exit 0\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (checkout / ".venv" / "lib").mkdir()  # or a small disk would stop it
    calls = checkout / "calls"
    first = setup(checkout, PYTHON=sys.executable)
    assert first.returncode == 0 and "Installing the Python packages" in first.stdout, first.stderr
    assert "requirements/worker.txt -c requirements/lock.txt" in calls.read_text()
    calls.unlink()
    second = setup(checkout, PYTHON=sys.executable)
    assert (second.returncode, second.stdout, calls.exists()) == (0, "", False)
    with open(checkout / "requirements" / "lock.txt", "a") as lock:
        lock.write("another==1.0\n")
    assert "Installing" in setup(checkout, PYTHON=sys.executable).stdout and calls.exists()
