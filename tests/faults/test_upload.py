"""kill -9 of the portal in the middle of an upload: what has arrived stays, and the file is whole in the end."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.portal.uploads.tus import checksum
from tests.sending import BLOCK, Content, Portal, Sender, kill_while_sending
from tests.stack import Stack

pytestmark = pytest.mark.fault
SIZE, KILLS = 60 * BLOCK + 77, 10


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


@pytest.fixture
def portal(stack: Stack) -> Iterator[Portal]:
    with Portal(stack) as running:
        yield running


def check_whole(stack: Stack, sender: Sender) -> None:
    """The upload as a dataset: every byte is there once, in its place."""
    dataset = stack.call("POST", "/datasets", file=("", b""), upload=sender.where.rsplit("/", 1)[-1])
    assert (dataset["bytes"], dataset["sha256"]) == (sender.content.size, sender.content.sha256)


def test_ten_kills_at_random_points(stack: Stack, portal: Portal) -> None:
    sender = Sender(stack.token, portal.port, Content(SIZE, seed=1))
    arrived = 0
    for point in sorted(random.Random(6).sample(range(BLOCK, SIZE), KILLS)):
        kill_while_sending(sender, portal, point)
        now = sender.offset()
        assert arrived <= now <= sender.sent
        arrived = now
    assert arrived > 0
    sender.send()
    check_whole(stack, sender)


def test_the_supervisor_starts_the_portal_again_and_the_upload_goes_on(stack: Stack) -> None:
    sender = Sender(stack.token, stack.port, Content(20 * BLOCK, seed=2))
    sender.send(7 * BLOCK)
    for process in stack.processes("automl_portal.asgi"):
        process.kill()
    stack.wait(stack.is_healthy, 60)
    assert sender.offset() == 7 * BLOCK
    sender.send()
    check_whole(stack, sender)


def test_a_piece_with_a_checksum_is_there_whole_or_not_at_all(stack: Stack, portal: Portal) -> None:
    content = Content(20 * BLOCK, seed=3)
    sender = Sender(stack.token, portal.port, content)
    sender.send(5 * BLOCK)
    rest = checksum(b"".join(content.blocks(5 * BLOCK)))
    kill_while_sending(sender, portal, 15 * BLOCK, **{"Upload-Checksum": rest})
    assert sender.offset() == 5 * BLOCK
    sender.send(**{"Upload-Checksum": rest})
    check_whole(stack, sender)


def test_a_connection_serves_other_requests_after_a_piece(stack: Stack, portal: Portal) -> None:
    sender = Sender(stack.token, portal.port, Content(3 * BLOCK, seed=4))
    connection = HTTPConnection("127.0.0.1", portal.port, timeout=60)
    own = {"Authorization": f"Bearer {stack.token}"}
    piece = {**own, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    connection.request("PATCH", sender.where, b"".join(sender.content.blocks()), piece)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (204, b"")
    for _ in range(3):
        connection.request("GET", "/api/v1/datasets", headers=own)
        answer = connection.getresponse()
        assert answer.status == 200 and "items" in json.loads(answer.read())
    connection.close()


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_form_that_is_too_large_is_refused_while_it_comes(stack: Stack, portal: Portal, chunked: bool) -> None:
    headers = {"Authorization": f"Bearer {stack.token}", "Content-Type": "multipart/form-data; boundary=x"}
    connection = HTTPConnection("127.0.0.1", portal.port, timeout=60)
    body = iter([b"x" * BLOCK] * 20) if chunked else None
    if chunked:
        headers["Content-Type"] = "application/json"  # at most 10 MB
    else:
        headers["Content-Length"] = str(10**13)
    connection.request("POST", "/api/v1/datasets", body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (413, "request_too_large" if chunked else "file_too_large")
    connection.close()
