"""What a bundle needs installed, found in the bundle itself: exact pins of everything, and of nothing else.

Pickles name the modules they need; they are read as opcodes here, never loaded. Python files name theirs in imports.
"""

from __future__ import annotations

import ast
import io
import pickletools
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# AutoGluon imports these lazily: the extra that brings them, by the package of the model class.
EXTRAS = {
    "lgb": "lightgbm",
    "catboost": "catboost",
    "xgboost": "xgboost",
    "tabm": "tabm",
    "realmlp": "realmlp",
    "ebm": "interpret",
}
TORCH_MODELS = tuple(f"autogluon.tabular.models.{name}." for name in ("tabular_nn.torch", "tabm", "realmlp"))
ALWAYS = {"autogluon.tabular", "cryptography", "numpy", "pandas", "pyarrow"}


def pickled_modules(folder: Path) -> set[str]:
    """Every module name a pickle under `folder` refers to (also those inside torch's zip files)."""
    found: set[str] = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".pkl":
            found |= _modules(path.read_bytes())
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in (n for n in archive.namelist() if n.endswith(".pkl")):
                    found |= _modules(archive.read(name))
    return found


def imported_modules(folder: Path) -> set[str]:
    """Every module the Python files under `folder` import by absolute name, also inside functions."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return found


def requirements(bundle_dir: Path, pickled: set[str]) -> list[str]:
    """Lines of a requirements file: what the bundle needs and all that in turn needs, each pinned to what is installed.

    `pickled`: the modules its predictor's pickles name.
    """
    used = pickled | imported_modules(bundle_dir / "runtime") | imported_modules(bundle_dir / "domain")
    roots = ALWAYS | _distributions({name.split(".")[0] for name in used})
    models = {name.split(".")[3] for name in pickled if name.startswith("autogluon.tabular.models.") and name.count(".") >= 3}
    extras = {EXTRAS[name] for name in models if name in EXTRAS}
    if any(name.startswith(TORCH_MODELS) for name in pickled):
        roots.add("torch")
    wanted = {"autogluon-tabular" + (f"[{','.join(sorted(extras))}]" if extras else "")}
    wanted |= {canonicalize_name(name) for name in roots if not name.startswith("autogluon")}
    return sorted(_pin(requirement) for requirement in _closure(wanted))


def _modules(data: bytes) -> set[str]:
    """Modules named by GLOBAL and STACK_GLOBAL, in one file that may hold several pickles in a row."""
    found: set[str] = set()
    file = io.BytesIO(data)
    while file.tell() < len(data):
        strings: list[str] = [""] * 2
        memo: dict[Any, Any] = {}
        last: Any = None
        try:
            for opcode, argument, _ in pickletools.genops(file):
                if opcode.name == "MEMOIZE" or opcode.name.endswith("PUT"):
                    memo[len(memo) if argument is None else argument] = last
                    continue
                last = memo.get(argument) if opcode.name.endswith("GET") else argument
                if opcode.name == "GLOBAL":
                    found.add(str(argument).split(" ")[0])
                elif opcode.name == "STACK_GLOBAL":
                    found.add(strings[-2])
                elif isinstance(last, str):
                    strings.append(last)
        except ValueError:
            break  # what follows the last pickle is raw data
    return found


@lru_cache(maxsize=1024)
def _installed(name: str) -> tuple[str, tuple[str, ...]] | None:
    """(version, what it requires) of an installed distribution; reading its metadata is slow, so once."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    return found.version, tuple(found.requires or ())


@lru_cache(maxsize=1)
def _packages() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _distributions(packages: set[str]) -> set[str]:
    """The distributions that bring these import names: of the same name, else looked up (slower)."""
    ours = {"workers", "domains", "autogluon", *sys.stdlib_module_names}
    found: set[str] = set()
    for package in packages - ours:
        found |= {package} if _installed(canonicalize_name(package)) else set(_packages().get(package, []))
    return found


def _closure(wanted: set[str]) -> set[str]:
    """The requirements and all they need, as "name" or "name[extras]"; only what is installed can be pinned."""
    done: set[str] = set()
    waiting = list(wanted)
    while waiting:
        text = waiting.pop()
        if text in done:
            continue
        done.add(text)
        waiting.extend(_needs(Requirement(text)))
    bare = {Requirement(text).name: text for text in sorted(done)}  # "name[extra]" sorts after "name" and wins
    return set(bare.values())


def _needs(requirement: Requirement) -> Iterator[str]:
    here = {name: str(value) for name, value in default_environment().items()}
    own = _installed(canonicalize_name(requirement.name))
    for line in own[1] if own else ():
        need = Requirement(line)
        environments = [{**here, "extra": extra} for extra in ("", *requirement.extras)]
        if need.marker and not any(need.marker.evaluate(environment) for environment in environments):
            continue
        name = canonicalize_name(need.name)
        if _installed(name):
            yield name + (f"[{','.join(sorted(need.extras))}]" if need.extras else "")


def _pin(text: str) -> str:
    found = _installed(canonicalize_name(Requirement(text).name))
    if found is None:
        raise LookupError(f"{text} is needed but not installed")
    # A local version such as +cpu exists on one index only; the public version installs anywhere.
    return f"{text}=={found[0].split('+')[0]}"
