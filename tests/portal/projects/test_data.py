"""A project and its data: another version, another role."""

from __future__ import annotations

import pytest

from automl_portal.accounts.models import Membership, Role
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobState
from automl_portal.projects.data import project_role, project_version
from automl_portal.projects.models import Project
from automl_portal.projects.services import run_start
from tests.portal import cast


@pytest.fixture
def project(alice: Membership) -> Project:
    return cast.project(alice, roles={"sensitive": ["sex", "age"]}, label_report={"associations": []})


def test_another_version_is_chosen_and_the_label_looked_at_again(alice: Membership, project: Project) -> None:
    first = project.dataset
    earlier = run_start(by=alice, project=project)
    report = {**first.report, "columns": [column for column in first.report["columns"] if column["name"] != "sex"]}
    second = cast.dataset(alice, root=first, version=2, report=report)
    moved = project_version(by=alice, project=project, dataset=second)
    assert moved.dataset == second and moved.roles["sensitive"] == ["age"] and moved.label_report == {}
    assert moved.check_job is not None and moved.check_job.state == JobState.QUEUED
    assert (earlier.dataset, run_start(by=alice, project=moved).dataset) == (first, second)
    assert project_version(by=alice, project=moved, dataset=first).dataset == first


def test_a_version_without_the_label_or_not_ready_or_of_other_data_is_refused(alice: Membership, project: Project) -> None:
    report = {**project.dataset.report, "columns": project.dataset.columns[:-1]}
    lost = cast.dataset(alice, root=project.dataset, version=2, report=report)
    reading = cast.dataset(alice, root=project.dataset, version=3, state=None)
    for dataset, code in ((lost, "label"), (reading, "dataset_not_ready"), (cast.dataset(alice), "version_unknown")):
        with pytest.raises(Problem, match=code):
            project_version(by=alice, project=project, dataset=dataset)
    assert Project.objects.get().dataset == project.dataset


def test_a_column_gets_another_role(alice: Membership, project: Project) -> None:
    changed = project_role(by=alice, project=project, column="sex", role="exclude")
    assert changed.roles["exclude"] == ["sex"] and changed.roles["sensitive"] == ["age"]
    back = project_role(by=alice, project=changed, column="sex", role="feature")
    assert "sex" not in [name for names in back.roles.values() for name in names]
    for column, role in (("nothing", "id"), ("credit_risk", "id"), ("sex", "king")):
        with pytest.raises(Problem):
            project_role(by=alice, project=back, column=column, role=role)


def test_viewers_change_neither(alice: Membership, project: Project) -> None:
    viewer = cast.member("victor@example.com", alice.team, Role.VIEWER)
    second = cast.dataset(alice, root=project.dataset, version=2)
    with pytest.raises(Problem, match="role_too_weak"):
        project_version(by=viewer, project=project, dataset=second)
    with pytest.raises(Problem, match="role_too_weak"):
        project_role(by=viewer, project=project, column="sex", role="id")
