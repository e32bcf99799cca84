"""One shape for every error: problem+json with a stable code and a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from automl_portal.accounts.models import Membership
from tests.portal import cast

Api = Callable[..., Client]


def check_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"] and body["detail"] and "Traceback" not in response.content.decode()
    return body


def test_a_body_that_is_not_json(alice: Membership, api: Api) -> None:
    check_problem(api(alice).post("/api/v1/projects", "{", content_type="application/json"), 400, "request_invalid")


def test_a_body_without_a_needed_field_names_it(alice: Membership, api: Api) -> None:
    body = check_problem(api(alice).post("/api/v1/projects", {}, content_type="application/json"), 422, "request_invalid")
    assert {error["field"].rsplit(".", 1)[-1] for error in body["errors"]} == {"use_case", "dataset", "label"}


def test_a_body_that_is_too_large(alice: Membership, api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    run = cast.run(cast.project(alice))
    predictor = cast.predictor(run)
    rows = {"rows": [{"age": "x" * 200}]}
    check_problem(
        api(alice).post(f"/api/v1/predictors/{predictor.pk}/predict", rows, content_type="application/json"), 413, "request_too_large"
    )


def test_every_problem_of_a_set_up_is_listed(alice: Membership, api: Api) -> None:
    dataset = cast.dataset(alice)
    body = {"use_case": "finance/credit_default", "dataset": str(dataset.pk), "label": "credit_risk", "roles": {"id": ["nope"]}}
    answer = check_problem(
        api(alice).post("/api/v1/projects", {**body, "positive_class": "7"}, content_type="application/json"), 422, "unknown_column"
    )
    assert [error["code"] for error in answer["errors"]] == ["unknown_column", "positive_class_unknown"]
    assert all("%(" not in error["message"] for error in answer["errors"])


def test_a_scorer_that_is_away(alice: Membership, api: Api) -> None:
    predictor = cast.predictor(cast.run(cast.project(alice)))
    answer = api(alice).post(f"/api/v1/predictors/{predictor.pk}/predict", {"rows": [{"age": 1}]}, content_type="application/json")
    check_problem(answer, 503, "scorer_unavailable")


@pytest.mark.parametrize("rows", [[], [{}] * 1001])
def test_too_few_or_too_many_rows(alice: Membership, api: Api, rows: list[dict[str, Any]]) -> None:
    predictor = cast.predictor(cast.run(cast.project(alice)))
    answer = api(alice).post(f"/api/v1/predictors/{predictor.pk}/predict", {"rows": rows}, content_type="application/json")
    check_problem(answer, 422, "rows_out_of_range")


def test_a_bug_shows_a_reference_and_nothing_else(alice: Membership, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*args: object, **kwargs: object) -> None:
        raise ValueError("a cell value")

    monkeypatch.setattr("automl_portal.api.datasets.dataset_find_or_create", bug)
    answer = api(alice).post("/api/v1/datasets", {"file": SimpleUploadedFile("x.csv", b"a\n1\n")})
    assert "a cell value" not in check_problem(answer, 500, "internal_error")["detail"]


def test_the_same_idempotency_key_is_the_same_job_for_one_member_only(alice: Membership, bob: Membership, api: Api) -> None:
    def start(member: Membership) -> str:
        address = f"/api/v1/projects/{project.pk}/runs"
        return str(api(member).post(address, {}, content_type="application/json", headers={"Idempotency-Key": "k"}).json()["id"])

    project = cast.project(alice)
    assert start(alice) == start(alice) != start(bob)
