"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), read strictly."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")
PIECE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460  # the protocol's own status
LONGEST_METADATA = 8192
KEY = re.compile(r"[!-+\--~]+")  # printable ASCII, no space, no comma
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Checksum:
    """What a piece's digest has to be."""

    algorithm: str
    digest: bytes


def bad_header(name: str) -> Problem:
    return Problem("header_invalid", N_("The header %(header)s is missing or cannot be read."), status=400, params={"header": name})


def version_check(request: HttpRequest) -> None:
    """Raises Problem 412 when the client speaks another version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Problem("tus_version", N_("Send the header Tus-Resumable: %(version)s."), status=412, params={"version": VERSION})


def count_header(request: HttpRequest, name: str) -> int:
    """A header that holds a number of bytes. Raises Problem 400."""
    value = request.headers.get(name, "")
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise bad_header(name)
    return int(value)


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """Upload-Metadata as {key: text}. Raises Problem 400 for what is not `key base64,key base64`, or not UTF-8."""
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > LONGEST_METADATA:
        raise bad_header("Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _space, value = pair.partition(" ")
        if not KEY.fullmatch(key) or key in found:
            raise bad_header("Upload-Metadata")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeError):
            raise bad_header("Upload-Metadata") from None
    return found


def sha256_of(metadata: dict[str, str]) -> str:
    """The digest that the whole file has to have, in lower case; "" when none was named. Raises Problem 400."""
    value = metadata.get("sha256", "")
    if value and not SHA256.fullmatch(value):
        raise bad_header("Upload-Metadata")
    return value.lower()


def checksum_of(request: HttpRequest) -> Checksum | None:
    """The Upload-Checksum header; None without one. Raises Problem 400 for an algorithm or a digest that cannot be."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _space, value = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Problem(
            "checksum_algorithm", N_("A checksum is one of: %(algorithms)s."), status=400, params={"algorithms": ", ".join(ALGORITHMS)}
        )
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error:
        raise bad_header("Upload-Checksum") from None


def piece_check(request: HttpRequest) -> None:
    """Raises Problem 415 when a body is not marked as a piece of a file."""
    if request.content_type != PIECE:
        raise Problem("content_type", N_("Send the header Content-Type: %(type)s."), status=415, params={"type": PIECE})
