"""What every page has in common: a strict policy that its own markup keeps, a language, a theme, and pages for errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from automl_portal.accounts.models import Membership
from tests.portal import cast

TEMPLATES = sorted((Path(__file__).parents[2] / "automl_portal" / "templates").rglob("*.html"))
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\s(on[a-z]+|hx-on[\w:-]*)=", re.IGNORECASE)
ELSEWHERE = re.compile(r"(src|href)=[\"']?(https?:)?//", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_a_handler_or_a_foreign_address(path: Path) -> None:
    text = path.read_text()
    assert not INLINE_SCRIPT.search(text)
    assert not HANDLER.search(text)
    assert not ELSEWHERE.search(text)


def test_templates_are_small() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in TEMPLATES)
    assert lengths[len(lengths) // 2] <= 60
    assert lengths[-1] <= 120


def test_vendored_versions_are_the_pinned_ones() -> None:
    root = Path(__file__).parents[2]
    pins = json.loads((root / "frontend" / "package.json").read_text())["devDependencies"]
    listed = dict(re.findall(r"^\| (\S+) \| (\S+) \|", (root / "automl_portal" / "static" / "VENDOR.md").read_text(), re.MULTILINE))
    assert {name: pins[name] for name in listed if name in pins} == {name: listed[name] for name in listed if name in pins}
    assert {"tailwindcss", "daisyui", "echarts", "htmx.org", "@fontsource-variable/inter"} <= set(listed)


def test_policy_allows_no_inline_script(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    policy = signed_in(alice).get("/").headers["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert directives["script-src"] == ["'self'"]
    assert directives["default-src"] == ["'none'"]
    assert directives["base-uri"] == ["'none'"]


def test_language_is_kept_with_the_person(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    client = signed_in(alice)
    assert client.post(reverse("set_language"), {"language": "zh-hans", "next": "/team"}).headers["Location"] == "/team"
    page = client.get("/team").content.decode()
    assert '<html lang="zh-Hans"' in page and "审计记录" in page
    alice.user.refresh_from_db()
    assert alice.user.language == "zh-hans"
    elsewhere = Client()
    elsewhere.post(reverse("sign_in"), {"email": alice.user.email, "password": cast.PASSWORD})
    assert '<html lang="zh-Hans"' in elsewhere.get("/").content.decode()


def test_theme_is_in_the_first_byte(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    client = signed_in(alice)
    assert "data-theme=" not in client.get("/").content.decode().split("<head>")[0]
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in client.get("/").content.decode().split("<head>")[0]


def test_rail_follows_the_work(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    project = cast.project(alice)
    page = signed_in(alice).get(reverse("project_data", args=[project.pk])).content.decode()
    rail = page.split('<nav class="rail"')[1].split("</nav>")[0]
    steps = re.findall(r"</span>(\w+)<span", rail)
    assert steps == ["Overview", "Data", "Run", "Leaderboard", "Evaluate", "Explain", "Predict"]
    assert re.findall(r'aria-current="page"><span[^>]*></span>(\w+)', rail) == ["Data"]
    assert reverse("project_setup", args=[project.pk]) in rail  # no run yet: the step leads to the set-up


@pytest.mark.parametrize("path", ["/nothing-here", "/datasets/00000000-0000-0000-0000-000000000000"])
def test_not_found_has_a_page_with_a_reference(path: str, alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    response = signed_in(alice).get(path)
    assert response.status_code == 404
    assert re.search(r"Reference <code>[0-9a-f]{8}</code>", response.content.decode())


def test_a_crash_shows_a_reference_and_no_traceback(
    alice: Membership, signed_in: Callable[[Membership], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("automl_portal.accounts.views.team.team_members", broken)
    client = signed_in(alice)
    client.raise_request_exception = False
    with override_settings(DEBUG=False):
        response = client.get("/team")
    page = response.content.decode()
    assert response.status_code == 500
    assert re.search(r"Reference <code>[0-9a-f]{8}</code>", page) and "secret detail" not in page


def test_an_expired_form_gets_a_page(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in", {"email": "a@example.com", "password": "x"})
    assert response.status_code == 403 and "Reference" in response.content.decode()
