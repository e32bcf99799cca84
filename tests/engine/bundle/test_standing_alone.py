"""verify.py and score.py as they stand in a bundle: a planted module never runs, and nothing is written beside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.bundle.trees import private_key, small_tree
from workers.engine.bundle.manifest import write_unsigned
from workers.engine.bundle.runtime import score, verify
from workers.engine.bundle.seal import seal


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    made = small_tree(tmp_path, tmp_path / "unpickled")
    for module in (score, verify):
        shutil.copy(str(module.__file__), made)
    write_unsigned(made, {})
    seal(made, tmp_path / "bundle.zip", private_key())
    return made


@pytest.mark.parametrize("script", [["verify.py"], ["score.py", "in.csv", "out.csv"]])
@pytest.mark.parametrize("planted", ["cryptography.py", "hashlib.py", "argparse.py", "__future__.py", "runtime/workers/engine.py"])
def test_a_planted_module_never_runs(tree: Path, tmp_path: Path, script: list[str], planted: str) -> None:
    (tree / planted).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    # Without -I on purpose: Python puts the script's folder first on its path.
    done = subprocess.run([sys.executable, *script], cwd=tree, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and planted in done.stderr and done.stderr.startswith("Refused. ")
    assert not (tmp_path / "ran").exists() and not (tmp_path / "unpickled").exists()
    assert not list(tree.rglob("__pycache__"))
