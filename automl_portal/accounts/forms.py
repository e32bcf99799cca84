"""Forms for signing in, members and tokens."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from automl_portal.accounts.models import Role, Scope


class SignInForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("Somebody new gets a first password, shown here once."))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.ANALYST,
        help_text=_("Viewers read. Analysts upload, run and promote. Owners also manage people and tokens."),
    )


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("What will use it, for example “nightly scoring”."))
    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices, initial=Scope.WRITE)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year")), (0, _("No end"))],
        initial=90,
    )
