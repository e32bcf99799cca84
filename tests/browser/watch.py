"""What every page must keep to, checked while a test walks: no serious accessibility fault, no request to elsewhere, no script error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# axe-core, MPL-2.0, from npm; used by the tests only.
AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SEVERE = ("serious", "critical")
WIDTHS = (1280, 390)
HEIGHT = 900


class Watch:
    """Follows one page: `problems` collects foreign requests, console errors and exceptions, CSP violations among them."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.problems: list[str] = []
        page.on("request", lambda request: self.request(request.url))
        page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def request(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.problems.append(f"a request to {url}")

    def check(self, *, expect_errors: bool = False) -> None:
        """The page as it stands, at both widths: axe finds nothing serious and nothing runs over the side."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            assert_accessible(self.page)
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{self.page.url} is {wide} px too wide at {width} px"
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        if expect_errors:  # the browser itself reports a page that answers with 4xx
            self.problems = [problem for problem in self.problems if "Failed to load resource" not in problem]
        assert self.problems == []


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing serious or critical on the page."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    severe = [
        f"{item['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for item in found["violations"]
        if item["impact"] in SEVERE
        for node in item["nodes"]
    ]
    assert severe == [], f"{page.url}\n" + "\n".join(severe)
