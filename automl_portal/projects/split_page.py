"""How the test will be set apart, drawn before the run: on a time line, as groups or as sites. From the data report alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from automl_portal.projects.setup import Setup
from automl_portal.ui.figures import count, plain, second_date
from automl_portal.ui.svg import bars
from automl_portal.ui.words import word
from domains.split import KINDS, NEEDS, dependence, kind_by_roles


@dataclass(frozen=True)
class SplitChoice:
    """One kind of split as the page offers it. `timeline` is a picture; `sides` are rows of a table: (what, to learn from, for the test)."""

    value: str
    title: str
    text: str
    checked: bool
    possible: bool
    timeline: SafeString
    caption: str
    sides: list[tuple[str, str, str]]
    asks_reason: bool


def split_choices(setup: Setup, chosen: str, held: float) -> list[SplitChoice]:
    """Every kind of split, `auto` first. `held`: the share of rows for the test."""
    titles = {
        "auto": _("As the roles say"),
        "random": _("At random"),
        "time": _("The latest rows"),
        "group": _("Whole groups"),
        "group_time": _("The latest rows, of groups that are new"),
        "site": _("Whole sites"),
    }
    found = dependence(setup.columns, setup.noticed, setup.label)
    offered = []
    for kind in KINDS:
        meant = kind_by_roles(kind, setup.roles)
        missing = [role for role in NEEDS.get(meant, ()) if not setup.roles.get(role)]
        text = claim(meant, setup)
        if missing:
            text = _("Needs a column with the role %(role)s.") % {"role": word(missing[0], "role")}
        elif kind == "auto":
            text = _("Now: %(kind)s. %(claim)s") % {"kind": titles[meant], "claim": text}
        timeline, caption = (SafeString(""), "") if missing else time_line(setup, meant, held)
        offered.append(
            SplitChoice(
                kind, titles[kind], text, kind == chosen, not missing, timeline, caption,
                [] if missing else sides(setup, meant, held), asks_reason=meant == "random" and bool(found.entities or found.time),
            )
        )  # fmt: skip
    return offered


def claim(kind: str, setup: Setup) -> str:
    """What the result of such a test may be said to hold for."""
    named = {role: ", ".join(setup.roles.get(role, [])) for role in ("time", "group", "site")}
    said = {
        "random": _("The result holds for other cases of the same kind and time."),
        "time": _("The result holds for the time that follows, by %(time)s."),
        "group": _("The result holds for a %(group)s that the model has not seen."),
        "group_time": _("The result holds for a new %(group)s in the time that follows, by %(time)s."),
        "site": _("The result holds for another %(site)s."),
    }
    return said[kind] % named


def time_line(setup: Setup, kind: str, held: float) -> tuple[SafeString, str]:
    """(rows per period with those for the test paler, its sentence); nothing for a split that knows no time."""
    if kind not in ("time", "group_time"):
        return SafeString(""), ""
    column = next((entry for entry in setup.columns if entry["name"] == setup.roles["time"][0]), {})
    histogram = column.get("histogram") or {}
    counts = histogram.get("counts") or []
    if not counts or sum(counts) <= 0:
        return SafeString(""), ""
    begins = cut(counts, held)
    shown = second_date if column.get("type") == "datetime" else plain
    params = {
        "column": column["name"],
        "low": shown(histogram["edges"][0]),
        "high": shown(histogram["edges"][-1]),
        "cut": shown(histogram["edges"][begins]),
        "held": count(sum(counts[begins:])),
    }
    caption = _(
        "Rows per period of %(column)s, %(low)s to %(high)s. The pale ones, from about %(cut)s on, are held out: about %(held)s rows."
    )
    return bars(counts, caption % params, rest_from=begins), caption % params


def cut(counts: list[int], held: float) -> int:
    """The first period of the test: from it on the share of rows is nearest to `held`."""
    total, after, shares = sum(counts), 0, []
    for each in reversed(counts):
        after += each
        shares.append(abs(after / total - held))
    nearest = min(range(len(shares) - 1), key=lambda place: (shares[place], place)) if len(shares) > 1 else 0
    return len(counts) - 1 - nearest


def sides(setup: Setup, kind: str, held: float) -> list[tuple[str, str, str]]:
    """About how much is on each side: rows, and groups or sites."""
    test = round(setup.rows * held)
    table = [(_("Rows"), count(setup.rows - test), count(test))]
    for role, title in (("group", _("Groups")), ("site", _("Sites"))):
        if role in kind:
            column = next((entry for entry in setup.columns if entry["name"] == setup.roles[role][0]), {"unique": 0})
            units = max(1, round(column["unique"] * held))
            table.append((title, count(column["unique"] - units), count(units)))
    return table
