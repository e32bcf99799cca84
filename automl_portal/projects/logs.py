"""What the engine printed during a run, for the owners of its team: it may quote values of the data."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import role_required
from automl_portal.errors import Problem
from automl_portal.projects.models import Run

MOST_BYTES = 2_000_000  # of one attempt, its end
# The engine's environment holds no secret, but whatever looks like one does not leave this machine either.
SECRET = re.compile(rb"(?i)(\baml_|(?:password|passwd|secret|token|api[_-]?key)\s*[=:]\s*)[^\s,;]+")


def log_files(run: Run) -> list[Path]:
    """The logs of a run's attempts, the first attempt first. Those of a worker on another machine are not here."""
    found = (Path(settings.DATA_DIR) / "logs" / "engine").glob(f"{run.job_id}-a*.log")
    return sorted(found, key=lambda path: int(path.stem.rpartition("-a")[2]))


def run_log(*, by: Membership, run: Run) -> bytes:
    """The engine's log of every attempt. Raises Problem: 403 below owner, 404 when nothing was printed or kept here."""
    role_required(by, Role.OWNER)
    files = log_files(run)
    if not files:
        raise Problem(
            "no_log", N_("The engine has printed nothing in this run, or its worker keeps its log on another machine."), status=404
        )
    parts = []
    for path in files:
        content = path.read_bytes()
        parts.append(f"== {path.stem.rpartition('-')[2]} ==\n".encode() + SECRET.sub(rb"\1***", content[-MOST_BYTES:]))
    return b"\n".join(parts)
