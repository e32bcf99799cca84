"""Does a file hold what the predictor needs? Asked before the predictor is loaded."""

from __future__ import annotations

import difflib
import unicodedata
from typing import Any

from workers.engine.bundle.runtime.frame import feature_columns
from workers.engine.events import Refused, gettext_noop

SHOWN = 20


def needed(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns a file may not lack: required features the hooks do not derive."""
    return [c for c in feature_columns(schema) if c.get("required", True) and not c.get("derived")]


def read_columns(schema: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """The schema entries to cast out of a file with these column names: features, whether required or not."""
    present = set(names)
    return [c for c in feature_columns(schema) if not c.get("derived") and c["name"] in present]


def id_names(schema: dict[str, Any], names: list[str]) -> list[str]:
    """The id columns the file holds, in schema order; they are carried to the output as text."""
    present = set(names)
    return [c["name"] for c in schema["columns"] if c["role"] == "id" and c["name"] in present]


def near_misses(missing: list[str], names: list[str]) -> dict[str, str]:
    """{missing name: the most similar name in the file}, where there is one."""
    plain = {_plain(name): name for name in reversed(names)}
    found = {}
    for name in missing:
        close = difflib.get_close_matches(_plain(name), list(plain), n=1, cutoff=0.75)
        if close:
            found[name] = plain[close[0]]
    return found


def check_columns(schema: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Refuse a file without a needed column (`missing_columns`); return warnings about the others.

    Column order is free. Names match exactly; nothing is renamed in silence, a similar name is only suggested.
    """
    missing = [c["name"] for c in needed(schema) if c["name"] not in set(names)]
    known = {column["name"] for column in schema["columns"]}
    extra = [name for name in names if name not in known]
    if missing:
        similar = near_misses(missing, extra)
        params: dict[str, Any] = {"names": ", ".join(missing[:SHOWN]), "count": len(missing)}
        params |= {"columns": missing[:SHOWN], "suggestions": similar}
        message = gettext_noop("The file lacks columns the predictor needs: %(names)s.")
        if similar:
            params["similar"] = ", ".join(f"{found} → {name}" for name, found in list(similar.items())[:SHOWN])
            message = gettext_noop("The file lacks columns the predictor needs: %(names)s. Perhaps they were renamed: %(similar)s.")
        raise Refused("missing_columns", message, params)
    warnings = []
    if extra:
        text = gettext_noop("Columns the predictor does not know were left out: %(names)s.")
        warnings.append(warning("extra_columns", text, names=", ".join(extra[:SHOWN]), count=len(extra)))
    if schema["label"] in names:
        text = gettext_noop("The file holds the label %(column)s; it was not used.")
        warnings.append(warning("label_present", text, column=schema["label"]))
    return warnings


def warning(code: str, message: str, **params: Any) -> dict[str, Any]:
    """One warning of a result: stable code, %-template, params."""
    return {"code": code, "message": message, "params": params}


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(mark for mark in folded if mark.isalnum())
