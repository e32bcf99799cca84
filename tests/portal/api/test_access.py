"""Every address of the API, for everybody: a stranger finds nothing, a visitor is asked for a token, a reader changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from automl_portal.accounts.models import Membership, Role, Scope
from automl_portal.api.root import api as ninja
from automl_portal.jobs.models import JobState
from automl_portal.predictors.models import BatchPrediction
from tests.portal import cast

OPEN = {"/health", "/openapi.json", "/docs"}
LISTS = {
    ("GET", "/use-cases"),
    ("GET", "/codes"),
    ("GET", "/models"),
    ("GET", "/datasets"),
    ("POST", "/datasets"),
    ("GET", "/projects"),
    ("POST", "/projects"),
}
Api = Callable[..., Client]


def routes() -> list[tuple[str, str]]:
    found = []
    for prefix, router in ninja._routers:
        for path, view in router.path_operations.items():
            full = prefix + path if prefix.startswith("/") or not prefix else "/" + prefix + path
            found += [(method, full) for operation in view.operations for method in operation.methods]
    return sorted(set(found))


ROUTES = [route for route in routes() if route[1] not in OPEN]
OBJECT_ROUTES = [route for route in ROUTES if route not in LISTS]


@pytest.fixture
def address(alice: Membership) -> Callable[[str], str]:
    """Fills a route with the ids of Alice's things."""
    dataset = cast.dataset(alice)
    project = cast.project(alice, dataset)
    run = cast.run(project, state=JobState.SUCCEEDED)
    predictor = cast.predictor(run)
    job = cast.run(project).job
    prediction = BatchPrediction.objects.create(
        team=alice.team, project=project, predictor=predictor, job=job, filename="x.csv", bytes=1, input_key="predictions/x/upload.bin"
    )
    ids = {"dataset_id": dataset, "project_id": project, "run_id": run, "predictor_id": predictor, "prediction_id": prediction}

    def fill(path: str) -> str:
        for name, thing in ids.items():
            path = path.replace("{" + name + "}", str(thing.pk))
        assert "{" not in path
        return "/api/v1" + path

    return fill


def call(client: Client, method: str, path: str) -> int:
    if path.endswith("/predictions") and method == "POST":
        from django.core.files.uploadedfile import SimpleUploadedFile

        return client.post(path, {"file": SimpleUploadedFile("x.csv", b"a\n1\n")}).status_code
    body = '{"rows": [{}]}' if path.endswith("/predict") else "{}"
    return client.generic(method, path, body, content_type="application/json").status_code


def test_the_list_of_routes_is_not_empty() -> None:
    assert len(OBJECT_ROUTES) >= 18


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_token_nothing_is_shown(address: Callable[[str], str], method: str, path: str) -> None:
    assert call(Client(), method, address(path)) == 401
    assert call(Client(headers={"Authorization": "Bearer aml_wrong"}), method, address(path)) == 401


@pytest.mark.parametrize(("method", "path"), OBJECT_ROUTES)
def test_a_stranger_finds_nothing(address: Callable[[str], str], charlie: Membership, api: Api, method: str, path: str) -> None:
    assert call(api(charlie), method, address(path)) == 404


@pytest.mark.parametrize(("method", "path"), OBJECT_ROUTES)
def test_an_unknown_id_is_not_found(address: Callable[[str], str], alice: Membership, api: Api, method: str, path: str) -> None:
    filled = address(path)
    object_id = filled.split("/")[4]
    assert call(api(alice), method, filled.replace(object_id, str(uuid.uuid4()))) == 404


@pytest.mark.parametrize(("method", "path"), [route for route in OBJECT_ROUTES if route[0] != "GET"])
def test_a_reading_token_changes_nothing(address: Callable[[str], str], bob: Membership, api: Api, method: str, path: str) -> None:
    assert call(api(bob, scope=Scope.READ), method, address(path)) == 403


@pytest.mark.parametrize(
    ("method", "path"), [route for route in OBJECT_ROUTES if route[0] != "GET" and not route[1].endswith(("/predict", "/plan"))]
)
def test_a_viewer_changes_nothing(address: Callable[[str], str], alice: Membership, api: Api, method: str, path: str) -> None:
    viewer = cast.member("victor@example.com", alice.team, Role.VIEWER)
    assert call(api(viewer), method, address(path)) == 403


def test_lists_show_the_own_team_only(
    address: Callable[[str], str], alice: Membership, bob: Membership, charlie: Membership, api: Api
) -> None:
    for path in ("/api/v1/datasets", "/api/v1/projects"):
        counts = [api(member).get(path).json()["count"] for member in (alice, bob, charlie)]
        assert counts == [1, 1, 0]


def test_another_teams_dataset_cannot_be_used(address: Callable[[str], str], charlie: Membership, api: Api) -> None:
    dataset_id = address("/datasets/{dataset_id}").rsplit("/", 1)[1]
    body = {"use_case": "general/table", "dataset": dataset_id, "label": "credit_risk"}
    assert api(charlie).post("/api/v1/projects", body, content_type="application/json").status_code == 404


def test_a_file_is_scored_only_by_a_predictor_of_its_project(alice: Membership, api: Api) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    own, other = (cast.predictor(cast.run(cast.project(alice), state=JobState.SUCCEEDED)) for _ in range(2))
    address = f"/api/v1/projects/{own.project_id}/predictions"
    statuses = [
        api(alice).post(address, {"file": SimpleUploadedFile("x.csv", b"a\n1\n"), "predictor": str(predictor.pk)}).status_code
        for predictor in (own, other)
    ]
    assert statuses == [202, 404]
