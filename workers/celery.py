"""The worker side of Celery: `celery -A workers.celery worker -Q fit --pool threads -c 1`.

A threads pool, because a task only watches a child process: no fork with connections open, and one stop signal reaches every task.
Imports nothing heavy.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automl_portal.settings")
django.setup()

from celery.signals import worker_ready, worker_shutting_down  # noqa: E402
from django.db import Error, close_old_connections  # noqa: E402

from automl_portal.celery import app  # noqa: E402
from automl_portal.jobs.ownership import dead_owners  # noqa: E402
from automl_portal.jobs.selectors import queue_is_stuck, running_owners  # noqa: E402
from automl_portal.jobs.services import jobs_reap, worker_beat  # noqa: E402
from workers import supervisor, tasks  # noqa: E402

__all__ = ["app", "tasks"]
BEAT_S = 15
DEAF_EXIT = 70
log = logging.getLogger(__name__)


@worker_ready.connect
def keep_house(sender: Any, **_: Any) -> None:
    """Start the thread that says this worker is alive and takes back lost jobs."""
    queues = list(sender.app.amqp.queues.consume_from)
    threading.Thread(target=house_keeping, args=(sender.hostname, queues), daemon=True).start()


def house_keeping(name: str, queues: list[str]) -> None:
    """Every 15 s: a sign of life, a look for jobs whose worker died, and a look at our own ears."""
    while True:
        try:
            for queue in queues:
                worker_beat(name=f"{name}/{queue}", queue=queue)
            jobs_reap(dead=dead_owners(running_owners()))
            if supervisor.idle() and any(queue_is_stuck(queue) for queue in queues):
                # Connected and deaf: known to happen after a broker comes back. A new process hears again.
                log.error("jobs wait and none arrives; this worker starts anew")
                os._exit(DEAF_EXIT)
        except Error as error:
            log.warning("the database does not answer: %s", error)
            close_old_connections()
        if supervisor.stopping.wait(BEAT_S):
            return


@worker_shutting_down.connect
def give_jobs_back(**_: Any) -> None:
    """Told to stop: every running job goes back to the queue, with no attempt counted."""
    supervisor.stopping.set()
