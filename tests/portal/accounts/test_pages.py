"""Signing in, and the team page."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import ApiToken, Membership, Role
from automl_portal.accounts.services import ATTEMPTS_ALLOWED
from tests.portal import cast

SignedIn = Callable[[Membership], Client]


def test_sign_in_leads_to_where_one_wanted_to_go(alice: Membership) -> None:
    given = {"email": "Alice@Example.com", "password": cast.PASSWORD, "next": "/datasets"}
    assert Client().post("/sign-in", given).headers["Location"] == "/datasets"
    assert Client().post("/sign-in", {**given, "next": "https://elsewhere.example/"}).headers["Location"] == "/"


def test_sign_in_says_the_same_for_a_wrong_password_and_a_stranger(alice: Membership) -> None:
    pages = [Client().post("/sign-in", {"email": email, "password": "wrong"}) for email in ("alice@example.com", "nobody@example.com")]
    sentences = [re.findall(r"<li>(.*?)</li>", page.content.decode()) for page in pages]
    assert sentences[0] == sentences[1] != []
    assert all(page.status_code == 422 for page in pages)


def test_sign_in_keeps_what_was_typed_but_not_the_password(alice: Membership) -> None:
    page = Client().post("/sign-in", {"email": "alice@example.com", "password": "wrong"}).content.decode()
    assert 'value="alice@example.com"' in page and "wrong" not in page


def test_sign_in_is_slow_to_guess(alice: Membership) -> None:
    for _ in range(ATTEMPTS_ALLOWED):
        Client().post("/sign-in", {"email": "alice@example.com", "password": "wrong"})
    response = Client().post("/sign-in", {"email": "alice@example.com", "password": cast.PASSWORD})
    assert response.status_code == 422 and "Too many attempts" in response.content.decode()


def test_sign_out_takes_a_post(alice: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_a_new_member_gets_a_first_password_once(alice: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    page = client.post(reverse("member_add"), {"member-email": "new@example.com", "member-role": "viewer"}).content.decode()
    password = re.search(r'<code id="secret"[^>]*>([^<]+)</code>', page)
    assert password is not None
    assert Client().post("/sign-in", {"email": "new@example.com", "password": password[1]}).status_code == 302
    assert password[1] not in client.get("/team").content.decode()


def test_a_member_twice_is_an_error_beside_the_field(alice: Membership, bob: Membership, signed_in: SignedIn) -> None:
    response = signed_in(alice).post(reverse("member_add"), {"member-email": bob.user.email, "member-role": "viewer"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_member-email_error"' in page and page.count("bob@example.com is in the team already.") == 2


def test_roles_change_and_the_last_owner_stays(alice: Membership, bob: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    client.post(reverse("member_change", args=[bob.pk]), {"role": "viewer"})
    bob.refresh_from_db()
    assert bob.role == Role.VIEWER
    page = client.post(reverse("member_change", args=[alice.pk]), {"role": "viewer"}, follow=True).content.decode()
    alice.refresh_from_db()
    assert alice.role == Role.OWNER and "at least one owner" in page


def test_removing_a_member_is_typed(alice: Membership, bob: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    client.post(reverse("member_remove", args=[bob.pk]), {"confirm": "bob"})
    assert Membership.objects.filter(pk=bob.pk).exists()
    client.post(reverse("member_remove", args=[bob.pk]), {"confirm": "bob@example.com"})
    assert not Membership.objects.filter(pk=bob.pk).exists()


def test_a_token_is_shown_once_and_works_until_revoked(alice: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    page = client.post(reverse("token_create"), {"token-name": "nightly", "token-scope": "read", "token-days": "30"}).content.decode()
    secret = re.search(r"aml_[\w-]{30,}", page)
    assert secret is not None
    assert secret[0] not in client.get("/team").content.decode()
    headers = {"Authorization": f"Bearer {secret[0]}"}
    assert Client(headers=headers).get("/api/v1/use-cases").status_code == 200
    client.post(reverse("token_revoke", args=[ApiToken.objects.get().pk]), {"confirm": "nightly"})
    assert Client(headers=headers).get("/api/v1/use-cases").status_code == 401


def test_the_trail_tells_who_did_what(alice: Membership, bob: Membership, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    client.post(reverse("member_change", args=[bob.pk]), {"role": "viewer"})
    page = client.get("/team").content.decode()
    assert "changed a member&#x27;s role" in page and "email: bob@example.com" in page


def test_a_live_part_takes_its_page_to_the_sign_in_page(alice: Membership) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/datasets?q=loans"}
    answer = Client(headers=headers).get("/")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/datasets%3Fq%3Dloans")
