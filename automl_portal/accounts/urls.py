"""Pages for signing in, the language and the team."""

from __future__ import annotations

from django.urls import path

from automl_portal.accounts.views import session, team

urlpatterns = [
    path("sign-in", session.sign_in, name="sign_in"),
    path("sign-out", session.sign_out, name="sign_out"),
    path("language", session.set_language, name="set_language"),
    path("team", team.team, name="team"),
    path("team/members", team.member_add, name="member_add"),
    path("team/members/<int:pk>/role", team.member_change, name="member_change"),
    path("team/members/<int:pk>/remove", team.member_remove, name="member_remove"),
    path("team/tokens", team.token_create, name="token_create"),
    path("team/tokens/<uuid:pk>/revoke", team.token_revoke, name="token_revoke"),
]
