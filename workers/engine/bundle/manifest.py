"""Make and sign the manifest of a bundle; `runtime/verify.py` holds the form and the check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.verify import (
    MANIFEST,
    BundleRefused,
    canonical,
    file_digest,
    key_id,
    safe_name,
    signed_bytes,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT = 1


def list_files(bundle_dir: Path) -> dict[str, dict[str, Any]]:
    """{relative name: {"sha256", "size"}} of every file but the manifest; raises BundleRefused on odd files."""
    files = {}
    for path in sorted(bundle_dir.rglob("*")):
        name = path.relative_to(bundle_dir).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BundleRefused(f"{name!r} is neither a plain file nor a folder.")
        if path.is_dir() or name == MANIFEST:
            continue
        if not safe_name(name) or "__pycache__" in name:
            raise BundleRefused(f"{name!r} may not be in a bundle.")
        files[name] = {"sha256": file_digest(path), "size": path.stat().st_size}
    return files


def write_unsigned(bundle_dir: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Write the unsigned manifest of a finished tree; `about` is extra content (strings, integers, lists, dicts)."""
    manifest = {"format": FORMAT, "files": list_files(bundle_dir), **about}
    (bundle_dir / MANIFEST).write_bytes(canonical(manifest))
    return manifest


def sign(manifest: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The manifest with public key, key id and signature (all lower-case hex)."""
    public = key.public_key().public_bytes_raw().hex()
    named = {**manifest, "public_key": public, "key_id": key_id(public)}
    return {**named, "signature": key.sign(signed_bytes(named)).hex()}
