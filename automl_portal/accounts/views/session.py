"""Sign in, sign out, language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from automl_portal.accounts.forms import SignInForm
from automl_portal.accounts.models import User
from automl_portal.accounts.services import language_set, sign_in_allowed, sign_in_failed

YEAR = 365 * 86_400


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. Says the same for an unknown address and a wrong password."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _checked(request, form)
        if user is not None:
            return _entered(request, user)
    status = 422 if form.errors else 200
    return render(request, "registration/sign_in.html", {"form": form, "next": _next(request)}, status=status)


def _checked(request: HttpRequest, form: SignInForm) -> User | None:
    email = form.cleaned_data["email"]
    if not sign_in_allowed(email=email):
        form.add_error(None, _("Too many attempts for this address. Wait a quarter of an hour and try again."))
        return None
    user = authenticate(request, username=email.lower(), password=form.cleaned_data["password"])
    if isinstance(user, User):
        return user
    sign_in_failed(email=email, address=request.META.get("REMOTE_ADDR"))
    form.add_error(None, _("This e-mail and password do not belong together. Check both; an owner of your team can help."))
    return None


def _entered(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user)
    response = redirect(_next(request) or "home")
    if user.language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, max_age=YEAR, samesite="Lax")
    return response


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if safe else ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and with the person when signed in."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        language_set(user=request.user, language=language)
    return response
