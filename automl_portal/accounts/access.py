"""The two decorators every page uses: signed in, and strong enough in the team."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.selectors import found
from automl_portal.accounts.services import role_required

View = Callable[..., HttpResponseBase]


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
