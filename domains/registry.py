"""Finds every domain and use case by walking the folders. A folder that cannot be read is an error, never skipped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from domains.schema import Domain, UseCase

ROOT = Path(__file__).parent
_Model = TypeVar("_Model", bound=BaseModel)


class RegistryError(Exception):
    """A domain or use-case folder is not as the schema says; the message names the file."""


class UnknownUseCase(KeyError):
    """Nobody declared a use case with this key."""


def domains() -> dict[str, Domain]:
    """Every domain by key, in gallery order."""
    return dict(_load(ROOT)[0])


def use_cases() -> dict[str, UseCase]:
    """Every use case by key, in gallery order of their domains, then by folder name."""
    return dict(_load(ROOT)[1])


def use_case(key: str) -> UseCase:
    """The use case ``key`` such as ``finance/credit_default``; UnknownUseCase if there is none."""
    found = _load(ROOT)[1].get(key)
    if found is None:
        raise UnknownUseCase(key)
    return found


def folder(key: str) -> Path:
    """The folder of a known use case: its YAML, hooks and sample."""
    return ROOT / use_case(key).key


def texts() -> list[str]:
    """Every sentence of every YAML file that a person can see, once each, for the message catalogues."""
    found, cases = _load(ROOT)
    shown = [text for domain in found.values() for text in (domain.title, domain.summary)]
    shown += [text for case in cases.values() for text in case.texts()]
    return list(dict.fromkeys(shown))


@lru_cache(maxsize=8)
def _load(root: Path) -> tuple[dict[str, Domain], dict[str, UseCase]]:
    found: dict[str, Domain] = {}
    cases: dict[str, UseCase] = {}
    for domain_file in sorted(root.glob("*/domain.yaml")):
        domain = _read(domain_file, Domain)
        _same(domain_file, domain.key, domain_file.parent.name)
        found[domain.key] = domain
        for case_folder in sorted(path for path in domain_file.parent.iterdir() if path.is_dir() and path.name != "__pycache__"):
            case = _read(case_folder / "use_case.yaml", UseCase)
            _same(case_folder, case.key, f"{domain.key}/{case_folder.name}")
            cases[case.key] = case
    found = dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))
    rank = list(found)
    return found, dict(sorted(cases.items(), key=lambda item: (rank.index(item[1].domain), item[0])))


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise RegistryError(f"{path}: {error}") from error


def _same(path: Path, key: str, expected: str) -> None:
    if key != expected:
        raise RegistryError(f"{path}: key is {key!r}, the folder says {expected!r}")
