"""Removes uploads that were left, and what a killed portal left of forms that it was reading."""

from __future__ import annotations

import logging
import time

from django.utils import timezone

from automl_portal import storage
from automl_portal.errors import Problem
from automl_portal.uploads.locking import upload_lock
from automl_portal.uploads.models import Upload
from automl_portal.uploads.services import upload_discard

STRAY_S = 86_400
log = logging.getLogger(__name__)


def uploads_sweep() -> int:
    """Remove expired uploads, and files in the folder that nothing knows. Returns how many."""
    swept = 0
    for upload in Upload.objects.filter(expires_at__lt=timezone.now()):
        try:
            with upload_lock(upload):
                upload_discard(upload)
        except Problem:  # a piece of it is being written
            continue
        log.info("removed upload %s, which was left", upload.pk)
        swept += 1
    return swept + _strays_sweep()


def _strays_sweep() -> int:
    """Files that no upload's row names and nobody has written to for a day."""
    known = {f"{pk}.bin" for pk in Upload.objects.values_list("pk", flat=True)}
    swept = 0
    for path in storage.path_of("uploads").iterdir():
        if path.name not in known and time.time() - path.stat().st_mtime > STRAY_S:
            path.unlink(missing_ok=True)
            swept += 1
    return swept
