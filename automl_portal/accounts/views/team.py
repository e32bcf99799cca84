"""The team page: members, tokens, audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from automl_portal.accounts import services
from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.forms import MemberForm, TokenForm
from automl_portal.accounts.models import Role, Scope
from automl_portal.accounts.selectors import audit_trail, team_member, team_members, team_token, team_tokens
from automl_portal.errors import Problem

PER_PAGE = 30


@require_GET
@member_page()
def team(request: TeamRequest) -> HttpResponse:
    return _page(request)


def _page(request: TeamRequest, status: int = 200, **extra: Any) -> HttpResponse:
    membership = request.membership
    context = {
        "members": list(team_members(membership.team)),
        "tokens": team_tokens(membership),
        "entries": Paginator(audit_trail(membership.team), PER_PAGE).get_page(request.GET.get("page")),
        "is_owner": membership.may(Role.OWNER),
        "roles": Role.choices,
        "member_form": MemberForm(prefix="member"),
        "token_form": TokenForm(prefix="token"),
        **extra,
    }
    return render(request, "accounts/team.html", context, status=status)


@require_POST
@member_page(Role.OWNER)
def member_add(request: TeamRequest) -> HttpResponse:
    form = MemberForm(request.POST, prefix="member")
    if form.is_valid():
        try:
            role = Role(form.cleaned_data["role"])
            added, password = services.member_add(by=request.membership, email=form.cleaned_data["email"], role=role)
        except Problem as problem:
            form.add_error("email", problem.sentence)
        else:
            if password:
                return _page(request, status=201, added=added, first_password=password)
            messages.success(request, _("%(email)s is in the team now.") % {"email": added.user.email})
            return redirect("team")
    return _page(request, status=422, member_form=form)


@require_POST
@member_page(Role.OWNER)
def member_change(request: TeamRequest, pk: int) -> HttpResponse:
    member = team_member(request.membership.team, pk)
    role = request.POST.get("role", "")
    if role in Role.values:
        try:
            services.member_change(by=request.membership, membership=member, role=Role(role))
        except Problem as problem:
            messages.error(request, problem.sentence)
        else:
            messages.success(request, _("%(email)s has a new role.") % {"email": member.user.email})
    return redirect("team")


@require_POST
@member_page(Role.OWNER)
def member_remove(request: TeamRequest, pk: int) -> HttpResponse:
    member = team_member(request.membership.team, pk)
    if _typed(request, member.user.email):
        try:
            services.member_remove(by=request.membership, membership=member)
        except Problem as problem:
            messages.error(request, problem.sentence)
        else:
            messages.success(request, _("%(email)s is no longer in the team.") % {"email": member.user.email})
    return redirect("team")


@require_POST
@member_page()
def token_create(request: TeamRequest) -> HttpResponse:
    """Make a token and show its secret once: the answer to the POST is the only page that ever holds it."""
    form = TokenForm(request.POST, prefix="token")
    if not form.is_valid():
        return _page(request, status=422, token_form=form)
    data = form.cleaned_data
    token, secret = services.token_create(
        membership=request.membership, name=data["name"], scope=Scope(data["scope"]), days=data["days"] or None
    )
    return _page(request, status=201, new_token=token, secret=secret)


@require_POST
@member_page()
def token_revoke(request: TeamRequest, pk: str) -> HttpResponse:
    token = team_token(request.membership.team, pk)
    if _typed(request, token.name):
        services.token_revoke(by=request.membership, token=token)
        messages.success(request, _("The token %(name)s no longer works.") % {"name": token.name})
    return redirect("team")


def _typed(request: TeamRequest, expected: str) -> bool:
    """Danger is typed: true when the person wrote the name of the thing."""
    if forms.CharField(required=False).clean(request.POST.get("confirm")).strip() == expected.strip():
        return True
    messages.error(request, _("Nothing was changed: what was typed is not %(expected)s.") % {"expected": expected})
    return False
