"""Who gets which page: the team does, a stranger finds nothing, and without signing in there is only the sign-in page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import token_create
from automl_portal.jobs.models import JobKind, JobState
from automl_portal.jobs.services import job_create
from automl_portal.predictors.models import BatchPrediction
from automl_portal.uploads.services import upload_create
from tests.portal import cast

OPEN = {"sign_in", "sign_out", "set_language"}
# Pages without an object of a team in their address: everybody who signed in sees their own.
OWN = ("home", "project_new", "dataset_list", "team", "codes", "pretrained")
OF_TEAM = (
    "dataset_detail",
    "dataset_column",
    "version_compare",
    "project_overview",
    "project_data",
    "project_column",
    "project_setup",
)
CHANGES = (
    "dataset_upload",
    "member_add",
    "project_new_sample",
    "dataset_answers",
    "dataset_remove",
    "dataset_reread",
    "column_type",
    "column_role",
    "version_add",
    "version_restore",
    "project_version",
    "project_setup_new",
)


def names() -> list[str]:
    """Every named page; the API has tests of its own."""

    def walk(patterns: list[Any]) -> list[str]:
        found = []
        for pattern in patterns:
            if isinstance(pattern, URLResolver) and pattern.namespace is None:
                found += walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and pattern.name:
                found.append(pattern.name)
        return found

    return sorted(set(walk(get_resolver().url_patterns)))


@pytest.fixture
def things(alice: Membership) -> dict[str, Any]:
    """One of everything that alice's team has, by the name that addresses give it."""
    project = cast.project(alice)
    run = cast.run(project, state=JobState.SUCCEEDED)
    predictor = cast.predictor(run)
    job, _created = job_create(team=alice.team, kind=JobKind.PREDICTION, created_by=alice.user, wall_limit_s=60)
    prediction = BatchPrediction.objects.create(
        team=alice.team,
        project=project,
        predictor=predictor,
        job=job,
        filename="new.csv",
        bytes=10,
        input_key="none",
        created_by=alice.user,
    )
    token, _secret = token_create(membership=alice, name="nightly")
    return {
        "project_id": project.pk,
        "dataset_id": project.dataset.pk,
        "column_id": project.dataset.columns[0]["id"],
        "run_id": run.pk,
        "predictor_id": predictor.pk,
        "prediction_id": prediction.pk,
        "upload_id": upload_create(by=alice, length=4, filename="new.csv").pk,
        "domain": "finance",
        "name": "credit_default",
        "member": alice.pk,
        "token": token.pk,
    }


def address(name: str, things: dict[str, Any]) -> str:
    """The address of a page with the things of alice's team in it."""
    keys = next(iter(get_resolver().reverse_dict.getlist(name)))[0][0][1]
    values = {key: things[key] for key in keys if key != "pk"}
    if name == "prediction_output":
        values["name"] = "output"
    if "pk" in keys:
        values["pk"] = things["token" if name.startswith("token") else "member"]
    return reverse(name, kwargs=values)


def test_without_signing_in_every_page_leads_to_the_sign_in_page(things: dict[str, Any]) -> None:
    client = Client()
    for name in names():
        if name in OPEN:
            continue
        path = address(name, things)
        answers = {response.headers.get("Location", response.status_code) for response in (client.get(path), client.post(path))}
        # A live part answers 401: its page then reloads itself and lands on the sign-in page.
        assert answers - {405} in ({f"/sign-in?next={path}"}, {401}), name


def test_a_stranger_finds_nothing(things: dict[str, Any], charlie: Membership, signed_in: Callable[[Membership], Client]) -> None:
    client = signed_in(charlie)
    for name in names():
        path = address(name, things)
        if name in OPEN or not any(str(things[key]) in path for key in things if key not in ("domain", "name", "member", "column_id")):
            continue
        answers = {client.get(path).status_code, client.post(path, {"confirm": "nightly"}).status_code}
        assert answers <= {404, 405} and 404 in answers, (name, answers)
    assert client.post(address("member_remove", things)).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_the_team_gets_its_pages(
    who: str, things: dict[str, Any], request: pytest.FixtureRequest, signed_in: Callable[[Membership], Client]
) -> None:
    client = signed_in(request.getfixturevalue(who))
    for name in (*OWN, *OF_TEAM, "project_new_use_case", "project_setup_new"):
        assert client.get(address(name, things)).status_code == 200, name


def test_a_viewer_reads_and_changes_nothing(things: dict[str, Any], alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    client = signed_in(cast.member("victor@example.com", alice.team, Role.VIEWER))
    for name in (*OWN, *OF_TEAM):
        assert client.get(address(name, things)).status_code == 200, name
    for name in CHANGES:
        assert client.post(address(name, things)).status_code == 403, name


def test_an_analyst_manages_nobody(things: dict[str, Any], bob: Membership, signed_in: Callable[[Membership], Client]) -> None:
    client = signed_in(bob)
    assert client.post(reverse("member_add"), {"member-email": "new@example.com", "member-role": "owner"}).status_code == 403
    assert client.post(address("member_change", things), {"role": "viewer"}).status_code == 403
