"""Small bundle trees and keys for the tests of sealing and checking."""

from __future__ import annotations

import pickle
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workers.engine.bundle.manifest import write_unsigned
from workers.engine.bundle.seal import seal


class Canary:
    """Unpickling this leaves a file behind: proof that somebody loaded before checking."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.target,)


def private_key(seed: int = 1) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def small_tree(folder: Path, canary: Path) -> Path:
    """An unsigned bundle-shaped tree whose predictor is a canary pickle."""
    tree = folder / "bundle"
    for name, content in {
        "README.md": b"read me\n",
        "golden.csv": b"a,expected.prediction\n1,2\n",
        "runtime/workers/__init__.py": b"",
        "predictor/predictor.pkl": pickle.dumps(Canary(canary)),
    }.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    write_unsigned(tree, {"versions": {"python": "3.11"}})
    return tree


def sealed(folder: Path, canary: Path) -> tuple[Path, Path]:
    """(signed tree, zip)"""
    tree = small_tree(folder, canary)
    seal(tree, folder / "bundle.zip", private_key())
    return tree, folder / "bundle.zip"
