"""The hooks a use case may have, and the one way to load them.

``hooks.py`` in a use case's folder holds plain functions, found by name. A public function that is not listed here is an
error: a typing slip must not make a decision vanish.

``clean(frame)``, ``features(frame)``            row-wise, stateless, label-free; same rows back
``check(frame)``                                 findings, as [{code, level, message, params, column}]
``decide(predictions, frame, settings)``         frame of decision columns, one row per row
``business_metrics(y_true, predictions, frame, settings)``   {name: value}
``document(facts)``                              sections, as [{title, sentences: [{message, params}]}]

``settings`` holds the decision settings by name and ``positive_class``. ``predictions`` has ``prediction`` and
``probability_<class>``. ``frame`` is typed and carries the original column names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

SIGNATURES: dict[str, tuple[str, ...]] = {
    "clean": ("frame",),
    "features": ("frame",),
    "check": ("frame",),
    "decide": ("predictions", "frame", "settings"),
    "business_metrics": ("y_true", "predictions", "frame", "settings"),
    "document": ("facts",),
}
Hook = Callable[..., Any]


class HookError(Exception):
    """A hooks.py is not as this module says; the message names the file and the function."""


def load(folder: Path) -> dict[str, Hook]:
    """The hooks of a use-case folder by name; empty when it has none. The folder may lie anywhere. HookError when one is unknown."""
    source = folder / "hooks.py"
    if not source.is_file():
        return {}
    name = "use_case_hooks_" + sha256(str(source.resolve()).encode()).hexdigest()[:12]
    module = ModuleType(name)
    module.__file__ = str(source)
    # Not through the import system: it would read and leave a __pycache__, and a bundle holds signed files only.
    exec(compile(source.read_bytes(), str(source), "exec"), vars(module))
    return checked(module)


def checked(module: ModuleType) -> dict[str, Hook]:
    """The module's public functions, each of them a hook with the arguments listed here, or HookError."""
    found: dict[str, Hook] = {}
    for name, value in vars(module).items():
        if name.startswith("_") or not inspect.isfunction(value) or value.__module__ != module.__name__:
            continue
        if name not in SIGNATURES:
            raise HookError(f"{module.__file__}: {name} is not a hook; known are {', '.join(SIGNATURES)}")
        arguments = tuple(inspect.signature(value).parameters)
        if arguments != SIGNATURES[name]:
            raise HookError(f"{module.__file__}: {name}{arguments} must take {SIGNATURES[name]}")
        found[name] = value
    return found
