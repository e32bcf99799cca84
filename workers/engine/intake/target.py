"""What the chosen label itself shows: rows without it, classes too rare or too many, and how it is read."""

from __future__ import annotations

from typing import Any

from domains import names, validation
from workers.engine.events import gettext_noop
from workers.engine.intake.answered import merged
from workers.engine.intake.findings import Finding, choice

RARE = 10  # rows
IMBALANCE = 0.05
ASKED_CLASSES = 100
CODED = (
    r"(^|[ _.-])(code|class|grade|level|rating|stars?|rank|stage|type|group|category|score|icd\w*|zip|postcode)([ _.-]|$)|等级|级别|类别|评分",
)
FEW_NUMBERS = 20


def of_label(column: dict[str, Any], rows: int, kind: str) -> list[Finding]:
    """Every finding about the label column of the report. None of them stops a run."""
    found = _missing(column, rows) + _reading(column, kind)
    return found if kind == "regression" else found + _classes(column, rows)


def _missing(column: dict[str, Any], rows: int) -> list[Finding]:
    missing = column["missing"]
    if not missing:
        return []
    params = {"count": missing, "rows": rows, "percent": f"{100 * missing / rows:.2g}"}
    message = gettext_noop(
        "%(column)s is missing in %(count)d of %(rows)d rows (%(percent)s %%). These rows are set aside and not learned from."
    )
    choices = [
        choice("drop", gettext_noop("Leave these rows out")),
        choice("score", gettext_noop("Leave them out, and predict them after the run by scoring this file")),
    ]
    return [Finding("target_missing", "ASK", message, params, column=column["name"], choices=choices)]


def _reading(column: dict[str, Any], kind: str) -> list[Finding]:
    """Numbers that may be classes, or classes that may be numbers: the guess, why, and the other way."""
    if column["type"] not in ("integer", "number") or column["unique"] <= 2:
        return []
    guess, reason = validation.infer_problem_type(column)
    doubtful = column["unique"] <= FEW_NUMBERS or (column["unique"] <= 500 and names.matches(column["name"], CODED))
    if not doubtful and guess == kind:
        return []
    labels = {
        "multiclass": choice("multiclass", gettext_noop("Predict one of its values")),
        "regression": choice("regression", gettext_noop("Predict a number")),
    }
    if kind not in labels:
        return []
    if kind == guess:
        message = gettext_noop("%(column)s can be read as classes or as a number. %(reason)s")
    else:
        message = gettext_noop("%(column)s is read as you chose; left to itself the program would choose otherwise. %(reason)s")
    choices = [labels.pop(kind), *labels.values()]
    params = {"reason": reason, "unique": column["unique"], "guess": guess}
    return [Finding("problem_type_guess", "WARN", message, params, column=column["name"], choices=choices)]


def _classes(column: dict[str, Any], rows: int) -> list[Finding]:
    found = []
    name = column["name"]
    counts = {str(entry["value"]): int(entry["count"]) for entry in column["top"]}
    same = merged(counts)
    if same:
        before, after = next(iter(same.items()))
        message = gettext_noop(
            "Classes of %(column)s differ only in case or spaces, such as %(values)s. They are learned as different answers."
        )
        choices = [
            choice("merge", gettext_noop("Merge them: answer the finding value_variants of the dataset so")),
            choice("keep", gettext_noop("They are different classes")),
        ]
        examples = [{"before": word, "after": best} for word, best in list(same.items())[:20]]
        found.append(
            Finding("label_variants", "ASK", message, {"values": f"{after}, {before}"}, column=name, choices=choices, examples=examples)
        )
    if column["unique"] > ASKED_CLASSES:
        message = gettext_noop(
            "%(column)s has %(unique)d classes. So many are learned slowly and badly; fewer, broader ones would do better."
        )
        choices = [
            choice("continue", gettext_noop("Go on as it is")),
            choice("group", gettext_noop("Group the classes in the data, and import it again")),
        ]
        found.append(Finding("many_classes", "ASK", message, {"unique": column["unique"]}, column=name, choices=choices))
    return found + _rare(column, counts, rows)


def _rare(column: dict[str, Any], counts: dict[str, int], rows: int) -> list[Finding]:
    found = []
    rare = {value: count for value, count in counts.items() if count < RARE}
    if rare:
        message = gettext_noop("These classes have fewer than %(least)d rows and can hardly be learned: %(classes)s.")
        classes = ", ".join(f"{value} ({count})" for value, count in list(rare.items())[:10])
        choices = [
            choice("continue", gettext_noop("Go on as it is; the classes stay in the list")),
            choice("merge", gettext_noop("Merge them into one class in the data, and import it again")),
            choice("drop", gettext_noop("Leave their rows out of the data, and import it again")),
        ]
        params = {"least": RARE, "classes": classes, "count": len(rare)}
        found.append(Finding("rare_class", "ASK", message, params, column=column["name"], choices=choices))
    value, count = min(counts.items(), key=lambda item: item[1])
    share = count / (rows - column["missing"])
    if column["unique"] == 2 and share < IMBALANCE:
        message = gettext_noop(
            "Only %(percent)s %% of the rows, %(count)d, are %(value)s. Always saying the other class would be right %(baseline)s %% of the time; judge by average precision, precision and recall."
        )
        params = {"percent": f"{100 * share:.2g}", "count": count, "value": value, "baseline": f"{100 * (1 - share):.2f}"}
        found.append(Finding("class_imbalance", "WARN", message, params, column=column["name"]))
    return found
