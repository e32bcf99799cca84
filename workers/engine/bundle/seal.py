"""Sign a bundle and put it into one deterministic zip; the only door for the signing key."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.manifest import list_files, sign
from workers.engine.bundle.runtime.verify import (
    MANIFEST,
    ZIP_COMMENT_BYTES,
    ZIP_DOMAIN,
    ZIP_MARK,
    BundleRefused,
    canonical,
    extract_zip,
    file_digest,
    zip_digest,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# A zip cannot hold an earlier date; a fixed one makes equal trees equal files.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def seal(bundle_dir: Path, zip_path: Path, private_key_pem: bytes) -> dict[str, Any]:
    """Sign the manifest in `bundle_dir` and write the signed zip.

    `private_key_pem`: an unencrypted Ed25519 key (PKCS 8). The manifest in `bundle_dir` is replaced by the signed
    one. Returns {"sha256", "bytes", "key_id"} of the zip. Equal trees and keys give equal bytes. Raises
    BundleRefused when the tree is not what its unsigned manifest lists, TypeError when the key is of another kind.
    """
    key = _load_key(private_key_pem)
    manifest = json.loads((bundle_dir / MANIFEST).read_bytes())
    if list_files(bundle_dir) != manifest["files"]:
        raise BundleRefused("The bundle's files are not those its manifest lists.")
    unsigned = {k: v for k, v in manifest.items() if k not in ("public_key", "key_id", "signature")}
    signed = sign(unsigned, key)
    _write(bundle_dir / MANIFEST, canonical(signed))
    temporary = zip_path.with_name(zip_path.name + ".part")
    _write_zip(bundle_dir, sorted([MANIFEST, *signed["files"]]), temporary)
    _sign_zip(temporary, key)
    os.replace(temporary, zip_path)
    return {
        "sha256": file_digest(zip_path),
        "bytes": zip_path.stat().st_size,
        "key_id": signed["key_id"],
    }


def unseal(zip_path: Path, directory: Path, public_key: str | None = None) -> dict[str, Any]:
    """Check a bundle zip to the last byte and unpack it into `directory` (made, must be empty).

    `public_key`: 64 hex digits of the key to trust. Returns the manifest. Raises BundleRefused; nothing is
    unpickled or imported, and on refusal nothing in `directory` may be used.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise BundleRefused("The folder to unpack into is not empty.")
    try:
        return extract_zip(zip_path, directory, public_key)
    except zipfile.BadZipFile:
        raise BundleRefused("This is not a signed bundle zip.") from None


def public_key_of(private_key_pem: bytes) -> str:
    """The public key (64 hex digits) that belongs to a signing key; it is no secret."""
    return _load_key(private_key_pem).public_key().public_bytes_raw().hex()


def _load_key(private_key_pem: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = serialization.load_pem_private_key(private_key_pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the signing key is not an Ed25519 key")
    return key


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def _write_zip(bundle_dir: Path, names: list[str], zip_path: Path) -> None:
    # Level 1: three times as fast as the usual 6, and the budget ends when the zip is there; models shrink little further.
    with zipfile.ZipFile(zip_path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            info.file_size = (bundle_dir / name).stat().st_size
            with open(bundle_dir / name, "rb") as source, archive.open(info, "w") as sink:
                while block := source.read(1 << 20):
                    sink.write(block)


def _sign_zip(zip_path: Path, key: Ed25519PrivateKey) -> None:
    """Put the signature over everything before the archive comment into that comment."""
    with zipfile.ZipFile(zip_path, "a") as archive:
        archive.comment = b"\0" * ZIP_COMMENT_BYTES
    body = zip_path.stat().st_size - ZIP_COMMENT_BYTES
    signature = key.sign(ZIP_DOMAIN + zip_digest(zip_path, body)).hex().encode()
    public = key.public_key().public_bytes_raw().hex().encode()
    with open(zip_path, "r+b") as file:
        file.seek(body)
        file.write(ZIP_MARK + public + b" " + signature)
