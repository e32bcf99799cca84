"""Stands before Django, which reads a request's whole body before it looks at anything else.

Pieces of uploads are handed to their view as they arrive; any other body is refused by its size before it is read.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import shutil
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem, problem_response
from automl_portal.uploads.receiving import BODY
from automl_portal.uploads.services import FULL, SPARE_BYTES, disk_full, size_check

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
FORM_BYTES = 1024**2  # what a form may hold besides its file
TAIL_BYTES = 1024  # holds the end of a form, and what a client may write after it
COPIES = 2  # Django spools the body to the disk, and then copies the file out of it


class BodyTooLarge(Exception):
    """More bytes than the request may have."""


def gate(app: App) -> App:
    """The application behind the gate."""

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        if is_piece(scope):
            return await app({**scope, BODY: outside(receive)}, nothing(), send)
        length, limit = content_length(scope), body_limit(scope)
        try:
            if length > limit:
                raise BodyTooLarge
            if length > FORM_BYTES and shutil.disk_usage(settings.STORAGE_DIR).free < SPARE_BYTES + COPIES * length:
                raise Problem("disk_full", FULL, status=507)
            await app(scope, whole(counted(receive, limit), boundary(scope)), send)
        except BodyTooLarge:
            await refuse(scope, send, too_large(scope))
        except Problem as problem:
            await refuse(scope, send, problem)
        except OSError as error:  # while Django spooled the body; in a view it would have made a page of it
            await refuse(scope, send, disk_full(error))

    return gated


def is_piece(scope: Scope) -> bool:
    """Whether the body is a piece of an upload."""
    path: str = scope["path"]
    return scope["method"] in ("PATCH", "POST") and (path == "/uploads" or path.startswith("/uploads/"))


def nothing() -> Receive:
    """An empty body, on a connection that stays open."""
    first = True

    async def receive() -> Message:
        nonlocal first
        if not first:
            await asyncio.Event().wait()
        first = False
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def outside(receive: Receive) -> Receive:
    """The same messages, received in the gate's own context.

    The server goes on reading in the context that asked for more, and with it starts the connection's next request; a view's
    context names a thread that will have ended by then.
    """
    context, loop = contextvars.copy_context(), asyncio.get_running_loop()

    async def received() -> Message:
        return await receive()

    async def passed_on() -> Message:
        return await loop.create_task(received(), context=context)

    return passed_on


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def content_length(scope: Scope) -> int:
    value = header(scope, b"content-length")
    return int(value) if value.isdecimal() else 0


def is_form(scope: Scope) -> bool:
    return header(scope, b"content-type").startswith("multipart/form-data")


def body_limit(scope: Scope) -> int:
    """Bytes: a form may hold a file, anything else is text that is read into memory."""
    limit: int = settings.MAX_UPLOAD_BYTES if is_form(scope) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return limit + FORM_BYTES


def counted(receive: Receive, limit: int) -> Receive:
    """The same body, for as long as it keeps to the limit: a client need not say beforehand how long it is."""
    left = limit

    async def count() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise BodyTooLarge
        return message

    return count


def boundary(scope: Scope) -> bytes:
    """What stands between a form's parts; b"" for anything else."""
    _type, options = parse_header_parameters(header(scope, b"content-type")) if is_form(scope) else ("", {})
    return options.get("boundary", "").encode("latin-1", "ignore")


def whole(receive: Receive, mark: bytes) -> Receive:
    """The same form, if its end is there: Django would take a file that stops short for a whole one."""
    tail = b""

    async def check() -> Message:
        nonlocal tail
        message = await receive()
        tail = (tail + message.get("body", b""))[-TAIL_BYTES:]
        if mark and message["type"] == "http.request" and not message.get("more_body") and b"--" + mark + b"--" not in tail:
            raise Problem("form_incomplete", N_("The form stops short of its end; nothing was kept. Send it again."), status=400)
        return message

    return check


def too_large(scope: Scope) -> Problem:
    if is_form(scope):
        try:
            size_check(settings.MAX_UPLOAD_BYTES + 1)
        except Problem as problem:
            return problem
    return Problem("request_too_large", N_("The request is too large; upload a file and use a batch prediction."), status=413)


async def refuse(scope: Scope, send: Send, problem: Problem) -> None:
    """Answer in Django's place, in the reader's language."""
    with translation.override(translation.get_language_from_request(ASGIRequest(scope, io.BytesIO()))):
        response = problem_response(problem.status, problem.code, problem.sentence)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
