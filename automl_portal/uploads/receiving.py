"""Writes a request's body to the end of an upload as it arrives: a few hundred KB in memory, whatever the size of the file."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem
from automl_portal.uploads.locking import unverified_set, upload_open
from automl_portal.uploads.models import Upload
from automl_portal.uploads.protocol import CHECKSUM_MISMATCH, Checksum
from automl_portal.uploads.services import disk_full

BODY = "automl.body"  # where the ASGI scope holds the body that Django is not given (gate.py)
BLOCK = 512 * 1024
SYNC_BYTES = 16 * 1024**2
IDLE_S = 30.0


class ClientGone(Exception):
    """The connection broke off, or nothing came for too long."""


async def body_pieces(request: HttpRequest) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises ClientGone when it ends too early."""
    receive = request.scope.get(BODY) if isinstance(request, ASGIRequest) else None
    more = receive is not None
    while more:
        message = await _message(receive)
        yield message.get("body", b"")
        more = message.get("more_body", False)
    if receive is None:  # not behind the gate: a server without ASGI has the body at hand
        while piece := request.read(BLOCK):
            yield piece


async def _message(receive: Any) -> dict[str, Any]:
    try:
        async with asyncio.timeout(IDLE_S):
            message: dict[str, Any] = await receive()
    except TimeoutError:
        raise ClientGone from None
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message


async def _blocks(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces worth a write; what came before the connection broke is not lost."""
    held = bytearray()
    try:
        async for piece in pieces:
            held += piece
            if len(held) >= BLOCK:
                yield bytes(held)
                held.clear()
    except ClientGone:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


async def upload_append(upload: Upload, pieces: AsyncIterator[bytes], *, offset: int, checksum: Checksum | None = None) -> None:
    """Write a piece that begins at byte `offset`.

    When the connection breaks, what has arrived stays, unless a checksum was to speak for it. Raises Problem when the piece
    does not begin where the file ends (409), is too long (413), is not what its checksum says (460), fills the disk (507), or
    another one is being written (423); then nothing of it stays.
    """
    piece = await sync_to_async(Piece)(upload, offset, checksum)
    try:
        async for block in _blocks(pieces):
            await sync_to_async(piece.write)(block)
        await sync_to_async(piece.verify)()
    except ClientGone:
        await sync_to_async(os.fsync)(piece.descriptor)
        raise Problem("upload_interrupted", N_("The connection broke off; continue the upload from where it is."), status=408) from None
    except OSError as error:
        problem = disk_full(error)
        await sync_to_async(piece.take_back)()
        raise problem from None
    finally:
        os.close(piece.descriptor)


class Piece:
    """A part of a file that is being written, under the upload's lock until the descriptor is closed."""

    def __init__(self, upload: Upload, offset: int, checksum: Checksum | None) -> None:
        self.upload, self.start, self.at, self.synced, self.checksum = upload, offset, offset, offset, checksum
        self.digest = hashlib.new(checksum.algorithm) if checksum else None
        self.descriptor = upload_open(upload)
        if offset != upload.offset:
            os.close(self.descriptor)
            raise Problem(
                "offset_conflict",
                N_("The upload goes on at byte %(offset)s, not at %(given)s."),
                status=409,
                params={"offset": upload.offset, "given": offset},
            )
        if checksum:
            unverified_set(upload, offset)

    def write(self, block: bytes) -> None:
        if self.at + len(block) > self.upload.length:
            self.take_back()
            raise too_long(self.upload)
        if self.digest:
            self.digest.update(block)
        view = memoryview(block)
        while view:
            written = os.pwrite(self.descriptor, view, self.at)
            view, self.at = view[written:], self.at + written
        if self.at - self.synced >= SYNC_BYTES:
            os.fsync(self.descriptor)
            self.synced = self.at

    def verify(self) -> None:
        """The piece is whole: it stays, if it is what its checksum says."""
        os.fsync(self.descriptor)
        if self.digest and self.checksum and self.digest.digest() != self.checksum.digest:
            self.take_back()
            raise Problem(
                "checksum_mismatch",
                N_("What arrived is not what was sent: the checksums differ. Send this part again."),
                status=CHECKSUM_MISMATCH,
            )
        if self.checksum:
            unverified_set(self.upload, None)

    def take_back(self) -> None:
        os.ftruncate(self.descriptor, self.start)
        unverified_set(self.upload, None)


def too_long(upload: Upload) -> Problem:
    message = N_("The body is longer than what is missing of the %(length)s bytes that were announced.")
    return Problem("upload_too_long", message, status=413, params={"length": upload.length})
