"""The Celery application that the portal sends to and the workers consume from. A message carries a job id and nothing else."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automl_portal.settings")

VISIBILITY_TIMEOUT_S = 3600

app = Celery("automl")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "retry_on_timeout": True,
        "global_keyprefix": "automl:",
    },
    visibility_timeout=VISIBILITY_TIMEOUT_S,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_channel_error_retry=True,
    # The tick sends again until a job is claimed, so one send must fail fast rather than hang on a dead broker.
    task_publish_retry=False,
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    result_accept_content=["json"],
    task_ignore_result=True,
    # Early acknowledgement: the lease in the database decides who works, not the broker (docs: jobs/models.py).
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_redirect_stdouts=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
)
