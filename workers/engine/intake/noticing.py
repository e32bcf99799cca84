"""What a careful colleague would point out in a freshly imported table. Each is a finding with a stable code."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from domains import names
from workers.engine.bundle.runtime.reading import RawFile
from workers.engine.events import gettext_noop
from workers.engine.intake.findings import Finding
from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.profile import as_text, duplicates

if TYPE_CHECKING:
    import duckdb

MOSTLY_MISSING = 0.95
SENTINELS = {-9999, -999, -99, 99, 999, 9999, 99999, 999999}
SENTINEL_DATES = ("1900-01-01", "1970-01-01", "1899-12-30", "9999-12-31")
WIDE = 1000  # columns


def role_guess(column: dict[str, Any], rows: int) -> str | None:
    """id, time, text, sensitive or group, from the name and the values of one report entry; None for a plain feature."""
    name, unique, present = column["name"], column["unique"], rows - column["missing"]
    if present and unique == present and present >= 0.95 * rows and rows >= 20:
        numbered = column["type"] == "integer" and column["max"] - column["min"] + 1 == unique
        named = names.matches(name, names.ID)
        if column["type"] == "category" or (column["type"] == "integer" and (numbered or named)):
            return "id"
    if column["type"] == "datetime":
        return "time"
    if column["type"] == "text":
        return "text"
    if names.matches(name, names.SENSITIVE):
        return "sensitive"
    repeats = 1 < unique <= 0.95 * present
    return "group" if repeats and column["type"] in ("integer", "category") and names.matches(name, names.GROUP) else None


def of_file(raw: RawFile, kinds: list[ColumnKind]) -> list[Finding]:
    """How the file had to be read, where that was not plain."""
    found = []
    form = raw.format
    if form.encoding.startswith("utf-16"):
        found.append(Finding("encoding_utf16", "FIX", gettext_noop("The file was UTF-16; it was converted.")))
    if form.trailing_delimiter:
        found.append(
            Finding("trailing_delimiter", "FIX", gettext_noop("Every row ends with a delimiter; the empty field after it was left out."))
        )
    if form.blank_lines:
        found.append(Finding("blank_lines", "FIX", gettext_noop("%(count)d blank lines were skipped."), {"count": form.blank_lines}))
    if raw.trimmed_names:
        message = gettext_noop("Spaces around these column names were removed: %(columns)s.")
        examples = [{"before": name, "after": name.strip()} for name in raw.trimmed_names[:5]]
        found.append(
            Finding(
                "column_names_trimmed",
                "FIX",
                message,
                {"columns": ", ".join(name.strip() for name in raw.trimmed_names)},
                examples=examples,
            )
        )
    if raw.blank_names:
        message = gettext_noop("Columns without a name were named by their position: %(columns)s.")
        found.append(Finding("blank_column_name", "FIX", message, {"columns": ", ".join(raw.blank_names)}))
    if len(raw.names) > WIDE:
        message = gettext_noop("The table has %(count)d columns; a search over so many is slow. Leave out those that cannot matter.")
        found.append(Finding("many_columns", "WARN", message, {"count": len(raw.names)}))
    found += _confusable(raw.names)
    trimmed = [(name, kind) for name, kind in zip(raw.names, kinds, strict=True) if kind.trimmed]
    if trimmed:
        message = gettext_noop("Spaces around %(count)d cells were removed, in: %(columns)s.")
        examples = [
            {"before": kind.trimmed_example[0], "after": kind.trimmed_example[1]} for _, kind in trimmed[:5] if kind.trimmed_example
        ]
        params = {"count": sum(kind.trimmed for _, kind in trimmed), "columns": ", ".join(name for name, _ in trimmed[:20])}
        found.append(Finding("spaces_trimmed", "FIX", message, params, examples=examples))
    return found


def _confusable(column_names: list[str]) -> list[Finding]:
    alike: dict[str, list[str]] = defaultdict(list)
    for name in column_names:
        alike[unicodedata.normalize("NFKC", name).casefold().strip()].append(name)
    message = gettext_noop("These column names differ only in case or form: %(columns)s.")
    return [Finding("confusable_columns", "WARN", message, {"columns": ", ".join(group)}) for group in alike.values() if len(group) > 1]


def of_columns(columns: list[dict[str, Any]], rows: int) -> list[Finding]:
    """What each column's profile shows."""
    found: list[Finding] = []
    for column in columns:
        name = column["name"]
        if column["type"] == "empty":
            found.append(
                Finding("all_missing_column", "FIX", gettext_noop("%(column)s is empty in every row; it will not be used."), column=name)
            )
            continue
        share = column["missing"] / rows
        if column["unique"] == 1 and not column["missing"]:
            message = gettext_noop("%(column)s holds one value only, %(value)s; it can tell nothing and will not be used.")
            found.append(Finding("constant_column", "FIX", message, {"value": column["top"][0]["value"]}, column=name))
        elif share > MOSTLY_MISSING:
            message = gettext_noop("%(column)s is missing in %(percent)s %% of the rows.")
            found.append(Finding("mostly_missing", "WARN", message, {"percent": f"{100 * share:.1f}"}, column=name))
        found += _identity(column, rows) + _sentinels(column) + _variants(column)
    return found + _tokens(columns)


def _identity(column: dict[str, Any], rows: int) -> list[Finding]:
    """Ids, repeated entities, sensitive and personal columns."""
    name, found = column["name"], []
    if column["role_guess"] == "id":
        numbered = column["type"] == "integer" and column["max"] - column["min"] + 1 == column["unique"]
        if numbered:
            message = gettext_noop(
                "%(column)s only numbers the rows. It is proposed as an id and not modelled: row order can give the answer away."
            )
        else:
            message = gettext_noop("%(column)s differs in every row. It is proposed as an id: carried to the output, not modelled.")
        found.append(Finding("row_number" if numbered else "id_column", "WARN", message, column=name))
    elif column["role_guess"] == "group":
        message = gettext_noop(
            "%(column)s names %(unique)d entities in %(rows)d rows. If one entity must not stand on both sides of the test, give it the role group."
        )
        found.append(Finding("repeated_entity", "WARN", message, {"unique": column["unique"], "rows": rows}, column=name))
    elif names.matches(name, names.SENSITIVE):
        message = gettext_noop("%(column)s looks sensitive. With the role sensitive it is tested for fairness and not modelled.")
        found.append(Finding("sensitive_column", "WARN", message, column=name))
    return found


def _sentinels(column: dict[str, Any]) -> list[Finding]:
    """A number such as 999 at the edge of the range, far from the rest and often: probably "not known"."""
    top = {entry["value"]: entry["count"] for entry in column["top"]}
    suspect: str | None = None
    if column["type"] in ("integer", "number") and column.get("std"):
        for edge in (column["min"], column["max"]):
            text = as_text(edge)
            often = top.get(text, 0) >= max(3, 0.005 * (sum(top.values()) + column["other"]))
            far = abs(edge - column["median"]) > 3 * column["std"] or top.get(text, 0) > 0.5 * (sum(top.values()) + column["other"])
            if edge in SENTINELS and often and far and column["unique"] > 2:
                suspect = text
    elif column["type"] == "datetime":
        suspect = next((date for date in SENTINEL_DATES if date in top), None)
    if suspect is None:
        return []
    message = gettext_noop("%(value)s occurs %(count)d times in %(column)s and may stand for a missing value. It is kept as it is.")
    return [Finding("sentinel_value", "WARN", message, {"value": suspect, "count": top[suspect]}, column=column["name"])]


def _variants(column: dict[str, Any]) -> list[Finding]:
    """Values that differ only in case or inner spaces."""
    if column["type"] != "category":
        return []
    alike: dict[str, list[str]] = defaultdict(list)
    for entry in column["top"]:
        alike[" ".join(entry["value"].casefold().split())].append(entry["value"])
    groups = [group for group in alike.values() if len(group) > 1]
    if not groups:
        return []
    message = gettext_noop("%(column)s has values that differ only in case or spaces, such as %(values)s. They are kept apart.")
    return [Finding("value_variants", "WARN", message, {"values": ", ".join(groups[0])}, column=column["name"])]


def _tokens(columns: list[dict[str, Any]]) -> list[Finding]:
    """Words read as missing: listed, because NA can be Namibia."""
    listed = []
    for column in columns:
        words = [f"{token} ({count})" for token, count in column["missing_tokens"].items() if token]
        if words:
            listed.append((column["name"], ", ".join(words)))
    if not listed:
        return []
    message = gettext_noop("Some words were read as missing, in: %(columns)s.")
    examples = [{"before": f"{name}: {words}", "after": ""} for name, words in listed[:20]]
    return [Finding("missing_tokens", "FIX", message, {"columns": ", ".join(name for name, _ in listed[:20])}, examples=examples)]


def of_rows(db: duckdb.DuckDBPyConnection, table: str, columns: list[dict[str, Any]]) -> list[Finding]:
    """Rows that repeat. An id that differs in every row is not compared: it would hide them."""
    compared = [column["name"] for column in columns if column["role_guess"] != "id" and column["type"] != "empty"]
    if not compared:
        return []
    count, rows = duplicates(db, table, compared)
    if not count:
        return []
    message = gettext_noop(
        "%(count)d rows repeat an earlier row. A copy on both sides of the test makes results look better than they are."
    )
    return [Finding("duplicate_rows", "WARN", message, {"count": count}, rows=rows)]
