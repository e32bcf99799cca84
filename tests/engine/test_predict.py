"""The verb `predict` before a predictor is loaded: signature, key, cancel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.bundle.trees import private_key, sealed
from workers.engine.bundle.seal import public_key_of
from workers.engine.events import Canceled, Refused
from workers.engine.predict import predict_run


def job(folder: Path, **more: str) -> Path:
    tree, _ = sealed(folder, folder / "touched")
    (folder / "input.bin").write_text("a\n1\n")
    spec = {"verb": "predict", "bundle": tree.name, "input": "input.bin", "filename": "x.csv", **more}
    (folder / "spec.json").write_text(json.dumps(spec))
    return folder


def test_a_changed_bundle_is_refused(tmp_path: Path) -> None:
    folder = job(tmp_path)
    (tmp_path / "bundle" / "golden.csv").write_text("changed")
    with pytest.raises(Refused, match="signature_invalid") as caught:
        predict_run(folder)
    assert "golden.csv" in caught.value.message % caught.value.params
    assert not (tmp_path / "touched").exists() and not (tmp_path / "output.csv").exists()


def test_a_bundle_of_another_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="signature_invalid"):
        predict_run(job(tmp_path, public_key=public_key_of(private_key(seed=5))))
    assert not (tmp_path / "touched").exists()


def test_cancel_before_the_predictor_is_loaded(tmp_path: Path) -> None:
    folder = job(tmp_path)
    (folder / "cancel").touch()
    with pytest.raises(Canceled):
        predict_run(folder)
    assert not (tmp_path / "touched").exists()
