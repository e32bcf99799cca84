from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from automl_portal.accounts.models import ApiToken, AuditEntry, Membership, Role, Scope, User
from automl_portal.accounts.services import (
    ATTEMPTS_ALLOWED,
    member_add,
    member_change,
    member_remove,
    sign_in_allowed,
    sign_in_failed,
    token_create,
    token_revoke,
    token_use,
)
from automl_portal.errors import Problem


def test_only_the_digest_of_a_token_is_kept(alice: Membership) -> None:
    token, secret = token_create(membership=alice, name="laptop")
    assert secret.startswith("aml_") and secret not in str(ApiToken.objects.values().get())
    assert token_use(secret) == token
    assert token_use(secret[:-1] + "x") is None


def test_revoked_expired_and_orphaned_tokens_do_not_work(alice: Membership, bob: Membership) -> None:
    revoked, secret = token_create(membership=bob, name="a")
    token_revoke(by=alice, token=revoked)
    assert token_use(secret) is None
    _token, short = token_create(membership=bob, name="b", days=1)
    assert token_use(short) is not None
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_use(short) is None
    _token, other = token_create(membership=bob, name="c")
    User.objects.filter(pk=bob.user_id).update(is_active=False)
    assert token_use(other) is None


def test_members_end_only_their_own_tokens(alice: Membership, bob: Membership) -> None:
    token, secret = token_create(membership=alice, name="a")
    with pytest.raises(Problem, match="role_too_weak"):
        token_revoke(by=bob, token=token)
    assert token_use(secret) is not None


def test_only_an_owner_changes_the_team(alice: Membership, bob: Membership) -> None:
    with pytest.raises(Problem, match="role_too_weak"):
        member_add(by=bob, email="dora@example.com", role=Role.VIEWER)
    dora, password = member_add(by=alice, email="Dora@Example.com", role=Role.VIEWER)
    assert dora.user.email == "dora@example.com" and dora.user.check_password(password)
    with pytest.raises(Problem, match="already_member"):
        member_add(by=alice, email="dora@example.com", role=Role.VIEWER)
    assert AuditEntry.objects.filter(action="member.add", user=alice.user).count() == 1


def test_a_team_keeps_its_last_owner(alice: Membership, bob: Membership) -> None:
    with pytest.raises(Problem, match="last_owner"):
        member_remove(by=alice, membership=alice)
    with pytest.raises(Problem, match="last_owner"):
        member_change(by=alice, membership=alice, role=Role.ANALYST)
    member_change(by=alice, membership=bob, role=Role.OWNER)
    bob.refresh_from_db()
    member_remove(by=bob, membership=alice)
    assert not Membership.objects.filter(pk=alice.pk).exists()


def test_guessing_passwords_is_slow(db: None) -> None:
    for _ in range(ATTEMPTS_ALLOWED):
        assert sign_in_allowed(email="alice@example.com")
        sign_in_failed(email="Alice@example.com", address="127.0.0.1")
    assert not sign_in_allowed(email="alice@example.com")
    assert sign_in_allowed(email="bob@example.com")


def test_the_first_owner_is_made_once(db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AUTOML_ADMIN_EMAIL", "boss@example.com")
    monkeypatch.delenv("AUTOML_ADMIN_PASSWORD", raising=False)
    call_command("setup_first_owner")
    password = capsys.readouterr().out.strip().rsplit(" ", 1)[-1]
    assert User.objects.get().check_password(password)
    call_command("setup_first_owner")
    assert User.objects.count() == 1 and capsys.readouterr().out == ""


def test_a_bad_first_address_stops_the_start(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOML_ADMIN_EMAIL", "boss")
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("setup_first_owner")


def test_token_create_prints_a_token_and_nothing_else(alice: Membership, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("token_create", "alice@example.com", scope=Scope.READ)
    printed = capsys.readouterr().out
    token = token_use(printed.strip())
    assert printed.count("\n") == 1 and token is not None and token.scope == Scope.READ
