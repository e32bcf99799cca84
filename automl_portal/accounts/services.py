"""Writes for people, teams, tokens and the audit trail."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.models import ApiToken, AuditEntry, Membership, Role, Scope, SignInAttempt, Team, User
from automl_portal.errors import Problem

TOKEN_PREFIX = "aml_"
ATTEMPTS_ALLOWED = 8
ATTEMPTS_WINDOW = timedelta(minutes=15)
LAST_USED_STEP = timedelta(minutes=1)


@transaction.atomic
def team_create(*, name: str, owner: User) -> Membership:
    """A new team and its owner's membership."""
    team = Team.objects.create(name=name)
    return Membership.objects.create(user=owner, team=team, role=Role.OWNER)


@transaction.atomic
def owner_create(*, email: str, password: str, team_name: str) -> Membership:
    """The first person of an installation, owner of the first team."""
    user = User.objects.create_user(email=email, password=password)
    return team_create(name=team_name, owner=user)


@transaction.atomic
def member_add(*, by: Membership, email: str, role: Role, password: str = "") -> tuple[Membership, str]:
    """Add a person to the team. A new person gets a first password, returned once ("" for somebody who has one)."""
    owner_required(by)
    user = User.objects.filter(email=email.lower()).first()
    first_password = ""
    if user is None:
        first_password = password or secrets.token_urlsafe(12)
        user = User.objects.create_user(email=email, password=first_password)
    if Membership.objects.filter(user=user, team=by.team).exists():
        raise Problem("already_member", N_("%(email)s is in the team already."), params={"email": email}, status=409)
    membership = Membership.objects.create(user=user, team=by.team, role=role)
    audit(by=by, action="member.add", obj=membership, detail={"email": user.email, "role": role})
    return membership, first_password


@transaction.atomic
def member_change(*, by: Membership, membership: Membership, role: Role) -> None:
    """Give a member another role. The last owner stays an owner."""
    owner_required(by)
    if role != Role.OWNER:
        last_owner_kept(membership)
    Membership.objects.filter(pk=membership.pk, team=by.team).update(role=role)
    audit(by=by, action="member.change", obj=membership, detail={"email": membership.user.email, "role": role})


@transaction.atomic
def member_remove(*, by: Membership, membership: Membership) -> None:
    """Take a member out of the team, with their tokens."""
    owner_required(by)
    last_owner_kept(membership)
    audit(by=by, action="member.remove", obj=membership, detail={"email": membership.user.email})
    Membership.objects.filter(pk=membership.pk, team=by.team).delete()


def owner_required(by: Membership) -> None:
    role_required(by, Role.OWNER)


def role_required(by: Membership, role: Role) -> None:
    """Raises Problem 403 unless the member holds the role."""
    if not by.may(role):
        raise Problem("role_too_weak", N_("Your role does not allow this; ask an owner of the team."), status=403)


def last_owner_kept(membership: Membership) -> None:
    others = Membership.objects.filter(team=membership.team, role=Role.OWNER).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise Problem("last_owner", N_("A team keeps at least one owner; make somebody else an owner first."), status=409)


def token_create(*, membership: Membership, name: str, scope: Scope = Scope.WRITE, days: int | None = None) -> tuple[ApiToken, str]:
    """A new API token. The secret is returned once and only its digest is kept."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        membership=membership,
        name=name,
        scope=scope,
        prefix=secret[:12],
        digest=token_digest(secret),
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    audit(by=membership, action="token.create", obj=token, detail={"name": name, "scope": scope})
    return token, secret


def token_revoke(*, by: Membership, token: ApiToken) -> None:
    """End a token. Its owner or an owner of the team may."""
    if token.membership_id != by.pk:
        owner_required(by)
    ApiToken.objects.filter(pk=token.pk, membership__team=by.team).update(revoked_at=timezone.now())
    audit(by=by, action="token.revoke", obj=token, detail={"name": token.name})


def token_digest(secret: str) -> str:
    # A token is 256 random bits, so a plain digest is as strong as a slow one and can be looked up.
    return hashlib.sha256(secret.encode()).hexdigest()


def token_use(secret: str) -> ApiToken | None:
    """The live token behind a secret, or None. Notes when it was last used, at most once a minute."""
    token = (
        ApiToken.objects.select_related("membership__user", "membership__team").filter(digest=token_digest(secret), revoked_at=None).first()
    )
    if token is None or not token.is_live or not token.membership.user.is_active:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def audit(*, by: Membership | None, action: str, obj: Any, detail: dict[str, Any] | None = None, team: Team | None = None) -> None:
    """Add a row to the audit trail. `by` is None for what the service does itself (then give the team)."""
    owner_team = by.team if by else team
    if owner_team is None:
        raise ValueError("an audit row needs a team")
    AuditEntry.objects.create(
        team=owner_team,
        user=by.user if by else None,
        action=action,
        object_type=obj._meta.model_name,
        object_id=str(obj.pk),
        detail=detail or {},
    )


def sign_in_allowed(*, email: str) -> bool:
    """False after too many failures for this address of late."""
    since = timezone.now() - ATTEMPTS_WINDOW
    return SignInAttempt.objects.filter(email=email.lower(), at__gt=since).count() < ATTEMPTS_ALLOWED


def sign_in_failed(*, email: str, address: str | None) -> None:
    SignInAttempt.objects.filter(at__lt=timezone.now() - ATTEMPTS_WINDOW).delete()
    SignInAttempt.objects.create(email=email.lower()[:254], address=address)


def language_set(*, user: User, language: str) -> None:
    """Remember a person's language for the next sign-in on another machine."""
    User.objects.filter(pk=user.pk).update(language=language)
