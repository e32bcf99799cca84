"""The names of the columns: trimmed, told apart, made up where they are blank. Each change is a note, each doubt a question."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engine.bundle.runtime.refusal import Choices, Note, Question, ReadError, gettext_noop, picked

if TYPE_CHECKING:
    import pyarrow as pa

MAX_NAME = 1000  # characters
BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff"
Columns = Callable[[list[int]], Iterator["pa.Table"]]  # the raw cells of some columns, by their position in the file


@dataclass
class Names:
    """Names by position in the file; ``dropped`` are those of the positions that are left out, with the code why."""

    names: list[str]
    dropped: dict[int, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def positions(self) -> list[int]:
        return [place for place in range(len(self.names)) if place not in self.dropped]


def name_columns(first: list[str], *, header: bool, columns: Columns, rows: int, answers: Mapping[str, str]) -> Names:
    """Settle the names of a table whose first record is ``first`` (ignored without ``header``).

    ReadError: column_name_too_long, duplicate_columns, answer_unknown.
    """
    if not header:
        return Names([f"column_{place}" for place in range(1, len(first) + 1)])
    found = Names([name.strip(BLANKS) for name in first])
    _trimmed(found, first)
    for position, name in enumerate(found.names, start=1):
        if len(name) > MAX_NAME:
            message = gettext_noop(
                "The name of column %(position)d has %(length)d characters; at most %(limit)d can be kept. Is the first row really the header?"
            )
            raise ReadError("column_name_too_long", message, {"position": position, "length": len(name), "limit": MAX_NAME})
    _duplicates(found, columns, answers)
    _blank(found, columns, rows, answers)
    _confusable(found, answers)
    if not found.positions:
        found.dropped.clear()
    return found


def _trimmed(found: Names, first: list[str]) -> None:
    changed = [(before, name) for before, name in zip(first, found.names, strict=True) if name and before.lstrip("\ufeff") != name]
    if changed:
        message = gettext_noop("Spaces around these column names were removed: %(columns)s.")
        columns = ", ".join(name for _, name in changed[:20])
        found.notes.append(Note("column_names_trimmed", message, {"columns": columns}, examples=tuple(changed[:5])))


def _duplicates(found: Names, columns: Columns, answers: Mapping[str, str]) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(found.names):
        if name:
            places[name].append(place)
    groups = [group for group in places.values() if len(group) > 1]
    if not groups:
        return
    same = equal(columns([place for group in groups for place in group]), groups)
    number = ("number", gettext_noop("Keep all, and number the names: a, a (2) and so on"))
    first = ("keep_first", gettext_noop("Keep the first of each, for the others hold the same"))
    choices: Choices = (first, number) if all(same) else (number,)
    answer = answers.get("duplicate_columns")
    answer = None if answer == "keep_first" and not all(same) else picked(answers, "duplicate_columns", choices)
    name = found.names[groups[0][0]]
    positions = ", ".join(str(place + 1) for place in groups[0])
    if answer is None:
        raise _refused(name, positions, same[0], choices, _listed(found, groups, same))
    for group in groups:
        for count, place in enumerate(group[1:], start=2):
            if answer == "keep_first":
                found.dropped[place] = "duplicate_columns"
            else:
                found.names[place] = _free(f"{found.names[place]} ({count})", found.names)
    message = gettext_noop("Column names that stood more than once were settled as you said. First: %(name)s in columns %(positions)s.")
    params = {"name": name, "positions": positions}
    found.notes.append(Note("duplicate_columns", message, params, choices=choices, answer=answer, examples=_listed(found, groups, same)))


def _refused(name: str, positions: str, same: bool, choices: Choices, listed: tuple[tuple[str, str], ...]) -> ReadError:
    if same:
        message = gettext_noop("The column name %(name)s stands in columns %(positions)s, which hold the same. Leave out the copies.")
    else:
        message = gettext_noop("The column name %(name)s stands in columns %(positions)s, which differ. Give each column its own name.")
    examples = [{"before": before, "after": after} for before, after in listed]
    params = {"name": name, "positions": positions, "equal": same}
    return ReadError("duplicate_columns", message, params, column=name, choices=choices, examples=examples)


def _listed(found: Names, groups: list[list[int]], same: list[bool]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{found.names[group[0]]}: {', '.join(str(place + 1) for place in group)}", "=" if alike else "≠")
        for group, alike in zip(groups[:5], same, strict=False)
    )


def equal(tables: Iterator[pa.Table], groups: list[list[int]]) -> list[bool]:
    """For each group of columns, which follow each other in the tables, whether all hold the same cells in every row."""
    same = [True] * len(groups)
    for table in tables:
        begin = 0
        for number, group in enumerate(groups):
            first, *others = table.columns[begin : begin + len(group)]
            same[number] = same[number] and all(first.equals(other) for other in others)
            begin += len(group)
        if not any(same):
            break
    return same


def _blank(found: Names, columns: Columns, rows: int, answers: Mapping[str, str]) -> None:
    """A saved row number and empty columns are dropped; what to do with other columns without a name is asked."""
    blank = [place for place, name in enumerate(found.names) if not name]
    if not blank:
        return
    counted, empty = _contents(columns(blank), blank)
    for place in blank:
        found.names[place] = _free(f"column_{place + 1}", found.names)
    if counted == 0:
        choices: Choices = (("drop", gettext_noop("Leave it out")), ("keep", gettext_noop("Keep it")))
        answer = picked(answers, "saved_index", choices)
        message = gettext_noop(
            "The first column has no name and numbers the rows from 0 to %(last)d, as a saved index does. It was left out."
        )
        kept = gettext_noop("The first column has no name and numbers the rows from 0 to %(last)d, as a saved index does. It was kept.")
        found.notes.append(
            Note("saved_index", kept if answer == "keep" else message, {"last": rows - 1}, choices=choices, answer=answer or "drop")
        )
        if answer != "keep":
            found.dropped[0] = "saved_index"
    for place in empty:
        found.dropped[place] = "blank_column_name"
    known = empty | ({0} if counted is not None else set())
    _ask_blank(found, [place for place in blank if place not in known], answers)
    named = [found.names[place] for place in known if place in found.dropped and place in empty]
    if named:
        message = gettext_noop("Columns without a name and without a single value were left out: %(columns)s.")
        found.notes.append(Note("blank_column_name", message, {"columns": ", ".join(named[:20])}))
    elif counted == 1:
        message = gettext_noop("Columns without a name were named by their position: %(columns)s.")
        found.notes.append(Note("blank_column_name", message, {"columns": found.names[0]}))


def _ask_blank(found: Names, unclear: list[int], answers: Mapping[str, str]) -> None:
    if not unclear:
        return
    choices: Choices = (("name", gettext_noop("Keep them under these names")), ("drop", gettext_noop("Leave them out")))
    answer = picked(answers, "blank_column_name", choices)
    message = gettext_noop("Columns have no name; they would be called: %(columns)s.")
    params = {"columns": ", ".join(found.names[place] for place in unclear[:20])}
    found.questions.append(Question("blank_column_name", message, choices, answer, params=params))
    if answer == "drop":
        found.dropped |= dict.fromkeys(unclear, "blank_column_name")


def _contents(tables: Iterator[pa.Table], blank: list[int]) -> tuple[int | None, set[int]]:
    """(0 or 1 when the column at position 0 counts the rows from there, else None; the positions without a single value)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = set(blank)
    counts = {0, 1} if 0 in blank else set()
    done = 0
    for table in tables:
        for place, column in zip(blank, table.columns, strict=True):
            if place in empty and pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py():
                empty.discard(place)
        for begin in list(counts):
            expected = pa.array(range(begin + done, begin + done + table.num_rows)).cast(pa.string())
            if not table.column(0).combine_chunks().equals(expected):
                counts.discard(begin)
        done += table.num_rows
        if not empty and not counts:
            break
    return (min(counts) if counts and done > 1 else None), empty


def _confusable(found: Names, answers: Mapping[str, str]) -> None:
    alike: dict[str, list[int]] = defaultdict(list)
    for place in found.positions:
        alike[" ".join(unicodedata.normalize("NFKC", found.names[place]).casefold().split())].append(place)
    groups = [group for group in alike.values() if len(group) > 1]
    if not groups:
        return
    choices: Choices = (
        ("keep", gettext_noop("They are different columns; keep all")),
        ("keep_first", gettext_noop("Keep the first of each and leave out the others")),
    )
    answer = picked(answers, "confusable_columns", choices)
    listed = [", ".join(found.names[place] for place in group) for group in groups]
    message = gettext_noop("These column names differ only in case or form: %(columns)s.")
    examples = tuple((text, "") for text in listed[:5])
    found.questions.append(Question("confusable_columns", message, choices, answer, examples, {"columns": "; ".join(listed[:10])}))
    if answer == "keep_first":
        found.dropped |= {place: "confusable_columns" for group in groups for place in group[1:]}


def _free(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "_"
    return name
