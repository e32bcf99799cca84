from __future__ import annotations

import uuid

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.jobs.models import JobState
from automl_portal.jobs.services import job_claim
from automl_portal.jobs.sweeping import job_folders_sweep
from tests.portal import cast


def test_only_folders_that_nobody_works_in_are_removed(alice: Membership) -> None:
    project = cast.project(alice)
    over, running = cast.run(project, state=JobState.FAILED).job, cast.run(project).job
    job_claim(job_id=running.pk, owner="w")
    names = [str(over.pk), str(running.pk), str(uuid.uuid4()), "something-else"]
    for name in names:
        storage.path_of(f"jobs/{name}/a1-t1").mkdir(parents=True)
    assert job_folders_sweep() == 2
    assert [storage.path_of(f"jobs/{name}").exists() for name in names] == [False, True, False, True]
    storage.remove("jobs")
