"""Does a file hold what the predictor needs? Asked before the predictor is loaded."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from typing import Any

from workers.engine.bundle.runtime.frame import feature_columns
from workers.engine.events import Refused, gettext_noop

SHOWN = 20  # names in a sentence
LISTED = 200  # names in a table that maps one to the other
SIMILAR = 0.75  # of difflib's ratio, from which a name is suggested
UNUSED = ("exclude", "sensitive", "group", "site", "weight")
MOST_COMPARED = 2000  # names of the file that are compared letter by letter


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


def renamed(schema: dict[str, Any], names: list[str], rename: Mapping[str, str]) -> list[str]:
    """The file's column names once ``rename`` ({file column: predictor column}) is applied.

    Refused (`rename_invalid`) when the file lacks the one or the predictor does not know the other.
    """
    known = {column["name"] for column in schema["columns"]}
    wrong = [f"{old} → {new}" for old, new in rename.items() if old not in names or new not in known]
    if wrong:
        message = gettext_noop("These names cannot be used: %(names)s. Map a column of the file to a column the predictor knows.")
        raise Refused("rename_invalid", message, {"names": ", ".join(wrong[:SHOWN])})
    return [rename.get(name, name) for name in names]


def refuse_duplicates(names: list[str]) -> None:
    """Raise `duplicate_columns` when a name stands for more than one column."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = gettext_noop("These column names occur more than once in the file: %(names)s. Rename or remove the copies.")
        raise Refused("duplicate_columns", message, {"names": ", ".join(twice[:SHOWN])})


def near_misses(missing: list[str], names: list[str]) -> dict[str, str]:
    """{missing name: the most similar name in the file}, where there is one; no name of the file is suggested twice."""
    free = {_plain(name): name for name in reversed(names)}
    found = {}
    for name in missing:
        if same := free.pop(_plain(name), None):
            found[name] = same
    for name in missing:
        if name in found:
            continue
        close = difflib.get_close_matches(_plain(name), list(free)[:MOST_COMPARED], n=1, cutoff=SIMILAR)
        if close:
            found[name] = free.pop(close[0])
    return {name: found[name] for name in missing if name in found}


def check_columns(schema: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Refuse a file without a needed column (`missing_columns`); return warnings about the others.

    Column order is free. Names match exactly; nothing is renamed in silence, a similar name is only suggested: the
    refusal's params carry "columns" (missing), "suggestions" {missing: similar}, "extra" and "rename" {file: predictor}.
    """
    present = set(names)
    known = {column["name"] for column in schema["columns"]}
    extra = [name for name in names if name not in known]
    missing = [c["name"] for c in needed(schema) if c["name"] not in present]
    if missing:
        raise _lacking(missing, extra)
    warnings = []
    if extra:
        text = gettext_noop("Columns the predictor does not know were left out: %(names)s.")
        warnings.append(warning("extra_columns", text, names=", ".join(extra[:SHOWN]), count=len(extra)))
    spelled = _spelled_otherwise([c["name"] for c in schema["columns"] if c["role"] not in UNUSED and c["name"] not in present], extra)
    if spelled:
        text = gettext_noop("Columns of the file are spelled a little otherwise than the predictor's and were left out: %(names)s.")
        names_shown = ", ".join(f"{old} → {new}" for old, new in list(spelled.items())[:SHOWN])
        warnings.append(warning("similar_columns", text, names=names_shown, rename=spelled))
    if schema["label"] in present:
        text = gettext_noop("The file holds the label %(column)s. It was not used to predict; the predictions can be compared with it.")
        warnings.append(warning("label_present", text, column=schema["label"]))
    return warnings


def order_warning(schema: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """A `columns_reordered` when the columns of a file stand in another order than in training."""
    expected = [column["name"] for column in read_columns(schema, names)]
    found = [name for name in names if name in set(expected)]
    if found == expected:
        return []
    moved = next(name for name, wanted in zip(found, expected, strict=True) if name != wanted)
    text = gettext_noop("The columns stand in another order than in training, from %(column)s on; they were matched by name.")
    return [warning("columns_reordered", text, column=moved)]


def warning(code: str, message: str, **params: Any) -> dict[str, Any]:
    """One warning of a result: stable code, %-template, params."""
    return {"code": code, "message": message, "params": params}


def _lacking(missing: list[str], extra: list[str]) -> Refused:
    similar = near_misses(missing, extra)
    params: dict[str, Any] = {"names": ", ".join(missing[:SHOWN]), "count": len(missing)}
    params |= {"columns": missing[:LISTED], "suggestions": similar, "extra": extra[:LISTED], "extra_count": len(extra)}
    params["rename"] = {found: name for name, found in similar.items()}
    message = gettext_noop("The file lacks columns the predictor needs: %(names)s.")
    if similar:
        params["similar"] = ", ".join(f"{found} → {name}" for name, found in list(similar.items())[:SHOWN])
        message = gettext_noop("The file lacks columns the predictor needs: %(names)s. Perhaps they were renamed: %(similar)s.")
    return Refused("missing_columns", message, params)


def _spelled_otherwise(absent: list[str], extra: list[str]) -> dict[str, str]:
    """{name in the file: the predictor's}, for optional columns that differ only by case, spaces or punctuation."""
    plain = {_plain(name): name for name in reversed(extra)}
    return {plain[_plain(name)]: name for name in absent if _plain(name) in plain}


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(mark for mark in folded if mark.isalnum()) or folded
