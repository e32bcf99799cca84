"""Files on their way in."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.db import models
from django.utils import timezone

from automl_portal import storage
from automl_portal.accounts.models import Team, User


class Upload(models.Model):
    """A file that arrives in pieces. How much of it is here is the size of the file on the disk, not a number in this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    filename = models.CharField(max_length=255)
    metadata = models.TextField(blank=True)  # the Upload-Metadata header, given back as it came
    length = models.PositiveBigIntegerField()  # bytes
    # A piece with a checksum that began here has not been verified yet: from here on the bytes on the disk do not count.
    unverified_from = models.PositiveBigIntegerField(null=True)
    sha256_expected = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # once complete
    created_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)  # when something was made of it, which then keeps the bytes itself
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.filename

    @property
    def path(self) -> Path:
        return storage.path_of(f"uploads/{self.pk}.bin")

    @property
    def offset(self) -> int:
        """Bytes that are here to stay."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return 0
        return size if self.unverified_from is None else min(size, self.unverified_from)

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
