"""What to tell about a split: on which side what is, why, and what the result may claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.events import gettext_noop
from workers.engine.splits.holdout import Split, Wanted
from workers.engine.splits.moments import UNKNOWN, coarse_to_fine, spoken

if TYPE_CHECKING:
    import pandas as pd

Sentence = dict[str, Any]

HOW = {
    "random": gettext_noop(
        "Rows were held out at random, with shares of the label kept: %(holdout)s rows for the test, %(train)s to learn from. The result holds for other cases of the same kind and time; it is not out of time."
    ),
    "group": gettext_noop(
        "Whole groups by %(group)s were held out: %(holdout_groups)s groups (%(holdout)s rows) for the test, %(train_groups)s (%(train)s rows) to learn from. The result holds for a %(group)s that the model has not seen."
    ),
    "time": gettext_noop(
        "The latest rows by %(time)s were held out: %(holdout)s rows from %(holdout_from)s to %(holdout_to)s for the test, %(train)s rows from %(train_from)s to %(train_to)s to learn from. The result holds for the time that follows."
    ),
    "group_time": gettext_noop(
        "The latest rows by %(time)s were held out, and no %(group)s is on both sides: %(holdout)s rows of %(holdout_groups)s groups from %(holdout_from)s to %(holdout_to)s for the test, %(train)s rows of %(train_groups)s groups from %(train_from)s to %(train_to)s to learn from. The result holds for a new %(group)s in the time that follows."
    ),
    "site": gettext_noop(
        "Whole sites by %(site)s were held out: %(holdout_sites)s sites (%(holdout)s rows) for the test, %(train_sites)s (%(train)s rows) to learn from. The result holds for another %(site)s."
    ),
}
WHY_NOT = {
    "time_split_unusable": gettext_noop(
        "No moment divides the rows so that both sides have enough rows and two classes of the label; the split is not out of time."
    ),
    "site_split_unusable": gettext_noop(
        "The sites cannot be divided so that both sides have enough rows and two classes of the label; the split is not by site."
    ),
}


def facts_make(split: Split, wanted: Wanted, reason: str | None, train: pd.DataFrame, holdout: pd.DataFrame) -> dict[str, Any]:
    """`split` of result.json. `train`, `holdout`: (rows,) original names; what `sentences` says is there as figures too."""
    facts = {
        "kind": split.kind,
        "asked": wanted.kind,
        "reason": reason,
        "fallback": split.fallback,
        "seed": wanted.seed,
        "fraction": wanted.fraction,
        "gap_days": wanted.gap_days,
        "columns": {"time": wanted.time, "group": wanted.group, "site": wanted.site},
        "linked": split.linked,
        "train": _side(train, wanted),
        "holdout": _side(holdout, wanted),
    }
    return facts | {"sentences": sentences(facts)}


def _side(frame: pd.DataFrame, wanted: Wanted) -> dict[str, Any]:
    side: dict[str, Any] = {"rows": len(frame)}
    for role, columns in (("groups", wanted.group), ("sites", wanted.site)):
        if columns:
            side[role] = len(frame[columns].dropna(how="all").drop_duplicates())
    if wanted.time:
        from workers.engine.splits.moments import moments

        times = frame[coarse_to_fine(wanted.time)].reset_index(drop=True)
        when = moments(times)
        known = when != UNKNOWN
        if known.any():
            first = int(when.max()) + 1
            side["from"] = spoken(times, int((when + (~known) * (first + 1)).argmin()))
            side["to"] = spoken(times, int(when.argmax()))
    return side


def sentences(facts: dict[str, Any]) -> list[Sentence]:
    """In the order in which they are read: how, why, what was left out."""
    params = {role: ", ".join(columns) for role, columns in facts["columns"].items()}
    for name in ("train", "holdout"):
        side = facts[name]
        params |= {name: side["rows"], **{f"{name}_{key}": value for key, value in side.items() if key != "rows"}}
    said = [_said(HOW[facts["kind"]], params)]
    if facts["fallback"]:
        said.append(_said(WHY_NOT[facts["fallback"]], {}))
    if facts["reason"]:
        said.append(_said(gettext_noop("The reason given for this split: %(reason)s"), {"reason": facts["reason"]}))
    if facts["gap_days"]:
        said.append(_said(gettext_noop("The last %(days)g days before the test were left out."), {"days": facts["gap_days"]}))
    if facts["linked"]:
        message = gettext_noop("%(rows)s rows are so alike that they are taken for the same cases; no case is on both sides.")
        said.append(_said(message, {"rows": facts["linked"]}))
    said.append(_said(gettext_noop("The seed of the split is %(seed)s."), {"seed": facts["seed"]}))
    return said


def _said(message: str, params: dict[str, Any]) -> Sentence:
    return {"message": message, "params": params}
