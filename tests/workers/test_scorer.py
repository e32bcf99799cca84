"""The scorer: what it refuses before it loads anything, and that it answers as the bundle does."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.bundle.trees import private_key, sealed
from workers.engine.bundle.seal import public_key_of
from workers.scorer import MOST_BODY_BYTES, app, predictors


def ask(method: str, path: str, *parts: bytes) -> tuple[int, dict[str, Any]]:
    """One request through the ASGI door."""
    waiting = [{"type": "http.request", "body": p, "more_body": i < len(parts) - 1} for i, p in enumerate(parts)]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "method": method, "path": path}, receive, send))
    answer: dict[str, Any] = json.loads(sent[1]["body"])
    return sent[0]["status"], answer


def predict(**request: Any) -> tuple[int, dict[str, Any]]:
    return ask("POST", "/predict", json.dumps(request).encode())


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("AUTOML_DATA_DIR", str(folder))
    return folder


def test_health_and_unknown_routes() -> None:
    assert ask("GET", "/health") == (200, {"status": "ok", "predictors": len(predictors)})
    assert ask("GET", "/predict")[0] == ask("POST", "/")[0] == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object(body: bytes) -> None:
    status, answer = ask("POST", "/predict", body)
    assert (status, answer["code"]) == (400, "not_json")


def test_a_body_too_large_is_cut_off() -> None:
    status, answer = ask("POST", "/predict", b"x" * MOST_BODY_BYTES, b"x")
    assert (status, answer["code"]) == (413, "body_too_large")


def test_only_bundles_of_this_installation(tmp_path: Path, data_dir: Path) -> None:
    tree, _ = sealed(tmp_path, tmp_path / "touched")
    (data_dir / "link").symlink_to(tree)
    for path in (str(tree), str(data_dir / "link"), f"{data_dir}/../bundle", "/", "", None, 3, "a\0b"):
        status, answer = predict(bundle=path, rows=[{"a": 1}])
        assert (status, answer["code"]) == (403, "bundle_not_allowed"), path
    assert predict(bundle=str(data_dir / "none"), rows=[{"a": 1}])[0] == 404
    assert not (tmp_path / "touched").exists()


def test_a_changed_bundle_is_refused_before_it_is_loaded(data_dir: Path) -> None:
    tree, _ = sealed(data_dir, data_dir / "touched")
    (tree / "README.md").write_text("changed")
    status, answer = predict(bundle=str(tree), rows=[{"a": 1}])
    assert (status, answer["code"]) == (409, "signature_invalid") and "README.md" in answer["detail"]
    assert not (data_dir / "touched").exists()


def test_a_bundle_of_another_key_is_refused(data_dir: Path) -> None:
    tree, _ = sealed(data_dir, data_dir / "touched")
    status, answer = predict(bundle=str(tree), rows=[{"a": 1}], public_key=public_key_of(private_key(seed=9)))
    assert (status, answer["code"]) == (409, "signature_invalid")
    assert not (data_dir / "touched").exists()


@pytest.mark.parametrize("request_", [{"rows": []}, {"rows": [{}] * 1001}, {"rows": [{}], "explain": -1}, {"rows": [{}], "explain": True}])
def test_requests_out_of_range(request_: dict[str, Any]) -> None:
    status, answer = predict(bundle="x", **request_)
    assert status == 422 and answer["code"] in ("rows_invalid", "rows_out_of_range", "explain_out_of_range")


def test_an_idle_scorer_is_light() -> None:
    code = (
        "import sys, uvicorn, workers.scorer\n"
        "heavy = {'pandas', 'numpy', 'torch', 'autogluon', 'pyarrow', 'sklearn', 'django'} & set(sys.modules)\n"
        "print(sorted(heavy), int(open('/proc/self/statm').read().split()[1]) * 4096 >> 20)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy, megabytes = done.stdout.rsplit(maxsplit=1)
    assert heavy == "[]" and int(megabytes) < 60
