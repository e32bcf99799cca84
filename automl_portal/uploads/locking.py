"""One writer at a time for each upload. The lock is the kernel's and ends with the process: nothing to clean up after kill -9."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.selectors import found
from automl_portal.errors import Problem
from automl_portal.uploads.models import Upload


def upload_open(upload: Upload) -> int:
    """A descriptor of the upload's file that nobody else writes to until it is closed. Raises Problem 423, and Http404 when it is gone.

    Bytes of a piece that was never verified are cut off, and `upload` is read anew.
    """
    descriptor = os.open(upload.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise Problem("upload_locked", N_("Another connection is writing to this upload; try again in a moment."), status=423) from None
    row = found_or_close(descriptor, upload)
    upload.unverified_from, upload.completed_at = row.unverified_from, row.completed_at
    if upload.unverified_from is not None:
        os.ftruncate(descriptor, upload.offset)
        unverified_set(upload, None)
    return descriptor


def found_or_close(descriptor: int, upload: Upload) -> Upload:
    """The row as it is now that nobody can change it. Raises Http404 when it was removed before the lock was had."""
    row = Upload.objects.filter(pk=upload.pk).first()
    if row is None:
        upload.path.unlink(missing_ok=True)
        os.close(descriptor)
    return found(row)


def unverified_set(upload: Upload, start: int | None) -> None:
    upload.unverified_from = start
    Upload.objects.filter(pk=upload.pk).update(unverified_from=start)


@contextmanager
def upload_lock(upload: Upload) -> Iterator[int]:
    """`upload_open` for the length of a block."""
    descriptor = upload_open(upload)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
