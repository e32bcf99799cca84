"""Removes what an attempt left behind when its worker was killed: folders of jobs that nobody works on."""

from __future__ import annotations

import logging
from uuid import UUID

from automl_portal import storage
from automl_portal.jobs.models import ACTIVE, Job

log = logging.getLogger(__name__)


def job_folders_sweep() -> int:
    """Remove every `jobs/<id>` folder whose job is over: one that waits may go on from what is there. Returns how many."""
    root = storage.path_of("jobs")
    if not root.exists():
        return 0
    active = {str(pk) for pk in Job.objects.filter(state__in=ACTIVE).values_list("pk", flat=True)}
    swept = 0
    for folder in root.iterdir():
        if is_uuid(folder.name) and folder.name not in active:
            storage.remove(f"jobs/{folder.name}")
            log.info("removed what was left of job %s", folder.name)
            swept += 1
    return swept


def is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
