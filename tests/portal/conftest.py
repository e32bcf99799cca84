"""Alice owns the team, Bob works in it, Charlie owns another one and must find nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from automl_portal.accounts.models import Membership
from automl_portal.accounts.services import token_create
from tests.portal import cast


@pytest.fixture(autouse=True)
def quick_passwords_and_no_broker(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash fast, and ring no doorbell: nobody is there to hear."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    monkeypatch.setattr("automl_portal.celery.app.send_task", lambda *args, **kwargs: None)


@pytest.fixture
def alice(db: None) -> Membership:
    return cast.owner("alice@example.com", "Alice's team")


@pytest.fixture
def bob(alice: Membership) -> Membership:
    return cast.member("bob@example.com", alice.team)


@pytest.fixture
def charlie(db: None) -> Membership:
    return cast.owner("charlie@example.com", "Charlie's team")


@pytest.fixture
def signed_in() -> Callable[[Membership], Client]:
    """A browser in which this member has signed in."""

    def sign_in(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return sign_in


@pytest.fixture
def api() -> Callable[..., Client]:
    """An API client with this member's token."""

    def make(member: Membership, **options: object) -> Client:
        _token, secret = token_create(membership=member, name="test", **options)  # type: ignore[arg-type]
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make
