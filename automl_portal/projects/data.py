"""What a project does with its data: choose a version, give a column another role."""

from __future__ import annotations

from typing import get_args

from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import role_required
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.errors import Problem
from automl_portal.projects.models import Project
from automl_portal.projects.services import project_change
from automl_portal.projects.setup import Setup, noticed, setup_fill


def project_version(*, by: Membership, project: Project, dataset: Dataset) -> Project:
    """Let the next runs learn from another version of the project's dataset; the label is looked at again. Raises Problem."""
    role_required(by, Role.ANALYST)
    if dataset.family != project.dataset.family:
        raise Problem("version_unknown", N_("This is no version of the project's dataset."))
    if dataset.status != DatasetStatus.READY:
        raise Problem("dataset_not_ready", N_("The dataset is not ready: answer its findings, or upload it again."), status=409)
    if dataset == project.dataset:
        return project
    return project_change(by=by, project=project, setup=setup_on(project, dataset), dataset=dataset)


def project_role(*, by: Membership, project: Project, column: str, role: str) -> Project:
    """Give one column a role ("feature" for none); the label is looked at again. Raises Problem."""
    role_required(by, Role.ANALYST)
    if project.dataset.column(column) is None or column == project.label:
        raise Problem("column_unknown", N_("There is no column %(column)s in this dataset."), params={"column": column}, column=column)
    setup = setup_on(project, project.dataset)
    roles = {name: [each for each in columns if each != column] for name, columns in setup.roles.items()}
    if role != "feature":
        roles.setdefault(role, []).append(column)
    return project_change(by=by, project=project, setup=setup_on(project, project.dataset, roles))


def setup_on(project: Project, dataset: Dataset, roles: dict[str, list[str]] | None = None) -> Setup:
    """The project's set-up on a version of its data; columns that are gone lose their roles, no role is guessed. Raises Problem."""
    from domains.schema import Role as ColumnRole

    names = {column["name"] for column in dataset.columns}
    given = project.roles if roles is None else roles
    return setup_fill(
        use_case_key=project.use_case_key,
        columns=dataset.columns,
        rows=dataset.rows or 0,
        noticed=noticed(dataset),
        label=project.label,
        positive_class=project.positive_class,
        roles={role: [name for name in given.get(role, []) if name in names] for role in {*get_args(ColumnRole), *given}},
        settings={**project.settings, "problem_type": project.problem_type},
    )
