"""Who is calling: the decorator every page uses, and the door for programs that bring a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_noop as N_
from ninja.utils import check_csrf

from automl_portal.accounts.models import ApiToken, Membership, Role, Scope
from automl_portal.accounts.selectors import found
from automl_portal.accounts.services import role_required, token_use
from automl_portal.errors import Problem

View = Callable[..., HttpResponseBase]
SAFE = ("GET", "HEAD", "OPTIONS")


class TeamRequest(HttpRequest):
    """A request of a signed-in member."""

    membership: Membership


def member_page(role: Role = Role.VIEWER) -> Callable[[View], View]:
    """Only for members who hold `role`; anonymous visitors are sent to the sign-in page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            role_required(found(request.membership), role)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send a visitor to the sign-in page and back; a part that asks for itself again takes its whole page along."""
    if "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    page = urlsplit(request.headers.get("HX-Current-URL", "/"))
    target = redirect_to_login(f"{page.path}?{page.query}" if page.query else page.path)
    return HttpResponse(status=401, headers={"HX-Redirect": target.headers["Location"]})


def token_allowed(secret: str, method: str | None) -> ApiToken | None:
    """The live token behind a secret, or None. Raises Problem 403 when it may only read."""
    token = token_use(secret)
    if token is not None and token.scope == Scope.READ and method not in SAFE:
        raise Problem("token_read_only", N_("This token may only read; make one with the scope 'Read and write'."), status=403)
    return token


def caller(request: Any) -> Membership:
    """The member behind a bearer token or, when a form's token comes with it, behind a session. Raises Problem 401 or 403.

    For a view without Django's own check, which would ask programs for a form's token as well.
    """
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        token = token_allowed(secret.strip(), request.method) if scheme.lower() == "bearer" else None
        membership = token.membership if token else None
    else:
        membership = request.membership
    if membership is None:
        raise Problem("unauthenticated", N_("Sign in, or send a valid token: Authorization: Bearer aml_..."), status=401)
    if not scheme and check_csrf(request) is not None:
        raise Problem("csrf_failed", N_("The page is too old; load it again and repeat what you did."), status=403)
    return membership
