"""Makes the first owner at the first start; a later start changes nothing."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from automl_portal.accounts.models import User
from automl_portal.accounts.services import owner_create


class Command(BaseCommand):
    help = "Create the first owner from AUTOML_ADMIN_EMAIL and AUTOML_ADMIN_PASSWORD when there is no user yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        email = os.environ.get("AUTOML_ADMIN_EMAIL") or "owner@example.com"
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"AUTOML_ADMIN_EMAIL is {email!r}, which is not an e-mail address.") from None
        password = os.environ.get("AUTOML_ADMIN_PASSWORD") or secrets.token_urlsafe(12)
        owner_create(email=email, password=password, team_name="My team")
        shown = "the password of AUTOML_ADMIN_PASSWORD" if os.environ.get("AUTOML_ADMIN_PASSWORD") else password
        self.stdout.write(f"First sign-in: {email} / {shown}")
