"""Pins are found by reading pickles as opcodes and sources as syntax, without loading either."""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

from packaging.requirements import Requirement

from tests.engine.bundle.trees import Canary
from workers.engine.bundle.requirements import imported_modules, pickled_modules, requirements


def test_modules_of_pickles_of_every_protocol_and_inside_torch_files(tmp_path: Path) -> None:
    for protocol in range(5):
        (tmp_path / f"{protocol}.pkl").write_bytes(pickle.dumps([OrderedDict, "redis", OrderedDict, Requirement], protocol))
    assert pickled_modules(tmp_path) - {"copyreg", "__builtin__", "builtins"} == {"collections", "packaging.requirements"}
    with zipfile.ZipFile(tmp_path / "net.pt", "w") as archive:
        archive.writestr("net/data.pkl", pickle.dumps(Path("x")))
    assert "pathlib" in pickled_modules(tmp_path)


def test_several_pickles_in_a_row_and_raw_bytes_after(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(1) + pickle.dumps(OrderedDict) + b"\xff\xfe raw")
    assert pickled_modules(tmp_path) == {"collections"}


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(Canary(tmp_path / "touched")))
    pickled_modules(tmp_path)
    assert not (tmp_path / "touched").exists()


def test_imports_inside_functions_count(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("from . import y\ndef f():\n    import rich.table\n")
    assert imported_modules(tmp_path) == {"rich.table"}


def test_pins_are_exact_and_only_what_is_used(tmp_path: Path) -> None:
    for name in ("predictor", "runtime", "domain"):
        (tmp_path / name).mkdir()
    names = b"cautogluon.tabular.models.lgb.lgb_model\nLGBModel\n."
    (tmp_path / "predictor" / "model.pkl").write_bytes(names)
    lines = requirements(tmp_path, pickled_modules(tmp_path / "predictor"))
    assert all(line.count("==") == 1 and "+" not in line for line in lines) and lines == sorted(lines)
    found = {Requirement(line).name: Requirement(line).extras for line in lines}
    assert found["autogluon-tabular"] == {"lightgbm"}
    assert {"lightgbm", "cryptography", "pyarrow", "pandas", "numpy", "cffi"} <= found.keys()
    assert not {"torch", "catboost", "django", "celery", "duckdb"} & found.keys()
