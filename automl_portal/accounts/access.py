"""The two decorators every page uses: signed in, and strong enough in the team."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

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
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            role_required(found(request.membership), role)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
