"""Datasets over the API: answers with reasons, types, versions, their differences, rows set aside, the codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from automl_portal.accounts.models import Membership
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.services import dataset_create
from domains.codes import CODES
from tests.portal import cast
from tests.portal.datasets.importing import imported, upload

Api = Callable[..., Client]
JSON = "application/json"


@pytest.fixture
def dataset(alice: Membership) -> Dataset:
    choices = [{"value": "drop", "label": "Drop"}, {"value": "keep", "label": "Keep", "needs_reason": True}]
    asked = {"key": "personal_data:a", "code": "personal_data", "level": "ASK", "column": "a", "message": "?", "choices": choices}
    made = dataset_create(by=alice, upload=upload("may.csv"))
    return imported(made, findings=[asked], rows=8, rows_set_aside=2, set_aside="source,line,code,reason,text\n")


def get(client: Client, path: str) -> Any:
    return client.get(f"/api/v1{path}").json()


def test_a_dataset_tells_its_rows_version_and_findings(dataset: Dataset, bob: Membership, api: Api) -> None:
    shown = get(api(bob), f"/datasets/{dataset.pk}")
    assert (shown["rows_in"], shown["rows"], shown["rows_set_aside"], shown["version"]) == (10, 8, 2, 1)
    assert [version["id"] for version in shown["versions"]] == [str(dataset.pk)]
    assert shown["findings"][0]["needs_reason"] == ["keep"] and shown["types"] == {} and shown["dropped_columns"] == []
    answer = api(bob).get(shown["set_aside"])
    assert b"".join(answer) == b"source,line,code,reason,text\n"
    assert 'filename="may-set-aside.csv"' in answer.headers["Content-Disposition"]


def test_an_answer_may_carry_its_reason(dataset: Dataset, bob: Membership, api: Api) -> None:
    finding = dataset.findings.get()
    address = f"/api/v1/datasets/{dataset.pk}/answers"
    refused = api(bob).post(address, {str(finding.pk): "keep"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    kept = api(bob).post(address, {str(finding.pk): {"choice": "keep", "reason": "Consent"}}, content_type=JSON).json()
    assert "needs_reason" in kept["findings"][0]
    assert (kept["status"], kept["findings"][0]["answer"], kept["findings"][0]["reason"]) == ("importing", "keep", "Consent")


def test_null_takes_an_answer_back(dataset: Dataset, bob: Membership, api: Api) -> None:
    address, asked = f"/api/v1/datasets/{dataset.pk}/answers", get(api(bob), f"/datasets/{dataset.pk}")["findings"][0]
    api(bob).post(address, {asked["id"]: "drop"}, content_type=JSON)
    done = imported(
        dataset, findings=[{**asked, "key": "personal_data:a", "choices": [{"value": "drop", "label": "Drop"}], "answer": "drop"}]
    )
    taken = api(bob).post(address, {str(done.findings.get().pk): None}, content_type=JSON).json()
    assert taken["status"] == "importing" and Dataset.objects.get().answers == {}


def test_types_and_versions_and_what_differs(dataset: Dataset, bob: Membership, api: Api) -> None:
    Dataset.objects.get(pk=dataset.pk).findings.all().delete()
    cast.project(bob, on=dataset, label="a")
    client, address = api(bob), f"/api/v1/datasets/{dataset.pk}"
    typed = client.post(f"{address}/types", {"a": "text"}, content_type=JSON).json()
    assert (typed["version"], typed["types"], typed["status"]) == (2, {"a": "text"}, "importing")
    added = client.post(f"{address}/versions", {"file": upload("june.csv"), "mode": "append"}, headers={"Idempotency-Key": "k"})
    again = client.post(f"{address}/versions", {"file": upload("june.csv"), "mode": "append"}, headers={"Idempotency-Key": "k"})
    assert (added.status_code, added.json()["version"], again.json()["id"]) == (201, 3, added.json()["id"])
    assert [version["version"] for version in added.json()["versions"]] == [3, 2, 1]
    new = imported(Dataset.objects.get(version=3), columns=[cast.column("a", "text"), cast.column("b")])
    diff = get(client, f"/datasets/{new.pk}/diff?against={dataset.pk}")
    assert (diff["added"], diff["removed"], diff["retyped"]) == (["b"], [], [{"column": "a", "from": "integer", "to": "text"}])
    assert client.post(f"{address}/versions", {"mode": "append"}).json()["code"] == "file_missing"


def test_nobody_compares_with_another_teams_data(dataset: Dataset, charlie: Membership, api: Api) -> None:
    own = cast.dataset(charlie)
    assert api(charlie).get(f"/api/v1/datasets/{own.pk}/diff?against={dataset.pk}").status_code == 404


def test_a_project_moves_to_the_newest_version(alice: Membership, api: Api) -> None:
    project = cast.project(alice)
    second = cast.dataset(alice, root=project.dataset, version=2)
    moved = api(alice).post(f"/api/v1/projects/{project.pk}/dataset", {}, content_type=JSON).json()
    assert moved["dataset"] == str(second.pk)
    other = cast.dataset(alice)
    refused = api(alice).post(f"/api/v1/projects/{project.pk}/dataset", {"dataset": str(other.pk)}, content_type=JSON)
    assert refused.json()["code"] == "version_unknown"


def test_every_code_is_listed(alice: Membership, api: Api) -> None:
    listed = get(api(alice), "/codes")
    assert [each["code"] for each in listed] == list(CODES)
    assert all(each["levels"] and each["meaning"] and each["way_out"] for each in listed)
