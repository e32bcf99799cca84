"""The installation's Ed25519 key: every bundle is signed with it, and anyone can check that with the public half."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings


def key_path() -> Path:
    return Path(settings.DATA_DIR) / "keys" / "signing.pem"


def private_key_pem() -> bytes:
    """The private key, generated once and readable by its owner only."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = key_path()
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes()


def public_key_hex() -> str:
    """The public key, 32 bytes as lower-case hex."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    key = load_pem_private_key(private_key_pem(), password=None)
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def key_id() -> str:
    """The first 16 hex digits of the public key's SHA-256: short enough to compare by eye."""
    return hashlib.sha256(bytes.fromhex(public_key_hex())).hexdigest()[:16]
