"""The tick: every second it rings for queued jobs, every ten it takes back jobs whose worker is gone, now and then it tidies up."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from automl_portal.jobs.ownership import dead_owners
from automl_portal.jobs.selectors import running_owners
from automl_portal.jobs.services import jobs_reap, jobs_ring_due
from automl_portal.jobs.sweeping import job_folders_sweep
from automl_portal.uploads.sweeping import uploads_sweep

REAP_EVERY = 10
SWEEP_EVERY = 600
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Ring the queues and take back lost jobs, until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        beat = 0
        while not stop.wait(1):
            try:
                jobs_ring_due()
                if beat % REAP_EVERY == 0:
                    jobs_reap(dead=dead_owners(running_owners()))
                if beat % SWEEP_EVERY == 0:
                    job_folders_sweep()
                    uploads_sweep()
            except Error as error:
                log.warning("the database does not answer: %s", error)
                close_old_connections()
            beat += 1
