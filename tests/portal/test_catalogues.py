"""The Chinese catalogue is whole: nothing untranslated, nothing that the code says and the catalogue does not know."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from domains import registry

ROOT = Path(__file__).parents[2]
FOLDER = Path("locale/zh_Hans/LC_MESSAGES")
PLACEHOLDER = re.compile(r"%\(\w+\)[-#0-9.]*[a-zA-Z]|%%")
SOURCES = ("automl_portal", "domains", "workers", "locale")


def catalogue(root: Path = ROOT) -> polib.POFile:
    return polib.pofile(str(root / FOLDER / "django.po"))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_message_is_translated() -> None:
    assert [entry.msgid for entry in catalogue() if not entry.translated() or "fuzzy" in entry.flags] == []


def test_translations_keep_the_placeholders() -> None:
    wrong = [
        entry.msgid
        for entry in catalogue()
        for text in texts(entry)
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    ]
    assert wrong == []


def test_compiled_catalogue_is_the_written_one() -> None:
    compiled = polib.mofile(str(ROOT / FOLDER / "django.mo"))
    written = {(entry.msgctxt, entry.msgid): texts(entry) for entry in catalogue()}
    assert {(entry.msgctxt, entry.msgid): texts(entry) for entry in compiled} == written


def test_every_text_of_the_use_cases_is_known() -> None:
    known = {entry.msgid for entry in catalogue()}
    assert [text for text in registry.texts() if text not in known] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext's tools are not installed")
def test_collecting_messages_again_finds_nothing_new(tmp_path: Path) -> None:
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    subprocess.run([sys.executable, "manage.py", "makemessages"], cwd=tmp_path, check=True, capture_output=True)
    before, after = ({(entry.msgctxt, entry.msgid) for entry in catalogue(root)} for root in (ROOT, tmp_path))
    assert (after - before, before - after) == (set(), set())
