"""What the chosen label itself shows: rows without it, classes too rare or too many, and how it is read.

From its column profile alone, so that it is said the moment the label is chosen. Nothing here stops a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domains import names
from domains.messages import gettext_noop

Column = Mapping[str, Any]
Warned = dict[str, Any]  # {code, level, message, params, column: None, choices, examples}; the label is params["column"]

RARE = 10  # rows
IMBALANCE = 0.05
ASKED_CLASSES = 100
CODED = (
    r"(^|[ _.-])(code|class|grade|level|rating|stars?|rank|stage|type|group|category|score|icd\w*|zip|postcode)([ _.-]|$)|等级|级别|类别|评分",
)
FEW_NUMBERS = 20


def label_warnings(column: Column, rows: int, kind: str, inferred: tuple[str, str]) -> list[Warned]:
    """Everything to be known about the label column. ``kind``: the problem type; ``inferred``: the one the label suggests, and why."""
    if rows <= column["missing"]:
        return []
    found = _missing(column, rows) + _reading(column, kind, inferred)
    return found + _classes(column, rows) if kind in ("binary", "multiclass") and column.get("top") else found


def _missing(column: Column, rows: int) -> list[Warned]:
    missing = column["missing"]
    if not missing:
        return []
    params = {"count": missing, "rows": rows, "percent": f"{100 * missing / rows:.2g}"}
    message = gettext_noop(
        "%(column)s is missing in %(count)d of %(rows)d rows (%(percent)s %%). These rows are set aside and not learned from."
    )
    choices = [
        _choice("drop", gettext_noop("Leave these rows out")),
        _choice("score", gettext_noop("Leave them out, and predict them after the run by scoring this file")),
    ]
    return [_warned("target_missing", "ASK", message, column, params, choices=choices)]


def _reading(column: Column, kind: str, inferred: tuple[str, str]) -> list[Warned]:
    """Numbers that may be classes, or classes that may be numbers: the guess, why, and the other way."""
    if column["type"] not in ("integer", "number") or column["unique"] <= 2:
        return []
    guess, reason = inferred
    doubtful = column["unique"] <= FEW_NUMBERS or (column["unique"] <= 500 and names.matches(column["name"], CODED))
    if not doubtful and guess == kind:
        return []
    labels = {
        "multiclass": _choice("multiclass", gettext_noop("Predict one of its values")),
        "regression": _choice("regression", gettext_noop("Predict a number")),
    }
    if kind not in labels:
        return []
    if kind == guess:
        message = gettext_noop("%(column)s can be read as classes or as a number. %(reason)s")
    else:
        message = gettext_noop("%(column)s is read as you chose; left to itself the program would choose otherwise. %(reason)s")
    choices = [labels.pop(kind), *labels.values()]
    params = {"reason": reason, "unique": column["unique"], "guess": guess}
    return [_warned("problem_type_guess", "WARN", message, column, params, choices=choices)]


def _classes(column: Column, rows: int) -> list[Warned]:
    found = []
    counts = {str(entry["value"]): int(entry["count"]) for entry in column["top"]}
    same = names.spellings(counts)
    if same:
        before, after = next(iter(same.items()))
        message = gettext_noop(
            "Classes of %(column)s differ only in case or spaces, such as %(values)s. They are learned as different answers."
        )
        choices = [
            _choice("merge", gettext_noop("Merge them: answer the finding value_variants of the dataset so")),
            _choice("keep", gettext_noop("They are different classes")),
        ]
        examples = [{"before": word, "after": best} for word, best in list(same.items())[:20]]
        found.append(
            _warned("label_variants", "ASK", message, column, {"values": f"{after}, {before}"}, choices=choices, examples=examples)
        )
    if column["unique"] > ASKED_CLASSES:
        message = gettext_noop(
            "%(column)s has %(unique)d classes. So many are learned slowly and badly; fewer, broader ones would do better."
        )
        choices = [
            _choice("continue", gettext_noop("Go on as it is")),
            _choice("group", gettext_noop("Group the classes in the data, and import it again")),
        ]
        found.append(_warned("many_classes", "ASK", message, column, {"unique": column["unique"]}, choices=choices))
    return found + _rare(column, counts, rows)


def _rare(column: Column, counts: dict[str, int], rows: int) -> list[Warned]:
    found = []
    rare = {value: count for value, count in counts.items() if count < RARE}
    if rare:
        message = gettext_noop("These classes have fewer than %(least)d rows and can hardly be learned: %(classes)s.")
        classes = ", ".join(f"{value} ({count})" for value, count in list(rare.items())[:10])
        choices = [
            _choice("continue", gettext_noop("Go on as it is; the classes stay in the list")),
            _choice("merge", gettext_noop("Merge them into one class in the data, and import it again")),
            _choice("drop", gettext_noop("Leave their rows out of the data, and import it again")),
        ]
        params = {"least": RARE, "classes": classes, "count": len(rare)}
        found.append(_warned("rare_class", "ASK", message, column, params, choices=choices))
    value, count = min(counts.items(), key=lambda item: item[1])
    share = count / (rows - column["missing"])
    if column["unique"] == 2 and share < IMBALANCE:
        message = gettext_noop(
            "Only %(percent)s %% of the rows, %(count)d, are %(value)s. Always saying the other class would be right %(baseline)s %% of the time; judge by average precision, precision and recall."
        )
        params = {"percent": f"{100 * share:.2g}", "count": count, "value": value, "baseline": f"{100 * (1 - share):.2f}"}
        found.append(_warned("class_imbalance", "WARN", message, column, params))
    return found


def _choice(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label}


def _warned(
    code: str,
    level: str,
    message: str,
    column: Column,
    params: Mapping[str, Any],
    choices: list[dict[str, str]] | None = None,
    examples: list[dict[str, str]] | None = None,
) -> Warned:
    named = {"column": str(column["name"]), **params}
    return {
        "code": code,
        "level": level,
        "message": message,
        "params": named,
        "column": None,
        "choices": choices or [],
        "examples": examples or [],
    }
