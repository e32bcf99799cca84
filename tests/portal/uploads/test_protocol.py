"""tus 1.0.0, header by header."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import parse_http_date

from automl_portal.accounts.models import Membership, Role, Scope
from automl_portal.uploads import services
from automl_portal.uploads.models import Upload
from automl_portal.uploads.services import upload_complete
from tests.portal import cast
from tests.portal.api.test_errors import check_problem
from tests.portal.uploads import tus

Api = Callable[..., Client]
CONTENT = b"a,b\n1,2\n3,4\n"
LENGTH = str(len(CONTENT))


@pytest.fixture
def client(alice: Membership, api: Api) -> Client:
    return api(alice)


@pytest.fixture
def where(client: Client) -> str:
    """An upload with 4 of its 12 bytes."""
    where = tus.begin(client, len(CONTENT), filename="loans.csv")
    assert tus.patch(client, where, 0, CONTENT[:4]).status_code == 204
    return where


def row() -> Upload:
    return Upload.objects.get()


def test_options_tell_what_the_server_can_do(settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 77
    answer = Client().options("/uploads")
    assert (answer.status_code, answer.headers["Tus-Version"], answer.headers["Tus-Max-Size"]) == (204, "1.0.0", "77")
    assert answer.headers["Tus-Extension"].split(",") == ["creation", "creation-with-upload", "expiration", "checksum", "termination"]
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_an_upload_from_begin_to_end(client: Client) -> None:
    sent = tus.metadata(filename="loans.csv", note="é")
    made = client.post("/uploads", headers={**tus.VERSION, "Upload-Length": LENGTH, "Upload-Metadata": sent})
    assert (made.status_code, made.headers["Upload-Offset"], made.headers["Tus-Resumable"]) == (201, "0", "1.0.0")
    where = made.headers["Location"]
    first = tus.patch(client, where, 0, CONTENT[:5])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5")
    now = tus.head(client, where)
    assert (now.headers["Upload-Offset"], now.headers["Upload-Length"], now.headers["Upload-Metadata"]) == ("5", LENGTH, sent)
    assert now.headers["Cache-Control"] == "no-store"
    last = tus.patch(client, where, 5, CONTENT[5:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, LENGTH)
    assert row().path.read_bytes() == CONTENT and row().filename == "loans.csv" and row().completed_at


def test_the_first_piece_may_come_with_the_creation(client: Client) -> None:
    headers = {**tus.VERSION, "Upload-Length": LENGTH, "Upload-Checksum": tus.checksum(CONTENT)}
    made = client.post("/uploads", CONTENT, content_type=tus.PIECE, headers=headers)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, LENGTH) and row().completed_at


CREATIONS = {
    "no version": ({"Tus-Resumable": None}, 412, "tus_version"),
    "another version": ({"Tus-Resumable": "0.2.2"}, 412, "tus_version"),
    "no length": ({"Upload-Length": None}, 400, "header_invalid"),
    "deferred length": ({"Upload-Length": None, "Upload-Defer-Length": "1"}, 400, "header_invalid"),
    "negative length": ({"Upload-Length": "-1"}, 400, "header_invalid"),
    "length in words": ({"Upload-Length": "many"}, 400, "header_invalid"),
    "length in other digits": ({"Upload-Length": "１２"}, 400, "header_invalid"),
    "length beyond every disk": ({"Upload-Length": "9" * 19}, 400, "header_invalid"),
    "too large": ({"Upload-Length": "1001"}, 413, "file_too_large"),
    "metadata not base64": ({"Upload-Metadata": "filename ???"}, 400, "header_invalid"),
    "metadata not text": ({"Upload-Metadata": "filename /w=="}, 400, "header_invalid"),
    "metadata key twice": ({"Upload-Metadata": "a YQ==,a YQ=="}, 400, "header_invalid"),
    "metadata too long": ({"Upload-Metadata": f"filename {'YWFh' * 3000}"}, 400, "header_invalid"),
    "sha256 not a digest": ({"Upload-Metadata": tus.metadata(sha256="abc")}, 400, "header_invalid"),
    "unknown checksum": ({"Upload-Checksum": "md5 YQ=="}, 400, "checksum_algorithm"),
    "checksum not base64": ({"Upload-Checksum": "sha1 ???"}, 400, "header_invalid"),
}


@pytest.mark.parametrize("case", CREATIONS)
def test_a_creation_that_cannot_be(client: Client, settings: Any, case: str) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    changed, status, code = CREATIONS[case]
    headers = {name: value for name, value in ({**tus.VERSION, "Upload-Length": LENGTH} | changed).items() if value is not None}
    answer = client.post("/uploads", headers=headers)
    check_problem(answer, status, code)
    assert answer.headers["Tus-Resumable"] == "1.0.0" and not Upload.objects.exists()
    assert answer.headers.get("Tus-Version") == ("1.0.0" if status == 412 else None)


PIECES = {
    "no version": (4, {"Tus-Resumable": ""}, 412, "tus_version"),
    "wrong offset": (3, {}, 409, "offset_conflict"),
    "offset beyond": (6, {}, 409, "offset_conflict"),
    "no offset": (4, {"Upload-Offset": ""}, 400, "header_invalid"),
    "negative offset": (4, {"Upload-Offset": "-4"}, 400, "header_invalid"),
    "wrong checksum": (4, {"Upload-Checksum": tus.checksum(b"other")}, 460, "checksum_mismatch"),
    "wrong sha1": (4, {"Upload-Checksum": tus.checksum(b"other", "sha1")}, 460, "checksum_mismatch"),
    "unknown checksum": (4, {"Upload-Checksum": "crc32 YQ=="}, 400, "checksum_algorithm"),
}


@pytest.mark.parametrize("case", PIECES)
def test_a_piece_that_cannot_be_leaves_nothing(client: Client, where: str, case: str) -> None:
    offset, headers, status, code = PIECES[case]
    check_problem(tus.patch(client, where, offset, b"xx", **headers), status, code)
    assert tus.offset(client, where) == 4 and row().path.stat().st_size == 4
    assert tus.patch(client, where, 4, CONTENT[4:], **{"Upload-Checksum": tus.checksum(CONTENT[4:], "sha1")}).status_code == 204
    assert row().path.read_bytes() == CONTENT


def test_a_piece_of_another_type(client: Client, where: str) -> None:
    headers = {**tus.VERSION, "Upload-Offset": "4"}
    check_problem(client.patch(where, b"xx", content_type="text/csv", headers=headers), 415, "content_type")


def test_a_piece_longer_than_what_is_missing(client: Client, where: str) -> None:
    check_problem(tus.patch(client, where, 4, b"x" * 9), 413, "upload_too_long")
    assert tus.offset(client, where) == 4


def test_a_method_may_hide_in_a_header(client: Client, where: str) -> None:
    headers = {**tus.VERSION, "Upload-Offset": "4", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(where, CONTENT[4:], content_type=tus.PIECE, headers=headers).status_code == 204
    assert client.post(where, headers={**tus.VERSION, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert not Upload.objects.exists()


def test_a_token_that_reads_cannot_hide_a_method(alice: Membership, api: Api, where: str) -> None:
    reader = api(alice, scope=Scope.READ)
    headers = {**tus.VERSION, "X-HTTP-Method-Override": "DELETE"}
    check_problem(reader.get(where, headers=headers), 405, "method_not_allowed")
    check_problem(reader.post(where, headers=headers), 403, "token_read_only")
    assert row().offset == 4


@pytest.mark.parametrize("method", ["get", "put", "post"])
def test_other_methods(client: Client, where: str, method: str) -> None:
    check_problem(getattr(client, method)(where, headers=tus.VERSION), 405, "method_not_allowed")


def test_an_upload_can_be_ended(client: Client, where: str) -> None:
    path = row().path
    assert client.delete(where, headers=tus.VERSION).status_code == 204
    assert not path.exists() and tus.head(client, where).status_code == 404


def test_one_writer_at_a_time(client: Client, where: str) -> None:
    with row().path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        check_problem(tus.patch(client, where, 4, b"xx"), 423, "upload_locked")
        check_problem(client.delete(where, headers=tus.VERSION), 423, "upload_locked")
        assert tus.offset(client, where) == 4
    assert tus.patch(client, where, 4, b"xx").status_code == 204


def test_bytes_that_were_never_verified_do_not_count(client: Client, where: str) -> None:
    """kill -9 in the middle of a piece with a checksum."""
    with row().path.open("ab") as file:
        file.write(b"half")
    Upload.objects.update(unverified_from=4)
    assert tus.offset(client, where) == 4
    assert tus.patch(client, where, 4, CONTENT[4:]).status_code == 204
    assert row().path.read_bytes() == CONTENT and row().unverified_from is None


def test_bytes_on_the_disk_count(client: Client, where: str) -> None:
    """kill -9 in the middle of a piece without one."""
    with row().path.open("ab") as file:
        file.write(CONTENT[4:9])
    assert tus.offset(client, where) == 9
    assert tus.patch(client, where, 9, CONTENT[9:]).status_code == 204
    assert row().path.read_bytes() == CONTENT


def test_expiry_moves_on_with_each_piece(client: Client, where: str) -> None:
    Upload.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
    answer = tus.patch(client, where, 4, b"xx")
    assert parse_http_date(answer.headers["Upload-Expires"]) > (timezone.now() + timedelta(hours=23)).timestamp()
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tus.head(client, where).status_code == 410
    check_problem(tus.patch(client, where, 6, b"xx"), 410, "upload_expired")


def test_the_digest_of_the_whole_file_is_checked(client: Client) -> None:
    digest = "0" * 64
    where = tus.begin(client, len(CONTENT), sha256=digest)
    check_problem(tus.patch(client, where, 0, CONTENT), 422, "upload_checksum_mismatch")
    assert not Upload.objects.exists() and tus.head(client, where).status_code == 404


def test_an_empty_file_needs_no_piece(client: Client) -> None:
    tus.begin(client, 0)
    upload_complete(row())
    assert row().sha256 == hashlib.sha256().hexdigest()


def test_a_stranger_finds_nothing(charlie: Membership, api: Api, where: str) -> None:
    stranger = api(charlie)
    for answer in (tus.head(stranger, where), tus.patch(stranger, where, 4, b"xx"), stranger.delete(where, headers=tus.VERSION)):
        assert answer.status_code == 404
    assert row().offset == 4


def test_who_may_upload(alice: Membership, api: Api, where: str) -> None:
    headers = {**tus.VERSION, "Upload-Length": "4"}
    check_problem(Client().post("/uploads", headers=headers), 401, "unauthenticated")
    check_problem(Client().post("/uploads", headers=headers | {"Authorization": "Bearer aml_wrong"}), 401, "unauthenticated")
    check_problem(Client().post("/uploads", headers=headers | {"Authorization": "Basic YTpi"}), 401, "unauthenticated")
    reader = api(alice, scope=Scope.READ)
    check_problem(reader.post("/uploads", headers=headers), 403, "token_read_only")
    assert tus.offset(reader, where) == 4
    viewer = api(cast.member("victor@example.com", alice.team, Role.VIEWER))
    check_problem(viewer.post("/uploads", headers=headers), 403, "role_too_weak")


def test_a_page_needs_its_form_token(alice: Membership) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.user)
    headers = {**tus.VERSION, "Upload-Length": "4"}
    check_problem(browser.post("/uploads", headers=headers), 403, "csrf_failed")
    browser.get("/datasets")
    token = browser.cookies["csrftoken"].value
    assert browser.post("/uploads", headers=headers | {"X-CSRFToken": token}).status_code == 201


def test_a_team_cannot_hold_more_than_its_share(client: Client, charlie: Membership, api: Api, settings: Any) -> None:
    settings.UPLOAD_QUOTA_BYTES = 20
    tus.begin(client, 12)
    body = check_problem(client.post("/uploads", headers={**tus.VERSION, "Upload-Length": "9"}), 413, "upload_quota")
    assert "0 MB" in body["detail"]
    tus.begin(api(charlie), 12)
    Upload.objects.update(used_at=timezone.now())
    tus.begin(client, 9)


def test_a_team_cannot_begin_more_than_it_finishes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_UNFINISHED", 2)
    first, _second = tus.begin(client, 1), tus.begin(client, 1)
    check_problem(client.post("/uploads", headers={**tus.VERSION, "Upload-Length": "1"}), 413, "upload_quota")
    client.delete(first, headers=tus.VERSION)
    tus.begin(client, 1)


def test_the_disk_has_room_for_every_byte_that_was_promised(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    free = services.SPARE_BYTES + 20
    monkeypatch.setattr(services.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": free}))
    tus.begin(client, 12)
    check_problem(client.post("/uploads", headers={**tus.VERSION, "Upload-Length": "9"}), 507, "disk_full")
    tus.begin(client, 8)
