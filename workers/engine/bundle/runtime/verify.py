"""Check that a bundle is exactly what was signed: `verify.py [DIR or ZIP] [--key PUBLICKEY]`.

Nothing of the bundle is imported or unpickled before every byte of it is accounted for. This file stands alone
(standard library and `cryptography`), because it travels to the top of the bundle and must run before the rest
may be trusted. Exit code 0: accepted. 1: refused, with one sentence that says why.
"""

# ruff: noqa: I002
import sys

# Before any other import, even that of annotations: a file planted beside this script must not pose as a module it imports.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]

import argparse
import hashlib
import json
import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path
from typing import Any, TypeGuard

MANIFEST = "manifest.json"
MANIFEST_LIMIT = 64 * 1024 * 1024
MANIFEST_DOMAIN = b"automl bundle manifest 1\n"
ZIP_DOMAIN = b"automl bundle zip 1\n"
ZIP_MARK = b"automl-bundle-zip 1 ed25519 "
ZIP_COMMENT_BYTES = len(ZIP_MARK) + 64 + 1 + 128
USER_DATA = (".csv", ".parquet")


class BundleRefused(Exception):
    """The bundle is not what was signed; the text is one sentence for people."""


def canonical(manifest: dict[str, Any]) -> bytes:
    """The one serialisation of a manifest; any other byte sequence is refused, even with equal content."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.encode("ascii") + b"\n"


def key_id(public_key: str) -> str:
    """Short name of a public key (64 hex digits): the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def signed_bytes(manifest: dict[str, Any]) -> bytes:
    """What the manifest's signature covers: everything in it but the signature."""
    return MANIFEST_DOMAIN + canonical({name: value for name, value in manifest.items() if name != "signature"})


def file_digest(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_public_key(text: str) -> str:
    """A public key given as 64 hex digits, or as a file that holds them or a PEM key; returns the hex digits."""
    if Path(text).is_file():
        text = Path(text).read_text(encoding="ascii", errors="replace")
    if "BEGIN PUBLIC KEY" in text:
        from cryptography.hazmat.primitives import serialization

        loaded = serialization.load_pem_public_key(text.encode())
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return loaded.public_bytes(*raw).hex()
    key = text.strip().lower()
    if not _is_hex(key, 64):
        raise BundleRefused("The key given is neither 64 hexadecimal digits nor a public key file.")
    return key


def verify_directory(directory: Path, public_key: str | None = None) -> dict[str, Any]:
    """Check every file under `directory` against its signed manifest; return the manifest.

    `public_key` (64 hex digits) is the key you trust; without it only the key named in the manifest is used, which
    proves that the bundle is whole, not who made it. Raises BundleRefused.
    """
    path = directory / MANIFEST
    if not path.is_file() or path.is_symlink():
        raise BundleRefused("This is not a bundle: it has no manifest.json.")
    if path.stat().st_size > MANIFEST_LIMIT:
        raise BundleRefused("The manifest is too large.")
    manifest = verify_manifest(path.read_bytes(), public_key)
    files: dict[str, dict[str, Any]] = manifest["files"]
    present = _walk(directory)
    for name in sorted(present - files.keys() - {MANIFEST}):
        if "/" in name or not name.endswith(USER_DATA):
            raise BundleRefused(f"The file {name!r} is not part of the signed bundle.")
    for name, entry in files.items():
        if name not in present:
            raise BundleRefused(f"The file {name!r} is missing.")
        target = directory / name
        if target.stat().st_size != entry["size"] or file_digest(target) != entry["sha256"]:
            raise BundleRefused(f"The file {name!r} was changed after the bundle was signed.")
    return manifest


def verify_manifest(raw: bytes, public_key: str | None = None) -> dict[str, Any]:
    """Parse a signed manifest and check its form and signature; raises BundleRefused."""
    try:
        manifest: dict[str, Any] = json.loads(raw.decode("ascii"))
        same = isinstance(manifest, dict) and canonical(manifest) == raw
    except (ValueError, RecursionError):
        raise BundleRefused("The manifest cannot be read.") from None
    if not same:
        raise BundleRefused("The manifest is not in its canonical form.")
    key, signature, files = (manifest.get(name) for name in ("public_key", "signature", "files"))
    if not _is_hex(key, 64) or not _is_hex(signature, 128) or not isinstance(files, dict):
        raise BundleRefused("The manifest is not signed.")
    if manifest.get("key_id") != key_id(key):
        raise BundleRefused("The manifest names another key than the one it carries.")
    _check_key(key, public_key)
    if not _signature_fits(key, signature, signed_bytes(manifest)):
        raise BundleRefused("The signature of the manifest does not fit: the bundle was changed or forged.")
    for name, entry in files.items():
        good = isinstance(entry, dict) and _is_hex(entry.get("sha256"), 64) and type(entry.get("size")) is int
        if not good or not safe_name(name) or name == MANIFEST:
            raise BundleRefused("The manifest lists a file in a form that is not allowed.")
    return manifest


def verify_zip(path: Path, public_key: str | None = None) -> str:
    """Check the signature over the bytes of a bundle zip; return the signing key (64 hex digits)."""
    size = path.stat().st_size
    body = size - ZIP_COMMENT_BYTES
    if body < 22:
        raise BundleRefused("This is not a signed bundle zip.")
    with open(path, "rb") as file:
        file.seek(body)
        comment = file.read(ZIP_COMMENT_BYTES)
        key, _, signature = comment[len(ZIP_MARK) :].decode("ascii", "replace").partition(" ")
        file.seek(body - 22)
        end = file.read(22)
        exact = end[:4] == b"PK\x05\x06" and int.from_bytes(end[20:], "little") == ZIP_COMMENT_BYTES
        if not exact or not comment.startswith(ZIP_MARK) or not _is_hex(key, 64) or not _is_hex(signature, 128):
            raise BundleRefused("This is not a signed bundle zip.")
        _check_key(key, public_key)
        if not _signature_fits(key, signature, ZIP_DOMAIN + zip_digest(path, body)):
            raise BundleRefused("The signature of the zip does not fit: the file was changed or forged.")
    return key


def zip_digest(path: Path, length: int) -> bytes:
    """SHA-256 of the first `length` bytes of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while length > 0 and (block := file.read(min(1 << 20, length))):
            digest.update(block)
            length -= len(block)
    return digest.digest()


def extract_zip(path: Path, directory: Path, public_key: str | None = None) -> dict[str, Any]:
    """Check a bundle zip, unpack it into the empty `directory` and check that; return the manifest."""
    key = verify_zip(path, public_key)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: info for info in archive.infolist()}
        if len(members) != len(archive.infolist()) or MANIFEST not in members:
            raise BundleRefused("The zip holds a file twice, or no manifest.")
        if members[MANIFEST].file_size > MANIFEST_LIMIT:
            raise BundleRefused("The manifest is too large.")
        manifest = verify_manifest(archive.read(MANIFEST), key)
        # Sizes are checked against the signed manifest first, so a zip bomb is never unpacked.
        sizes = {name: entry["size"] for name, entry in manifest["files"].items()}
        if {n: i.file_size for n, i in members.items() if n != MANIFEST} != sizes:
            raise BundleRefused("The zip does not hold the files its manifest lists.")
        for name, info in members.items():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, open(target, "xb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    return verify_directory(directory, key)


def safe_name(name: str) -> bool:
    """True for a relative POSIX path that stays inside the bundle on every platform."""
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") for part in parts)
    return plain and name.isprintable() and not any(mark in name for mark in '\\:*?"<>|')


def _check_key(key: str, trusted: str | None) -> None:
    if trusted is not None and key != trusted:
        raise BundleRefused(f"The bundle is signed by key {key_id(key)}, not by the key you trust.")


def _is_hex(value: Any, digits: int) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) == digits and set(value) <= set("0123456789abcdef")


def _signature_fits(public_key: str, signature: str, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _walk(directory: Path) -> set[str]:
    """Names of all regular files, relative and with '/'; links and special files are refused."""
    found = set()
    for parent, folders, names in os.walk(directory):
        for name in [*folders, *names]:
            path = Path(parent, name)
            relative = path.relative_to(directory).as_posix()
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                raise BundleRefused(f"{relative!r} is neither a plain file nor a folder.")
            if stat.S_ISREG(mode):
                found.add(relative)
    return found


def trust(directory: Path) -> None:
    """Make the verified bundle's own code importable, and keep Python from writing into the bundle."""
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(directory / "runtime"), str(directory / "domain")]


def main(arguments: list[str] | None = None) -> int:
    """Command line; prints one sentence per step and returns the exit code."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Check a bundle, then score its golden rows.")
    parser.add_argument("bundle", nargs="?", type=Path, default=here, help="bundle folder or zip (this one)")
    parser.add_argument("--key", help="the public key you trust: 64 hexadecimal digits or a file")
    options = parser.parse_args(arguments)
    try:
        trusted = read_public_key(options.key) if options.key else None
        if not options.bundle.is_file():
            return _check(options.bundle.resolve(), verify_directory(options.bundle, trusted), trusted)
        with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
            return _check(Path(folder), extract_zip(options.bundle, Path(folder), trusted), trusted)
    except (BundleRefused, OSError, zipfile.BadZipFile) as error:
        print(f"Refused. {error}", file=sys.stderr)
        return 1


def _check(directory: Path, manifest: dict[str, Any], trusted: str | None) -> int:
    """Score the golden rows of a bundle that passed; the first moment its code may run."""
    whose = "the key you trust" if trusted else "the key it names (give --key to check whose it is)"
    print(f"Signature ok: {len(manifest['files'])} files, signed by {manifest['key_id']}, {whose}.")
    trust(directory)
    from workers.engine.bundle.runtime.golden import check_golden

    try:
        result = check_golden(directory)
    except ImportError as error:
        raise BundleRefused(f"A package is missing: {error}. Run: pip install -r requirements.txt") from None
    except ValueError as error:
        raise BundleRefused(str(error)) from None
    print(f"Golden rows ok: {result['rows']} rows, largest difference {result['difference']:.1e}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
