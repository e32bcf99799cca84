"""What a careful colleague would point out in a freshly imported table. Each is a finding with a stable code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains import names
from workers.engine.bundle.runtime.reading import RawFile
from workers.engine.events import gettext_noop
from workers.engine.intake import entities, personal, sentinels
from workers.engine.intake.findings import Finding, choice
from workers.engine.intake.kinds import ColumnKind
from workers.engine.intake.profile import relation
from workers.engine.intake.repeats import repeated_rows

if TYPE_CHECKING:
    import duckdb

FEW = 500  # rows, below which results are uncertain
MOSTLY_MISSING = 0.95
ONE_VALUE = 0.995
MANY_VARIANTS = 200  # more spellings are text, not slips


def of_size(rows: int) -> list[Finding]:
    """Whether a table is so short that what is learned from it is uncertain."""
    if rows >= FEW:
        return []
    message = gettext_noop("The table has %(rows)d rows. With fewer than %(needed)d, what is learned from it is uncertain.")
    return [Finding("too_few_rows", "WARN", message, {"rows": rows, "needed": FEW})]


def of_file(raw: RawFile, kinds: list[ColumnKind]) -> list[Finding]:
    """What was done to cells all over the file. How the file itself had to be read stands in its notes."""
    found = []
    trimmed = [(name, kind) for name, kind in zip(raw.names, kinds, strict=True) if kind.trimmed]
    if trimmed:
        message = gettext_noop("Spaces around %(count)d cells were removed, in: %(columns)s.")
        examples = [
            {"before": kind.trimmed_example[0], "after": kind.trimmed_example[1]} for _, kind in trimmed[:5] if kind.trimmed_example
        ]
        params = {"count": sum(kind.trimmed for _, kind in trimmed), "columns": ", ".join(name for name, _ in trimmed[:20])}
        found.append(Finding("spaces_trimmed", "FIX", message, params, examples=examples))
    return found


def of_table(
    db: duckdb.DuckDBPyConnection,
    data: Path,
    columns: list[dict[str, Any]],
    kinds: Mapping[str, ColumnKind],
    answers: Mapping[str, str],
    known: Collection[str],
    rows: int,
) -> list[Finding]:
    """What the finished table shows, column by column and as a whole.

    ``kinds``: what was seen of the raw cells, by column. ``answers``: given earlier. ``known``: keys already spoken of.
    """
    table = relation(data)
    found = [finding for column in columns for finding in _of_column(column, kinds[column["name"]], rows)]
    found += _near_constant(columns, rows)
    found += entities.of_time(data, columns, rows) + entities.of_values(db, table, columns, rows)
    # An id that differs in every row is not compared: it would hide the copies.
    compared = [column["name"] for column in columns if column["role_guess"] != "id" and column["type"] != "empty"]
    found += repeated_rows(db, table, compared, rows, _telling(columns, set(compared))) if compared else []
    found = [finding for finding in found if finding.key not in known]
    for finding in found:
        if finding.choices and answers.get(finding.key) == "keep":  # other answers change the reading, and are listed where they do
            finding.answer = "keep"
    return found


def _telling(columns: list[dict[str, Any]], compared: Collection[str]) -> list[str]:
    """The compared columns in which the fewest rows agree; not texts, which are slow to read."""
    chosen = [column for column in columns if column["name"] in compared and column["type"] not in ("text", "category", "boolean")]
    return [column["name"] for column in sorted(chosen, key=lambda column: -column["unique"])[:4]]


def _of_column(column: dict[str, Any], kind: ColumnKind, rows: int) -> list[Finding]:
    name = column["name"]
    if column["type"] == "empty":
        message = gettext_noop("%(column)s is empty in every row; it will not be used.")
        return [Finding("all_missing_column", "FIX", message, column=name)]
    found = []
    share = column["missing"] / rows
    if column["unique"] == 1 and not column["missing"]:
        message = gettext_noop("%(column)s holds one value only, %(value)s; it can tell nothing and will not be used.")
        found.append(Finding("constant_column", "FIX", message, {"value": column["top"][0]["value"]}, column=name))
    elif share > MOSTLY_MISSING:
        message = gettext_noop("%(column)s is missing in %(percent)s %% of the rows.")
        found.append(Finding("mostly_missing", "WARN", message, {"percent": f"{100 * share:.1f}"}, column=name))
    person = None if column["pseudonymised"] else personal.of_column(column, kind.sample, rows)
    sentinel = sentinels.of_column(column, kind, rows)
    found += [finding for finding in (person, sentinel) if finding]
    return found + entities.of_column(column, rows) + _variants(column, kind) + _many_names(column, rows)


def _variants(column: dict[str, Any], kind: ColumnKind) -> list[Finding]:
    """Values that differ only in case or inner spaces."""
    if column["type"] != "category":
        return []
    same = names.spellings(kind.words if kind.words_complete else Counter(kind.sample))
    if not same or len(same) > MANY_VARIANTS:
        return []
    message = gettext_noop("%(column)s has values that differ only in case or spaces, such as %(values)s. They are kept apart.")
    choices = [
        choice("keep", gettext_noop("Keep them apart")),
        choice("merge", gettext_noop("Merge them into the most frequent spelling")),
    ]
    before, after = next(iter(same.items()))
    examples = [{"before": word, "after": best} for word, best in list(same.items())[:20]]
    params = {"values": f"{after}, {before}", "count": len(same)}
    return [Finding("value_variants", "WARN", message, params, column=column["name"], choices=choices, examples=examples)]


def _many_names(column: dict[str, Any], rows: int) -> list[Finding]:
    """A category that hardly repeats, and is no id, entity or text."""
    present = rows - column["missing"]
    if column["type"] != "category" or column["role_guess"] is not None or not max(100, 0.5 * present) < column["unique"]:
        return []
    message = gettext_noop(
        "%(column)s has %(unique)d different values in %(rows)d rows; little can be learned from names that hardly repeat."
    )
    return [Finding("high_cardinality", "WARN", message, {"unique": column["unique"], "rows": present}, column=column["name"])]


def _near_constant(columns: list[dict[str, Any]], rows: int) -> list[Finding]:
    """Columns in which one value fills nearly every row, in one finding: a wide table has many."""
    listed = [
        f"{column['name']} ({100 * column['top'][0]['count'] / rows:.2f} % {column['top'][0]['value']})"
        for column in columns
        if column["top"] and column["unique"] > 1 and ONE_VALUE * rows < column["top"][0]["count"] < rows
    ]
    if not listed:
        return []
    message = gettext_noop("One value fills more than 99.5 %% of the rows in: %(columns)s.")
    return [Finding("near_constant", "WARN", message, {"columns": ", ".join(listed[:20]), "count": len(listed)})]
