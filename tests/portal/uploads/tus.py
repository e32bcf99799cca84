"""The protocol as a client speaks it, for the tests."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.test import Client

VERSION = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def begin(client: Client, length: int, **values: str) -> str:
    """The address of a new upload."""
    answer = client.post("/uploads", headers={**VERSION, "Upload-Length": str(length), "Upload-Metadata": metadata(**values)})
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def patch(client: Client, where: str, offset: int, content: bytes, **headers: str) -> Any:
    return client.patch(where, content, content_type=PIECE, headers={**VERSION, "Upload-Offset": str(offset), **headers})


def head(client: Client, where: str) -> Any:
    return client.head(where, headers=VERSION)


def offset(client: Client, where: str) -> int:
    return int(head(client, where).headers["Upload-Offset"])


def whole(client: Client, content: bytes, **values: str) -> str:
    """The id of a finished upload."""
    where = begin(client, len(content), **values)
    assert patch(client, where, 0, content).status_code == 204
    return where.rsplit("/", 1)[-1]
