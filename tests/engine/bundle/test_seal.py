"""A sealed bundle is refused after any change, before anything of it is unpickled."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.bundle.trees import private_key, sealed, small_tree
from workers.engine.bundle.runtime.verify import (
    MANIFEST,
    ZIP_COMMENT_BYTES,
    BundleRefused,
    canonical,
    main,
    read_public_key,
    verify_directory,
    verify_zip,
)
from workers.engine.bundle.seal import public_key_of, seal, unseal


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "unpickled"


def refused(tree: Path) -> bool:
    try:
        verify_directory(tree)
    except BundleRefused:
        return True
    return False


def test_a_sealed_bundle_is_accepted_and_unpacks_to_the_same_tree(tmp_path: Path, canary: Path) -> None:
    tree, zipped = sealed(tmp_path, canary)
    public = public_key_of(private_key())
    manifest = unseal(zipped, tmp_path / "out", public)
    assert manifest == verify_directory(tree, public) == verify_directory(tmp_path / "out")
    assert (tmp_path / "out/README.md").read_bytes() == b"read me\n"
    assert not canary.exists()


def test_equal_trees_give_equal_zips(tmp_path: Path, canary: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    first, second = (sealed(tmp_path / name, canary)[1] for name in "ab")
    os.utime(second, (1, 1))
    assert first.read_bytes() == second.read_bytes()
    infos = zipfile.ZipFile(first).infolist()
    assert [i.filename for i in infos] == sorted(i.filename for i in infos)
    assert {i.date_time for i in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_a_flipped_byte_in_any_file_is_refused(tmp_path: Path, canary: Path) -> None:
    tree, _ = sealed(tmp_path, canary)
    for path in [p for p in tree.rglob("*") if p.is_file() and p.stat().st_size]:
        original = path.read_bytes()
        for position in range(len(original)):
            changed = bytearray(original)
            changed[position] ^= 0x01
            path.write_bytes(changed)
            assert refused(tree), (path, position)
        path.write_bytes(original)
    assert not refused(tree)
    assert not canary.exists()


def test_every_bit_of_the_manifest_counts(tmp_path: Path, canary: Path) -> None:
    tree, _ = sealed(tmp_path, canary)
    original = (tree / MANIFEST).read_bytes()
    for position in range(len(original)):
        for bit in (0x20, 0x80):
            changed = bytearray(original)
            changed[position] ^= bit
            (tree / MANIFEST).write_bytes(changed)
            assert refused(tree), (position, bit)


def test_every_byte_of_the_zip_counts(tmp_path: Path, canary: Path) -> None:
    _, zipped = sealed(tmp_path, canary)
    original = zipped.read_bytes()
    for position in range(len(original)):
        changed = bytearray(original)
        changed[position] ^= 0x20
        zipped.write_bytes(changed)
        with pytest.raises(BundleRefused):
            verify_zip(zipped)
    for damaged in (
        original + b"x",
        original[:-1],
        original[1:],
        b"x" + original,
        original[:-ZIP_COMMENT_BYTES],
    ):
        zipped.write_bytes(damaged)
        with pytest.raises(BundleRefused):
            unseal(zipped, tmp_path / "never")
    assert list((tmp_path / "never").iterdir()) == []
    assert not canary.exists()


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace(",", ", ", 1),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n",
        lambda text: text.replace('"format":1', '"format":1.0'),
        lambda text: text.replace('"format":1', '"format":1,"format":1'),
        lambda text: text.replace("README", "\\u0052EADME"),
        lambda text: "\ufeff" + text,
    ],
)
def test_another_spelling_of_the_same_manifest_is_refused(tmp_path: Path, canary: Path, rewrite: Callable[[str], str]) -> None:
    tree, _ = sealed(tmp_path, canary)
    text = (tree / MANIFEST).read_text()
    assert rewrite(text) != text
    (tree / MANIFEST).write_text(rewrite(text))
    assert refused(tree)


def test_upper_case_hex_is_refused(tmp_path: Path, canary: Path) -> None:
    tree, _ = sealed(tmp_path, canary)
    manifest = json.loads((tree / MANIFEST).read_bytes())
    for name in ("signature", "public_key", "key_id"):
        (tree / MANIFEST).write_bytes(canonical({**manifest, name: manifest[name].upper()}))
        assert refused(tree), name


def test_unlisted_files_are_refused_but_user_data_is_not(tmp_path: Path, canary: Path) -> None:
    tree, _ = sealed(tmp_path, canary)
    (tree / "my scores.csv").write_text("x")
    (tree / "my.parquet").write_text("x")
    assert not refused(tree)
    for name in ("pandas.py", "predictor/more.csv", "runtime/__pycache__/x.pyc", "note.txt"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("x")
        assert refused(tree), name
        (tree / name).unlink()
    (tree / "link.csv").symlink_to("/etc/passwd")
    assert refused(tree)


def test_a_missing_or_linked_file_is_refused(tmp_path: Path, canary: Path) -> None:
    tree, _ = sealed(tmp_path, canary)
    (tree / "README.md").rename(tmp_path / "elsewhere")
    assert refused(tree)
    (tree / "README.md").symlink_to(tmp_path / "elsewhere")
    assert refused(tree)


def test_another_key_is_accepted_only_without_a_trusted_one(tmp_path: Path, canary: Path) -> None:
    tree = small_tree(tmp_path, canary)
    seal(tree, tmp_path / "forged.zip", private_key(seed=2))
    trusted = public_key_of(private_key(seed=1))
    verify_directory(tree)
    with pytest.raises(BundleRefused, match="not by the key you trust"):
        verify_directory(tree, trusted)
    with pytest.raises(BundleRefused, match="not by the key you trust"):
        unseal(tmp_path / "forged.zip", tmp_path / "out", trusted)


def test_sealing_a_tree_that_is_not_its_manifest_is_refused(tmp_path: Path, canary: Path) -> None:
    tree = small_tree(tmp_path, canary)
    (tree / "planted.py").write_text("x")
    with pytest.raises(BundleRefused):
        seal(tree, tmp_path / "x.zip", private_key())
    assert not (tmp_path / "x.zip").exists()


def test_an_unsigned_tree_and_a_plain_zip_are_refused(tmp_path: Path, canary: Path) -> None:
    tree = small_tree(tmp_path, canary)
    assert refused(tree)
    shutil.make_archive(str(tmp_path / "plain"), "zip", tree)
    with pytest.raises(BundleRefused):
        unseal(tmp_path / "plain.zip", tmp_path / "out")


def test_command_line_refuses_with_one_sentence(tmp_path: Path, canary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree, zipped = sealed(tmp_path, canary)
    other = public_key_of(private_key(seed=3))
    assert main([str(zipped), "--key", other]) == 1
    assert main([str(tree), "--key", "nonsense"]) == 1
    (tree / "README.md").write_text("changed")
    assert main([str(tree)]) == 1
    assert main([str(tmp_path / "nothing.zip")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and all(line.startswith("Refused. ") for line in lines)
    assert "README.md" in lines[2]
    assert not canary.exists()


def test_a_key_may_be_given_as_digits_or_file(tmp_path: Path) -> None:
    digits = public_key_of(private_key())
    (tmp_path / "key.txt").write_text(digits.upper() + "\n")
    assert read_public_key(digits) == read_public_key(str(tmp_path / "key.txt")) == digits
