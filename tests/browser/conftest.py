"""Uses the system's Chromium: nothing is downloaded for the tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import Stack

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch arguments that also work as root and in a small /dev/shm."""
    if CHROMIUM is None:
        pytest.fail("There is no Chromium; ./bin/test says how to install it.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]}


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The real service, once for all browser tests."""
    with Stack() as running:
        yield running
