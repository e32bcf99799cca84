"""The cases of bad input that a file meets on its way in: too large, cut off, sent twice, named with ill will."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.datasets.answers import dataset_answer
from automl_portal.datasets.models import Dataset
from automl_portal.uploads.models import Upload
from domains.codes import CODES
from tests.portal import cast
from tests.portal.datasets.importing import imported
from tests.portal.uploads import tus
from tests.portal.uploads.test_gate import MB, Behind, ask

CONTENT = b"a,b\n1,2\n3,4\n"


@dataclass(frozen=True)
class Case:
    """`act` sends a file and gives (status, body) of the answer; `code` is the one it carries, None when the file is taken."""

    name: str
    act: Callable[[Client], tuple[int, Any]]
    status: int
    code: str | None


def post(client: Client, **data: Any) -> tuple[int, Any]:
    answer = client.post("/api/v1/datasets", data)
    return answer.status_code, answer.json()


def posted(name: str = "a.csv", content: bytes = CONTENT) -> Callable[[Client], tuple[int, Any]]:
    return lambda client: post(client, file=SimpleUploadedFile(name, content))


def announced(client: Client) -> tuple[int, Any]:
    answer = client.post("/uploads", headers={**tus.VERSION, "Upload-Length": str(2 * MB)})
    return answer.status_code, answer.json()


def form_head(client: Client) -> tuple[int, Any]:
    """The form's length alone is enough: Django behind the gate reads nothing."""
    behind = Behind()
    answer = ask(behind, content_type=b"multipart/form-data; boundary=x", content_length=b"%d" % (3 * MB))
    assert behind.read == 0
    return answer


def cut_off(client: Client) -> tuple[int, Any]:
    where = tus.begin(client, len(CONTENT))
    tus.patch(client, where, 0, CONTENT[:7])
    return post(client, upload=where.rsplit("/", 1)[-1])


def cut_form(client: Client) -> tuple[int, Any]:
    return ask(
        Behind(),
        body=b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n1,',
        content_type=b"multipart/form-data; boundary=x",
    )


def other_digest(client: Client) -> tuple[int, Any]:
    where = tus.begin(client, len(CONTENT), sha256=hashlib.sha256(b"another file").hexdigest())
    answer = tus.patch(client, where, 0, CONTENT)
    return answer.status_code, answer.json()


def finished(client: Client) -> tuple[int, Any]:
    digest = hashlib.sha256(CONTENT).hexdigest()
    return post(client, upload=tus.whole(client, CONTENT, sha256=digest))


CASES: dict[int, list[Case]] = {
    23: [
        Case("too_large", posted(content=b"x" * (MB + 1)), 413, "file_too_large"),
        Case("too_large_announced", announced, 413, "file_too_large"),
        Case("too_large_by_its_head", form_head, 413, "file_too_large"),
        Case("not_too_large", posted(content=b"x" * MB), 201, None),
    ],
    26: [
        Case("truncated", cut_off, 409, "upload_incomplete"),
        Case("truncated_form", cut_form, 400, "form_incomplete"),
        Case("other_digest", other_digest, 422, "upload_checksum_mismatch"),
        Case("whole", finished, 201, None),
    ],
    28: [
        Case(f"name_{number}", posted(name), 201, None)
        for number, name in enumerate(["../../x", "CON", "a\u202efdp.csv", "n" * 4096, "..."])
    ],
}
ALL = [pytest.param(case, id=f"{number:02d}-{case.name}") for number, cases in CASES.items() for case in cases]


@pytest.fixture
def client(alice: Membership, api: Callable[..., Client], settings: Any) -> Client:
    settings.MAX_UPLOAD_BYTES = MB
    return api(alice)


@pytest.mark.parametrize("case", ALL)
def test_case(client: Client, case: Case) -> None:
    before = set(storage.path_of("datasets").glob("*/upload.bin"))
    status, body = case.act(client)
    assert status == case.status, body
    if case.code is None:
        return
    assert body["code"] == case.code and body["detail"] and "REJECT" in CODES[case.code].levels and CODES[case.code].way_out
    assert not Dataset.objects.exists() and set(storage.path_of("datasets").glob("*/upload.bin")) == before


@pytest.mark.parametrize("way", ["form", "upload"], ids=["27-twice_by_form", "27-twice_by_upload"])
def test_the_same_file_twice_is_one_dataset(client: Client, way: str) -> None:
    def send() -> tuple[int, Any]:
        return posted()(client) if way == "form" else post(client, upload=tus.whole(client, CONTENT))

    (first_status, first), (second_status, second) = send(), send()
    assert (first_status, first["identical_to"]) == (201, None)
    assert (second_status, second["id"], second["identical_to"]) == (200, first["id"], first["id"])
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize("how", ["used", "answered"], ids=["27-used_in_between", "27-answered_in_between"])
def test_the_same_file_after_somebody_worked_with_it_is_a_dataset_that_says_so(alice: Membership, client: Client, how: str) -> None:
    first = Dataset.objects.get(pk=posted()(client)[1]["id"])
    if how == "used":
        cast.project(alice, imported(first))
    else:
        asked = {
            "key": "id:a",
            "code": "id",
            "level": "ASK",
            "column": "a",
            "message": "?",
            "choices": [{"value": "drop"}, {"value": "keep"}],
        }
        first = imported(first, findings=[asked])
        dataset_answer(by=alice, dataset=first, answers={str(first.findings.get().pk): "keep"})
    status, body = posted()(client)
    assert (status, body["identical_to"]) == (201, str(first.pk)) and body["id"] != str(first.pk)
    noted = imported(Dataset.objects.get(pk=body["id"])).findings.get(code="identical_file")
    assert noted.level == "WARN" and first.name in noted.sentence


def test_the_same_file_of_another_team_tells_nothing(client: Client, charlie: Membership, api: Callable[..., Client]) -> None:
    posted()(client)
    status, body = posted()(api(charlie))
    assert (status, body["identical_to"]) == (201, None)


NAMES = {
    "28-path": ("../../../../etc/passwd", "passwd"),
    "28-windows_path": ("C:\\Windows\\win.ini", "win.ini"),
    "28-device": ("CON", "_CON"),
    "28-device_with_an_ending": ("aux.csv", "_aux.csv"),
    "28-right_to_left": ("loans\u202evsc.exe", "loansvsc.exe"),
    "28-4_kb": ("n" * 4096 + ".csv", "n" * 251 + ".csv"),
    "28-nul": ("a\x00.csv", "a.csv"),
    "28-dots": ("...", "file"),
    "28-markup": ("<script>alert(1)</script>.csv", "script>.csv"),
    "28-markup_without_a_slash": ("<img src=x onerror=alert(1)>.csv", "<img src=x onerror=alert(1)>.csv"),
    "28-header": ('a.csv"\r\nX-Evil: 1', 'a.csv"X-Evil: 1'),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_hostile_name_is_shown_harmless_and_never_a_path(
    alice: Membership, client: Client, signed_in: Callable[[Membership], Client], case: str
) -> None:
    given, shown = NAMES[case]
    dataset = Dataset.objects.get(pk=post(client, upload=tus.whole(client, CONTENT, filename=given))[1]["id"])
    assert (dataset.filename, Upload.objects.get().filename) == (shown, shown)
    path = storage.path_of(dataset.sources[0]["key"])
    assert path.name == "upload.bin" and path.read_bytes() == CONTENT
    page = signed_in(alice).get(reverse("dataset_detail", args=[dataset.pk])).content.decode()
    assert "<img src=x" not in page and "script>.csv" not in page.replace("script&gt;.csv", "")
