"""Removes what an attempt left behind when its worker was killed: folders of jobs that nobody works on."""

from __future__ import annotations

import logging
from uuid import UUID

from automl_portal import storage
from automl_portal.jobs.models import Job, JobState

log = logging.getLogger(__name__)


def job_folders_sweep() -> int:
    """Remove every `jobs/<id>` folder whose job is not running. Returns how many."""
    root = storage.path_of("jobs")
    if not root.exists():
        return 0
    running = {str(pk) for pk in Job.objects.filter(state=JobState.RUNNING).values_list("pk", flat=True)}
    swept = 0
    for folder in root.iterdir():
        if is_uuid(folder.name) and folder.name not in running:
            storage.remove(f"jobs/{folder.name}")
            log.info("removed what was left of job %s", folder.name)
            swept += 1
    return swept


def is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
