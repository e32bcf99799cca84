"""Prints an API token for a member and nothing else on standard output."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from automl_portal.accounts.models import Scope, User
from automl_portal.accounts.selectors import membership_of
from automl_portal.accounts.services import token_create


class Command(BaseCommand):
    help = "Print an API token for the person with this e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.WRITE)
        parser.add_argument("--days", type=int, default=None, help="days until it expires")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower()).first()
        membership = membership_of(user) if user else None
        if membership is None:
            raise CommandError(f"Nobody with the address {options['email']} is in a team.")
        _token, secret = token_create(membership=membership, name=options["name"], scope=Scope(options["scope"]), days=options["days"])
        self.stdout.write(secret)
