"""Sends a file to the browser in small pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

CHUNK = 1024**2


def download(request: HttpRequest, path: Path, *, filename: str, content_type: str) -> HttpResponseBase:
    """The file as an attachment.

    Under ASGI Django reads a plain FileResponse whole before the first byte leaves; a bundle may be larger than the portal's memory.
    """
    if not isinstance(request, ASGIRequest):
        return FileResponse(path.open("rb"), as_attachment=True, filename=filename, content_type=content_type)
    response = StreamingHttpResponse(pieces(path), content_type=content_type)
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response


async def pieces(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, at most CHUNK at a time."""
    with path.open("rb") as file:
        while chunk := await sync_to_async(file.read)(CHUNK):
            yield chunk
