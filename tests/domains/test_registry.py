from __future__ import annotations

from pathlib import Path

import pytest

from domains import hooks, registry

DOMAIN = "key: traffic\ntitle: Traffic\nsummary: Roads\n"
CASE = registry.folder("general/table").joinpath("use_case.yaml").read_text(encoding="utf-8").replace("general/table", "traffic/jam")


def world(root: Path, *, case: str = CASE) -> Path:
    (root / "traffic" / "jam").mkdir(parents=True)
    (root / "traffic" / "domain.yaml").write_text(DOMAIN)
    (root / "traffic" / "jam" / "use_case.yaml").write_text(case)
    return root


def test_new_folder_is_a_new_use_case(tmp_path: Path) -> None:
    assert list(registry._load(world(tmp_path))[1]) == ["traffic/jam"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("key: traffic/jam", "key: traffic/other"), "the folder says"),
        (("version: 1", "version: 1\ntitel: slip"), "titel"),
        (("problem_type: auto", "problem_type: magic"), "problem_type"),
        (("'^(target|", "'^(target|("), "regular expression"),
        (("split: random", "split: [random"), "use_case.yaml"),
    ],
)
def test_broken_use_case_is_an_error(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    assert change[0] in CASE
    with pytest.raises(registry.RegistryError, match=named):
        registry._load(world(tmp_path, case=CASE.replace(*change)))


def test_folder_without_use_case_is_an_error(tmp_path: Path) -> None:
    (world(tmp_path) / "traffic" / "empty").mkdir()
    with pytest.raises(registry.RegistryError, match="empty"):
        registry._load(tmp_path)


def test_unknown_key() -> None:
    with pytest.raises(registry.UnknownUseCase):
        registry.use_case("finance/astrology")


@pytest.mark.parametrize("source", ["def deside(frame): ...", "def decide(frame): ...", "def clean(frame, extra): ..."])
def test_unknown_or_misshapen_hook_is_an_error(tmp_path: Path, source: str) -> None:
    (tmp_path / "hooks.py").write_text(source)
    with pytest.raises(hooks.HookError):
        hooks.load(tmp_path)


def test_hooks_load_from_anywhere_and_private_helpers_are_fine(tmp_path: Path) -> None:
    (tmp_path / "hooks.py").write_text("def clean(frame):\n    return _same(frame)\ndef _same(frame):\n    return frame\n")
    assert hooks.load(tmp_path)["clean"](3) == 3
    assert hooks.load(tmp_path / "nowhere") == {}
