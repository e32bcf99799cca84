"""What stays of a piece whose connection breaks."""

from __future__ import annotations

import asyncio
import errno
import io
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest

from automl_portal.accounts.models import Membership
from automl_portal.errors import Problem
from automl_portal.uploads import receiving
from automl_portal.uploads.models import Upload
from automl_portal.uploads.protocol import Checksum
from automl_portal.uploads.receiving import BLOCK, BODY, ClientGone, body_pieces, upload_append
from automl_portal.uploads.services import upload_create


@pytest.fixture
def upload(alice: Membership) -> Upload:
    return upload_create(by=alice, length=3 * BLOCK, filename="a.csv")


async def breaking(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    raise ClientGone


def append(upload: Upload, pieces: AsyncIterator[bytes], **more: Any) -> None:
    async_to_sync(upload_append)(upload, pieces, offset=0, **more)


def test_every_byte_that_arrived_stays(upload: Upload) -> None:
    with pytest.raises(Problem, match="upload_interrupted"):
        append(upload, breaking(b"a" * BLOCK, b"b" * 10))
    assert upload.path.read_bytes() == b"a" * BLOCK + b"b" * 10 and upload.offset == BLOCK + 10


def test_of_a_piece_with_a_checksum_nothing_counts(upload: Upload) -> None:
    with pytest.raises(Problem, match="upload_interrupted"):
        append(upload, breaking(b"a" * BLOCK), checksum=Checksum("sha1", b"?"))
    assert Upload.objects.get().offset == 0
    append(upload, body(b"c" * 5))
    assert upload.path.read_bytes() == b"c" * 5


def test_a_body_that_never_ends_is_taken_back(upload: Upload) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(BLOCK)

    with pytest.raises(Problem, match="upload_too_long"):
        append(upload, endless())
    assert upload.path.stat().st_size == 0


def test_a_disk_that_fills_up_gets_its_bytes_back(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    append(upload, body(b"a" * 10))
    write, left = os.pwrite, [True, False]

    def pwrite(descriptor: int, data: Any, at: int) -> int:
        if left.pop(0):
            return write(descriptor, data[:4], at)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receiving.os, "pwrite", pwrite)
    with pytest.raises(Problem, match="disk_full"):
        async_to_sync(upload_append)(upload, body(b"b" * 10), offset=10)
    assert upload.path.read_bytes() == b"a" * 10


async def body(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def collected(*messages: Any) -> list[bytes]:
    """The pieces of a body that comes as these ASGI messages; None stands for silence."""
    left = list(messages)

    async def receive() -> Any:
        message = left.pop(0)
        if message is None:
            await asyncio.Event().wait()
        return message

    async def collect() -> list[bytes]:
        scope = {"type": "http", "method": "PATCH", "path": "/uploads/x", "headers": [], BODY: receive}
        return [piece async for piece in body_pieces(ASGIRequest(scope, io.BytesIO()))]

    return asyncio.run(collect())


PIECE = {"type": "http.request", "body": b"x", "more_body": True}


def test_a_body_arrives_in_pieces() -> None:
    assert collected(PIECE, PIECE, {**PIECE, "more_body": False}) == [b"x"] * 3


@pytest.mark.parametrize("end", [None, {"type": "http.disconnect"}], ids=["silence", "disconnect"])
def test_a_client_that_leaves_or_falls_silent_is_gone(end: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "IDLE_S", 0.05)
    with pytest.raises(ClientGone):
        collected(PIECE, end)
