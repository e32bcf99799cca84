from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.uploads.locking import upload_lock
from automl_portal.uploads.models import Upload
from automl_portal.uploads.services import upload_create
from automl_portal.uploads.sweeping import STRAY_S, uploads_sweep


@pytest.fixture
def left(alice: Membership) -> Upload:
    """An upload that nobody came back to."""
    upload = upload_create(by=alice, length=4, filename="a.csv")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return upload


def test_what_was_left_goes_and_what_is_used_stays(alice: Membership, left: Upload) -> None:
    other = upload_create(by=alice, length=4, filename="b.csv")
    assert uploads_sweep() == 1
    assert not left.path.exists() and other.path.exists() and list(Upload.objects.all()) == [other]


def test_an_upload_that_is_being_written_stays(left: Upload) -> None:
    with upload_lock(left):
        assert uploads_sweep() == 0
    assert uploads_sweep() == 1


def test_what_a_killed_portal_left_goes_after_a_day(db: None) -> None:
    old, new = (storage.path_of(f"uploads/{name}.upload.csv") for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"x")
    day_ago = time.time() - STRAY_S - 1
    os.utime(old, (day_ago, day_ago))
    assert uploads_sweep() == 1
    assert not old.exists() and new.exists()
    new.unlink()
