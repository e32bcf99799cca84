"""What is looked at before a body is read."""

from __future__ import annotations

import asyncio
import errno
import json
from typing import Any

import pytest

from automl_portal.uploads import gate
from automl_portal.uploads.receiving import BODY

FORM = b"multipart/form-data; boundary=x"
MB = 1024**2
END = b"--x--\r\n"


class Behind:
    """Stands in Django's place: reads the body as Django does."""

    def __init__(self) -> None:
        self.read, self.scope = 0, {}  # type: tuple[int, dict[str, Any]]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, more = scope, True
        while more:
            message = await receive()
            self.read += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def ask(behind: Behind, method: str = "POST", path: str = "/datasets/upload", body: int | bytes = 0, **headers: bytes) -> tuple[int, Any]:
    """(status, body) of a request with this body, or one of so many bytes, in pieces of 1 MB. Header names are given with _ for -."""
    sent: list[Any] = []
    left = body if isinstance(body, bytes) else bytes(body - len(END)) + END if body else END

    async def receive() -> Any:
        nonlocal left
        piece, left = left[:MB], left[MB:]
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    async def send(message: Any) -> None:
        sent.append(message)

    names = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": names}
    asyncio.run(gate.gate(behind)(scope, receive, send))
    content = sent[1]["body"]
    return sent[0]["status"], json.loads(content) if content else None


CASES = {
    "a form within the limit": (30 * MB, {"content_type": FORM, "content_length": b"%d" % (30 * MB)}, 200, None),
    "a form over it": (0, {"content_type": FORM, "content_length": b"%d" % (60 * MB)}, 413, "file_too_large"),
    "a form that does not say": (60 * MB, {"content_type": FORM}, 413, "file_too_large"),
    "text within the limit": (9 * MB, {"content_type": b"application/json", "content_length": b"%d" % (9 * MB)}, 200, None),
    "text over it": (0, {"content_type": b"application/json", "content_length": b"%d" % (20 * MB)}, 413, "request_too_large"),
    "text that does not say": (20 * MB, {"content_type": b"application/json"}, 413, "request_too_large"),
    "a length in words": (20 * MB, {"content_length": b"many"}, 413, "request_too_large"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_body_is_measured_before_django_reads_it(case: str, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 50 * MB
    body, headers, status, code = CASES[case]
    behind = Behind()
    answered, problem = ask(behind, body=body, **headers)
    assert answered == status and (problem or {}).get("code") == code
    assert behind.read <= 51 * MB


@pytest.mark.parametrize(
    ("end", "status"),
    [(b"--x--\r\n", 200), (b"--x--", 200), (b"--x--\r\nan epilogue", 200), (b"--x-", 400), (b"--x\r\n", 400), (b"1,2\n", 400), (b"", 400)],
)
def test_a_form_has_to_reach_its_end(end: bytes, status: int) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n1,2\r\n' + end
    for kind in (b"multipart/form-data; boundary=x", b'multipart/form-data; boundary="x"; charset=utf-8'):
        answered, problem = ask(Behind(), body=body, content_type=kind)
        assert answered == status and (problem or {}).get("code") == (None if status == 200 else "form_incomplete")


def test_a_full_disk_takes_no_form(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": gate.SPARE_BYTES + 50 * MB}))
    for size, status in ((20 * MB, 200), (30 * MB, 507)):  # Django holds a file twice for a moment
        behind = Behind()
        assert ask(behind, content_type=FORM, content_length=b"%d" % size)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "kept"), [("PATCH", "/uploads/x", True), ("POST", "/uploads", True), ("POST", "/uploadsx", False)]
)
def test_pieces_are_kept_from_django(method: str, path: str, kept: bool) -> None:
    behind = Behind()
    assert ask(behind, method, path, body=5 * MB)[0] == 200
    assert (behind.read == 0, BODY in behind.scope) == (kept, kept)


def test_a_refusal_is_in_the_readers_language() -> None:
    answers = [ask(Behind(), content_length=b"%d" % (20 * MB), accept_language=language)[1] for language in (b"en", b"zh-hans")]
    assert answers[0]["detail"] != answers[1]["detail"]


def test_a_disk_that_fills_up_while_a_form_comes() -> None:
    async def full(scope: Any, receive: Any, send: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    status, problem = ask(full, content_type=FORM)
    assert (status, problem["code"]) == (507, "disk_full")
