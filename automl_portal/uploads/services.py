"""Writes for uploads: make room, begin, finish, keep, remove."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role, Team
from automl_portal.accounts.services import role_required
from automl_portal.errors import Problem
from automl_portal.uploads.locking import upload_lock
from automl_portal.uploads.models import Upload
from automl_portal.uploads.names import clean_filename
from automl_portal.uploads.selectors import Incoming

SPARE_BYTES = 500 * 1024**2
MOST_UNFINISHED = 100  # of one team
EXPIRES = timedelta(hours=24)  # since the last piece
USED_EXPIRES = timedelta(hours=1)  # long enough to repeat a request whose answer was lost
BLOCK = 1024**2
FULL = N_("The service's disk is full; nothing was kept. Ask the operator to make room.")


@dataclass(frozen=True)
class Kept:
    """A file in the storage: its key, the name people see, its size in bytes and its SHA-256 in hex."""

    key: str
    filename: str
    bytes: int
    sha256: str


def upload_create(*, by: Membership, length: int, filename: str, metadata: str = "", sha256: str = "") -> Upload:
    """Begin an upload of `length` bytes. Raises Problem when it is too large for the service, the team or the disk."""
    role_required(by, Role.ANALYST)
    size_check(length)
    with transaction.atomic():
        # One at a time in a team, so that two uploads cannot both take the last free bytes.
        team = Team.objects.select_for_update().get(pk=by.team_id)
        quota_check(team, length)
        disk_check(length)
        upload = Upload.objects.create(
            team=team,
            user=by.user,
            filename=clean_filename(filename),
            metadata=metadata,
            length=length,
            sha256_expected=sha256,
            expires_at=timezone.now() + EXPIRES,
        )
    upload.path.touch()
    return upload


def size_check(size: int) -> None:
    if size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1024**2
        raise Problem(
            "file_too_large", N_("The file is larger than %(limit)s MB, the limit of this service."), status=413, params={"limit": limit}
        )


def quota_check(team: Team, size: int) -> None:
    """What a team has begun and not used yet stays under a limit: nobody fills the disk with files that nothing is made of."""
    begun = Upload.objects.filter(team=team, used_at=None, expires_at__gt=timezone.now()).aggregate(sum=Sum("length"), count=Count("pk"))
    if begun["count"] >= MOST_UNFINISHED:
        message = N_("Your team has begun %(count)s uploads and not finished them. Finish or cancel one first.")
        raise Problem("upload_quota", message, status=413, params={"count": begun["count"]})
    if (begun["sum"] or 0) + size > settings.UPLOAD_QUOTA_BYTES:
        limit = settings.UPLOAD_QUOTA_BYTES // 1024**2
        raise Problem(
            "upload_quota",
            N_("The unfinished uploads of your team would pass %(limit)s MB. Finish or cancel one first."),
            status=413,
            params={"limit": limit},
        )


def disk_check(size: int) -> None:
    """Raises Problem 507 unless the disk has room for `size` more bytes, besides those that were promised to other uploads."""
    unfinished = Upload.objects.filter(completed_at=None, expires_at__gt=timezone.now())
    promised = sum(upload.length - upload.offset for upload in unfinished)
    if shutil.disk_usage(settings.STORAGE_DIR).free < SPARE_BYTES + promised + size:
        raise Problem("disk_full", FULL, status=507)


def disk_full(error: OSError) -> Problem:
    """What to say when the disk filled up under a write. Raises the error itself when it is about something else."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    return Problem("disk_full", FULL, status=507)


def upload_touch(upload: Upload) -> None:
    """Somebody still works on it: it expires later."""
    upload.expires_at = timezone.now() + EXPIRES
    Upload.objects.filter(pk=upload.pk, used_at=None).update(expires_at=upload.expires_at)


def upload_complete(upload: Upload) -> None:
    """Note that every byte is here, and the digest. Raises Problem when bytes are missing, or when the file is not the one announced."""
    if upload.completed_at is not None:
        return
    if upload.offset != upload.length:
        raise Problem(
            "upload_incomplete",
            N_("Only %(received)s of %(length)s bytes have arrived; continue the upload."),
            status=409,
            params={"received": upload.offset, "length": upload.length},
        )
    with upload.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if upload.sha256_expected and digest != upload.sha256_expected:
        upload_discard(upload)
        raise Problem(
            "upload_checksum_mismatch",
            N_("What arrived is not the file that was sent: the checksums differ. Nothing was kept; upload it again."),
        )
    upload.sha256, upload.completed_at = digest, timezone.now()
    Upload.objects.filter(pk=upload.pk).update(sha256=digest, completed_at=upload.completed_at)
    upload_touch(upload)


def upload_remove(*, by: Membership, upload: Upload) -> None:
    """End an upload and free its bytes. Raises Problem 423 while a piece is being written."""
    role_required(by, Role.ANALYST)
    with upload_lock(upload):
        upload_discard(upload)


def upload_discard(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    upload.path.unlink(missing_ok=True)


def upload_keep(upload: Incoming, *, folder: str) -> Kept:
    """Put what was uploaded under `folder` in the storage. Raises Problem when it is incomplete, too large or the disk is full."""
    key = f"{folder}/{uuid.uuid4()}/upload.bin"
    target = storage.path_of(key)
    if isinstance(upload, Upload):
        upload_complete(upload)
        target.parent.mkdir(parents=True)
        os.link(upload.path, target)
        Upload.objects.filter(pk=upload.pk, used_at=None).update(used_at=timezone.now(), expires_at=timezone.now() + USED_EXPIRES)
        return Kept(key, upload.filename, upload.length, upload.sha256)
    size_check(upload.size or 0)
    disk_check(0)
    digest = hashlib.sha256()
    for block in upload.chunks(BLOCK):
        digest.update(block)
    target.parent.mkdir(parents=True)
    source = getattr(upload, "temporary_file_path", None)
    if source is not None:
        # The upload handler wrote to the same disk, so a hard link keeps the bytes without a second copy.
        os.link(source(), target)
    else:
        with target.open("wb") as file:
            file.writelines(upload.chunks(BLOCK))
    return Kept(key, clean_filename(upload.name or ""), upload.size or 0, digest.hexdigest())
