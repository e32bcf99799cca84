"""Reads for uploads, always from the caller's team."""

from __future__ import annotations

from typing import Any, TypeAlias
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.models import Membership, Role, Team
from automl_portal.accounts.selectors import found
from automl_portal.accounts.services import role_required
from automl_portal.errors import Problem
from automl_portal.uploads.models import Upload

Incoming: TypeAlias = "UploadedFile[Any] | Upload"


def team_upload(team: Team, upload_id: UUID) -> Upload:
    """An upload of this team. Raises Http404 for any other, and Problem 410 for one that has expired."""
    upload = found(Upload.objects.filter(team=team, pk=upload_id).first())
    if upload.is_expired:
        raise Problem("upload_expired", N_("This upload was left for too long and is gone; start it again."), status=410)
    return upload


def incoming_file(by: Membership, *, file: object, upload: UUID | str | None) -> Incoming:
    """What an analyst's request brings: a finished upload by its id, or a posted file. Raises Problem when it brings neither."""
    role_required(by, Role.ANALYST)
    if upload:
        try:
            return team_upload(by.team, upload if isinstance(upload, UUID) else UUID(upload))
        except ValueError:
            raise Problem("upload_unknown", N_("There is no upload with this id."), status=404) from None
    if isinstance(file, UploadedFile):
        return file
    raise Problem("file_missing", N_("Choose a file first."))
