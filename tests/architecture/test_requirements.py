from __future__ import annotations

import re
from importlib import metadata

import pytest

from automl_portal.processes.config import ROOT

FOLDER = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[A-Za-z0-9,._-]+\])?==(?P<version>[0-9][A-Za-z0-9.]*)$")
# The licence texts that we do not ship. LGPL is fine for a library that is imported.
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def pins(name: str) -> dict[str, str]:
    """{package: version} of one file; a line that is no exact pin fails."""
    found = {}
    for line in (FOLDER / name).read_text().splitlines():
        line = line.split("#")[0].strip()
        if not line or line.startswith("-r "):
            continue
        match = PIN.match(line)
        assert match, f"requirements/{name}: {line!r} is no exact pin"
        found[re.sub(r"[-_.]+", "-", match["name"]).lower()] = match["version"]
    return found


@pytest.mark.parametrize("name", ["portal.txt", "worker.txt", "dev.txt"])
def test_direct_requirements_are_exact_and_locked(name: str) -> None:
    lock = pins("lock.txt")
    assert {package: lock.get(package) for package in pins(name)} == pins(name)


def test_what_must_not_be_installed_is_not() -> None:
    # torchvision from PyPI beside a CPU torch breaks torchmetrics, and with it half the neural models.
    assert not {"torchvision", "scikit-survival", "ecos"} & set(pins("lock.txt"))
    assert not {"torch", "pandas", "pyarrow", "autogluon-tabular"} & set(pins("portal.txt"))


def licences(package: str) -> list[str]:
    """What a distribution declares: its licence expression, its licence field when short, its classifiers."""
    meta = metadata.metadata(package)
    fields = [meta.get("License-Expression", ""), meta.get("License", "")]
    classifiers = [value for value in meta.get_all("Classifier", []) if value.startswith("License ::")]
    return [text for text in (*fields, *classifiers) if text and len(text) < 200]


def is_copyleft(texts: list[str]) -> bool:
    """True when a text names the GPL and no text offers another licence to choose."""
    gpl = [
        text for text in texts if COPYLEFT.search(text) and not re.search(r"LGPL|Lesser|GPL.* with |linking exception", text, re.IGNORECASE)
    ]
    return bool(gpl) and not any(re.search(r"\bOR\b|MIT|BSD|Apache|Artistic|MPL|Mozilla", text) for text in texts)


def test_nothing_we_ship_is_under_the_gpl() -> None:
    found = {}
    for package in pins("lock.txt"):
        try:
            texts = licences(package)
        except metadata.PackageNotFoundError:
            continue  # a pin for another platform
        if is_copyleft(texts):
            found[package] = texts
    assert found == {}


def test_the_licence_check_sees_what_it_must() -> None:
    assert is_copyleft(["GPL-3.0-or-later"]) and is_copyleft(["License :: OSI Approved :: GNU General Public License v3 (GPLv3)"])
    assert not is_copyleft(["LGPL-3.0-only"]) and not is_copyleft(["GPL-2.0-or-later OR Artistic-1.0"]) and not is_copyleft(["MIT"])
