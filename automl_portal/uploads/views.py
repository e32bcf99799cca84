"""The resumable upload endpoint: tus 1.0.0 with creation, creation-with-upload, expiration, checksum and termination."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.csrf import csrf_exempt

from automl_portal.accounts.access import caller
from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import role_required
from automl_portal.errors import Problem, problem_response
from automl_portal.uploads import protocol
from automl_portal.uploads.models import Upload
from automl_portal.uploads.receiving import body_pieces, too_long, upload_append
from automl_portal.uploads.selectors import team_upload
from automl_portal.uploads.services import upload_complete, upload_create, upload_remove, upload_touch

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


def tus(view: View) -> View:
    """Answers in the protocol: every error is problem+json, every answer names the version."""

    @csrf_exempt  # `caller` checks the token of a form where a session is what lets the caller in
    @wraps(view)
    async def spoken(request: HttpRequest, **ids: UUID) -> HttpResponse:
        method = (request.method or "").upper()
        if method == "POST":  # and no other: what a token may do was decided by the method that it came with
            method = request.headers.get("X-HTTP-Method-Override", method).upper()
        try:
            response = capabilities() if method == "OPTIONS" else await view(request, method, **ids)
        except Problem as problem:
            response = problem_response(problem.status, problem.code, problem.sentence)
        except Http404:
            response = problem_response(404, "not_found", _("There is nothing at this address that you may see."))
        response.headers["Tus-Resumable"], response.headers["Cache-Control"] = protocol.VERSION, "no-store"
        if response.status_code == 412:
            response.headers["Tus-Version"] = protocol.VERSION
        return response

    return spoken


def capabilities() -> HttpResponse:
    """What this server can do; the answer to OPTIONS."""
    headers = {
        "Tus-Version": protocol.VERSION,
        "Tus-Extension": protocol.EXTENSIONS,
        "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
        "Tus-Checksum-Algorithm": ",".join(protocol.ALGORITHMS),
    }
    return HttpResponse(status=204, headers=headers)


@tus
async def uploads(request: HttpRequest, method: str) -> HttpResponse:
    """POST begins an upload: Upload-Length, and Upload-Metadata with `filename` and, to be checked at the end, `sha256`."""
    by = await sync_to_async(member)(request)
    if method != "POST":
        raise wrong_method()
    protocol.version_check(request)
    length, checksum, metadata = (
        protocol.count_header(request, "Upload-Length"),
        protocol.checksum_of(request),
        protocol.metadata_of(request),
    )
    upload = await sync_to_async(upload_create)(
        by=by,
        length=length,
        filename=metadata.get("filename") or metadata.get("name", ""),
        metadata=request.headers.get("Upload-Metadata", ""),
        sha256=protocol.sha256_of(metadata),
    )
    if request.content_type == protocol.PIECE:
        await receive(request, upload, 0, checksum)
    headers = {"Location": reverse("upload", args=[upload.pk]), "Upload-Offset": str(upload.offset), **expires(upload)}
    return HttpResponse(status=201, headers=headers)


@tus
async def upload(request: HttpRequest, method: str, *, upload_id: UUID) -> HttpResponse:
    """HEAD tells how much is here, PATCH adds to it, DELETE ends it."""
    by = await sync_to_async(member)(request)
    found = await sync_to_async(team_upload)(by.team, upload_id)
    if method not in ("HEAD", "PATCH", "DELETE"):
        raise wrong_method()
    protocol.version_check(request)
    if method == "DELETE":
        await sync_to_async(upload_remove)(by=by, upload=found)
        return HttpResponse(status=204)
    if method == "PATCH":
        protocol.piece_check(request)
        await receive(request, found, protocol.count_header(request, "Upload-Offset"), protocol.checksum_of(request))
        return HttpResponse(status=204, headers={"Upload-Offset": str(found.offset), **expires(found)})
    headers = {"Upload-Offset": str(found.offset), "Upload-Length": str(found.length), **expires(found)}
    return HttpResponse(headers=headers | ({"Upload-Metadata": found.metadata} if found.metadata else {}))


async def receive(request: HttpRequest, upload: Upload, offset: int, checksum: protocol.Checksum | None) -> None:
    """Take the body in as the piece at `offset`, and finish the upload with its last byte. Raises Problem."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and offset + int(announced) > upload.length:
        raise too_long(upload)  # before a byte of it is read
    try:
        await upload_append(upload, body_pieces(request), offset=offset, checksum=checksum)
    finally:
        await sync_to_async(upload_touch)(upload)
    if upload.offset == upload.length:
        await sync_to_async(upload_complete)(upload)


def member(request: HttpRequest) -> Membership:
    """The caller, who may upload. Raises Problem 401 or 403."""
    by = caller(request)
    role_required(by, Role.ANALYST)
    return by


def expires(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}


def wrong_method() -> Problem:
    return Problem("method_not_allowed", N_("This address does not take that method."), status=405)
