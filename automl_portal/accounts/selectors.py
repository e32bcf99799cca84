"""Reads for people and teams. Everything starts from the caller's membership."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404

from automl_portal.accounts.models import ApiToken, AuditEntry, Membership, Role, Team, User

T = TypeVar("T")


def membership_of(user: User, team_id: str | None = None) -> Membership | None:
    """The user's membership in a team (the first joined when none is named)."""
    rows = Membership.objects.select_related("team", "user").filter(user=user).order_by("created_at", "pk")
    chosen = rows.filter(team_id=team_id).first() if team_id else None
    return chosen or rows.first()


def team_members(team: Team) -> QuerySet[Membership]:
    return team.memberships.select_related("user").order_by("created_at", "pk")


def team_member(team: Team, pk: int) -> Membership:
    """A member of this team. Raises Http404 for any other."""
    return found(team_members(team).filter(pk=pk).first())


def team_tokens(membership: Membership) -> QuerySet[ApiToken]:
    """The tokens a member sees: an owner all of the team's, anybody else their own."""
    seen = ApiToken.objects.filter(membership__team=membership.team)
    if not membership.may(Role.OWNER):
        seen = seen.filter(membership=membership)
    return seen.select_related("membership__user").order_by("-created_at")


def team_token(team: Team, pk: str) -> ApiToken:
    """A token of this team. Raises Http404 for any other."""
    return found(ApiToken.objects.filter(membership__team=team, pk=pk).select_related("membership").first())


def audit_trail(team: Team) -> QuerySet[AuditEntry]:
    return team.audit_entries.select_related("user")


def found(obj: T | None) -> T:
    """The object, or Http404 when there is none."""
    if obj is None:
        raise Http404
    return obj
