"""Columns that give the label away: what one column alone shows of it, kind by kind.

Every test asks for more than an honest column can reach by luck, so that an accusation is worth reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from domains import names
from workers.engine.events import gettext_noop as N_
from workers.engine.intake import associations as measure
from workers.engine.intake.associations import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

AUC, RANK, R2 = 0.98, 0.99, 0.98  # of one column alone
AGREES = 0.75  # Cramer's V of a column of few values with the classes: a copy with a few per cent of noise
PARTS = 0.95  # of the spread in rank that a cut of a numeric label into ranges could reach at best
TEXT = 1_000_000  # characters of a text column looked through
FEW = 50  # distinct values, at most, for a copy of classes
NAMED = {"class": 0.8, "number": 0.5}  # strength from which a telling name is believed
OUTCOME = {"class": 0.7, "number": 0.25}
FATE = {"class": 0.55, "number": 0.1}  # for names that leave no doubt
REASONS = {
    "copy": N_("each of its values goes with one value of the label"),
    "separates": N_("alone it separates the classes almost perfectly"),
    "rank": N_("it rises and falls with the label almost without exception"),
    "number": N_("alone it gives the label almost exactly"),
    "noisy_copy": N_("it repeats the label in all but a few rows"),
    "ranges": N_("its values cut the label into ranges that hardly overlap"),
    "missing": N_("whether it is filled in tells the label"),
    "one_class": N_("it is filled in for one class only"),
    "group_mean": N_("its values are averages of the label"),
    "text": N_("a word in it tells the label"),
    "ids": N_("its numbers or letters were given out by class"),
    "name": N_("its name resembles the label's and its values go with it"),
    "outcome": N_("its name speaks of the outcome and its values go with it"),
    "parts": N_("together with other columns it adds up to the label"),
}


@dataclass(frozen=True)
class Target:
    """The label of the sampled rows: ``classes`` (n,) class numbers with ``words``, or ``numbers`` (n,)."""

    name: str
    classes: Ints | None = None
    words: list[str] = field(default_factory=list)
    numbers: Floats | None = None

    @property
    def kind(self) -> str:
        """class or number."""
        return "number" if self.classes is None else "class"

    def as_number(self) -> Floats | None:
        """(n,) the label as something with a mean: the numbers, or 0 and 1 of two classes; None for several classes."""
        if self.classes is None:
            return self.numbers
        return (self.classes == 1).astype("float64") if len(self.words) == 2 else None


@dataclass(frozen=True)
class Look:
    """One column of the sampled rows: ``group`` (n,) as ``associations.groups``, ``values`` as read, ``measured`` (n,) numbers."""

    column: dict[str, Any]
    values: pd.Series[Any]
    group: Ints
    measured: Floats | None
    strength: float
    correlation: float | None  # Spearman, with a numeric or two-class label

    @property
    def name(self) -> str:
        return str(self.column["name"])


@dataclass(frozen=True)
class Leak:
    """Why a column is suspected: a key of ``REASONS``, how strong on a scale that ends at 1, and what it shares the blame with."""

    kind: str
    value: float
    others: tuple[str, ...] = ()


def leak_of(look: Look, target: Target) -> Leak | None:
    """The first kind of leak the column shows; None for an honest one."""
    tests = (_single, _few_values, _filled, _group_mean, _inside, _by_name)
    return next((leak for test in tests if (leak := test(look, target))), None)


def _single(look: Look, target: Target) -> Leak | None:
    """The column alone: AUC of classes, rank correlation or explained spread of numbers."""
    if target.classes is None:
        rank = abs(look.correlation or 0.0)
        grows = look.column["type"] == "datetime"  # a label that grows with time is a trend
        kind = "rank" if rank > RANK else "number" if look.strength > R2 and not grows else None
        return Leak(kind, max(rank, look.strength)) if kind else None
    if look.strength <= AUC:
        return _where_given(look, target.classes)
    missing = (look.group == look.group.max()).astype(np.intp)
    if look.column.get("role_guess") == "id":
        return Leak("ids", look.strength)
    if look.column["missing"] and measure.class_strength(missing, target.classes) > AUC:
        return Leak("missing", look.strength)
    return Leak("copy" if look.column["unique"] <= len(target.words) else "separates", look.strength)


def _where_given(look: Look, classes: Ints) -> Leak | None:
    """As much, but only in the rows that have a value, or only value by value: too fine for the groups of ``associations``."""
    given = look.values.notna().to_numpy() if look.column["missing"] else np.ones(len(classes), dtype=bool)
    group = look.group
    if look.measured is not None and look.column["type"] != "datetime" and measure.BINS < look.column["unique"] <= len(classes) / 8:
        group = np.unique(np.nan_to_num(look.measured, nan=-1e308), return_inverse=True)[1]
    elif given.all():
        return None
    known = classes[given]
    if len(known) < 50 or np.sum(np.bincount(known) >= 10) < 2:
        return None
    strength = measure.class_strength(group[given].astype(np.intp), known)
    return Leak("separates", strength) if strength > AUC else None


def _few_values(look: Look, target: Target) -> Leak | None:
    """A recoded, noisy or binned copy: few values, each of which means one class or one range of the label."""
    if look.column["unique"] > FEW:
        return None
    if target.classes is not None:
        if look.column["unique"] > 2 * len(target.words) + 1:
            return None
        agrees = measure.cramers_v(look.group, target.classes)
        return Leak("noisy_copy", agrees) if agrees >= AGREES else None
    assert target.numbers is not None
    counts = np.bincount(look.group)
    counts = counts[counts > 0]
    if len(counts) < 2 or np.sort(counts)[-2] < 20 or len(counts) > len(look.group) / 20:
        return None
    share = _of_the_best(look.group, target.numbers)
    return Leak("ranges", share) if share >= PARTS else None


def _filled(look: Look, target: Target) -> Leak | None:
    """Filled in for one class only, such as the date of a cancellation, or above one value of a numeric label only."""
    if not look.column["missing"]:
        return None
    given = look.values.notna().to_numpy()
    if not 20 <= given.sum() <= len(given) - 20:
        return None
    if target.classes is None:
        assert target.numbers is not None
        share = _of_the_best(given.astype(np.intp), target.numbers)
        return Leak("missing", share) if share >= PARTS else None
    counts = np.bincount(target.classes[given], minlength=len(target.words))
    main = int(counts.argmax())
    prior = float((target.classes == main).mean())
    certain = counts[main] >= 0.995 * counts.sum() and counts.sum() * -np.log(max(prior, 1e-9)) >= 30
    return Leak("one_class", float(counts[main] / counts.sum())) if certain and prior < 0.9 and given.mean() <= 0.8 else None


def _of_the_best(group: Ints, numbers: Floats) -> float:
    """The spread in rank between the groups, as a share of what a perfect cut into groups of these sizes reaches."""
    counts = np.bincount(group)
    best = 1 - float(((counts / counts.sum()) ** 3).sum())
    return measure.explained(group, measure.ranks(numbers)) / best


def _group_mean(look: Look, target: Target) -> Leak | None:
    """A mean of the label per group (target encoding): the label's mean where the column is v is v, closer than chance allows."""
    if look.measured is None:
        return None
    known = np.isfinite(look.measured)
    values, group, counts = np.unique(look.measured[known], return_inverse=True, return_counts=True)
    used = int(np.sum(counts >= 5))
    if not 2 <= used <= len(values) <= known.sum() / 4 or known.mean() < 0.9 or np.all(values == np.round(values)):
        return None
    labels: list[Floats] = [] if target.numbers is None else [target.numbers]
    if target.classes is not None:
        if values[0] < 0 or values[-1] > 1:
            return None
        common = np.argsort(-np.bincount(target.classes), kind="stable")[: measure.MAX_CLASSES]
        labels = [(target.classes == kind).astype("float64") for kind in common]
    closest = min(_off(values, group, counts, label[known]) for label in labels)
    return Leak("group_mean", 1 - closest) if closest < (1e-4 if used < 4 else 0.05 if used < 12 else 0.35) else None


def _off(values: Floats, group: Ints, counts: Ints, label: Floats) -> float:
    """How far the label's means by group are from the groups' values: 1 for an honest forecast, 0 for the means themselves."""
    mean = np.bincount(group, weights=label) / counts
    used = counts >= 5
    inside = float(((label - mean[group]) ** 2).sum()) / max(1, len(label) - len(values))
    spread = float((counts[used] * (values[used] - label.mean()) ** 2).sum())
    if inside <= 0 or spread < 0.1 * inside * used.sum():
        return np.inf
    return float((counts[used] * (mean[used] - values[used]) ** 2).sum()) / inside / float(used.sum())


def _inside(look: Look, target: Target) -> Leak | None:
    """Text that names the class, and codes whose letters or numbers follow it."""
    if look.column["type"] not in ("text", "category") or look.column["unique"] <= FEW:
        return None
    given = look.values.notna().to_numpy()
    at = np.flatnonzero(given)
    length = look.values.iloc[at[:1000]].str.len().mean()
    at = at[:: max(1, int(len(at) * max(50, length) / TEXT))]
    cells = look.values.iloc[at].astype(str)
    if target.classes is None:
        assert target.numbers is not None
        told = _numbers_told(cells, target.numbers[at])
        return Leak("text", told) if told > 0.9 else None
    classes = target.classes[at]
    if len(np.unique(classes)) < 2:
        return None
    best = _word_strength([frozenset(re.findall(r"\w+", cell.lower())) for cell in cells], classes, cells, target.words)
    if best >= AGREES:
        return Leak("text", best)
    if look.column["type"] == "category":
        pieces: list[Any] = [cells.str[:1], cells.str[:2], cells.str[:3], cells.str[-1:], cells.str.len()]
        strength = max(measure.class_strength(measure.groups(piece, "category"), classes) for piece in pieces)
        number = cells.str.extract(r"(\d{1,15})", expand=False).astype("float64")
        if number.notna().mean() > 0.9:
            strength = max(strength, measure.class_strength(measure.groups(number, "number"), classes, number.to_numpy()))
        return Leak("ids", strength) if strength > AUC else None
    return None


def _numbers_told(cells: pd.Series[Any], numbers: Floats) -> float:
    """The share of texts in which the number itself stands; 0 where any other row's number would do as well."""
    held = [set(map(float, re.findall(r"-?\d{1,15}(?:\.\d+)?", cell))) for cell in cells]
    told, chance = (float(np.mean([number in found for number, found in zip(order, held, strict=True)])) for order in (numbers, np.roll(numbers, len(held) // 2)))  # fmt: skip
    return told if chance < 0.5 else 0.0


def _word_strength(texts: list[frozenset[str]], classes: Ints, cells: pd.Series[Any], words: list[str]) -> float:
    """The best phi of one word being there against one class, over frequent words and the names of the classes."""
    often: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        for word in text if len(text) <= 400 else ():
            often.setdefault(word, []).append(row)
    best = 0.0
    rows = {word: np.array(at) for word, at in often.items() if 0.02 * len(texts) <= len(at) <= 0.98 * len(texts)}
    lower = cells.str.lower()
    for name in words[: measure.MAX_CLASSES]:
        if len(name) > 2:
            rows[f"={name}"] = np.flatnonzero(lower.str.contains(name.lower(), regex=False).to_numpy())
    for kind in np.unique(classes)[: measure.MAX_CLASSES]:
        positive = classes == kind
        share = positive.mean()
        for at in rows.values():
            there, both = len(at) / len(texts), positive[at].sum() / len(texts)
            if 0 < there < 1:
                best = max(best, abs(both - there * share) / np.sqrt(there * (1 - there) * share * (1 - share)))
    return float(best)


def _by_name(look: Look, target: Target) -> Leak | None:
    """A name like the label's, or one that speaks of the outcome, and values that go with the label."""
    strength = max(look.strength, abs(look.correlation or 0.0) if target.classes is None else 0.0)
    if names.matches(look.name, names.EARLIER):
        return None
    if strength >= NAMED[target.kind] and names.resembles(look.name, target.name):
        return Leak("name", strength)
    if strength >= OUTCOME[target.kind] and names.matches(look.name, names.OUTCOME):
        return Leak("outcome", strength)
    if strength >= FATE[target.kind] and names.matches(look.name, names.FATE):
        return Leak("outcome", strength)
    return None
