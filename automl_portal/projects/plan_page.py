"""How a plan is shown: what each budget buys before the start, and what was foreseen beside what was used."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.jobs.models import JobState
from automl_portal.projects.models import Run
from automl_portal.projects.planning import plan_of, project_facts
from automl_portal.ui.estimates import clock
from automl_portal.ui.figures import count, file_size, share, significant
from domains.planning.layout import TableFacts

MEGA = {"memory_mb": 1024**2, "size_mb": 10**6}  # bytes in what the engine calls a megabyte of each


def plan_columns(facts: TableFacts, budgets: list[tuple[str, float]]) -> dict[str, Any]:
    """The budgets side by side: {"heads", "rows": [(what, [(cell, small print) per budget])], "memory", "short"}."""
    plans = [plan_of(facts, seconds) for _title, seconds in budgets]
    rows = [
        (_("Models that get their turn"), [models(plan) for plan in plans]),
        (_("Compared by"), [(comparing(plan), "") for plan in plans]),
        (_("Rows to learn from"), [learning(plan) for plan in plans]),
        (_("Time, about"), [about(plan, "seconds") for plan in plans]),
        (_("Memory, about"), [about(plan, "memory_mb") for plan in plans]),
        (_("Energy, about"), [about(plan, "energy_wh") for plan in plans]),
        (_("Size of the predictor, about"), [about(plan, "size_mb") for plan in plans]),
    ]
    heads = [(title, clock(seconds)) for title, seconds in budgets]
    memory = plans[0]["memory"] if plans else None
    return {"heads": heads, "rows": rows, "memory": memory, "short": memory_sentence(memory) if memory else ""}


def models(plan: dict[str, Any]) -> tuple[str, str]:
    """("11 of 12", "and 3 variants"); a variant is a second configuration of a model."""
    first = [turn for turn in plan["candidates"] if not turn["extra"]]
    trained = sum(turn["seconds"] > 0 for turn in first)
    extra = sum(turn["seconds"] > 0 for turn in plan["candidates"] if turn["extra"])
    text = _("%(n)s of %(all)s") % {"n": count(trained), "all": count(len(first))}
    return text, ngettext("and %(n)s variant", "and %(n)s variants", extra) % {"n": count(extra)} if extra else ""


def comparing(plan: dict[str, Any]) -> str:
    if plan["folds"]:
        return _("%(n)s folds") % {"n": plan["folds"]}
    return _("%(share)s kept aside") % {"share": share(plan["inner_fraction"])}


def learning(plan: dict[str, Any]) -> tuple[str, str]:
    """How many rows, and why not all."""
    rows = plan["rows"]
    if not rows["set_aside"]:
        return count(rows["train"]), ""
    why = _("as many as the memory allows") if rows["bound"] == "memory" else _("as many as the time allows")
    return count(rows["train"]), why


def about(plan: dict[str, Any], what: str) -> tuple[str, str]:
    """("55 s", "40 s to 60 s")."""
    each = plan["estimate"][what]
    value, low, high = (written(each[key], what) for key in ("value", "low", "high"))
    return value, _("%(low)s to %(high)s") % {"low": low, "high": high}


def written(value: float | None, what: str) -> str:
    """A quantity of a plan with its unit, to two digits; "–" when it is not known."""
    if value is None:
        return "–"
    if what == "seconds":
        return clock(value)
    if what == "energy_wh":
        return _("%(n)s Wh") % {"n": significant(value, 2)}
    large = value * MEGA[what] / 10**6 >= 1000
    return f"{significant(value * MEGA[what] / (10**9 if large else 10**6), 2)} {'GB' if large else 'MB'}"


def memory_sentence(memory: dict[str, Any]) -> str:
    """What stands in the way when the memory is not enough; empty when it is."""
    if memory["enough"]:
        return ""
    needed, given = file_size(memory["needed_mb"] * 1024**2), file_size(memory["limit_mb"] * 1024**2)
    return _("This table needs about %(needed)s of memory; a run may use %(given)s. It would be refused. Leave out columns.") % {
        "needed": needed,
        "given": given,
    }


def foreseen(preview: dict[str, Any], used: dict[str, float | None]) -> list[tuple[str, tuple[str, str], str, bool | None]]:
    """(what, foreseen, used so far or in the end, whether that lies in the range); the last is None while nothing is known."""
    titles = {"seconds": _("Time"), "memory_mb": _("Memory"), "energy_wh": _("Energy"), "size_mb": _("Size of the predictor")}
    rows = []
    for what, title in titles.items():
        actual, each = used.get(what), preview["estimate"][what]
        inside = None if actual is None else each["low"] <= actual <= each["high"]
        rows.append((title, about(preview, what), written(actual, what), inside))
    return rows


def run_foreseen(run: Run, rows: list[dict[str, Any]], energy_wh: float | None) -> list[tuple[str, tuple[str, str], str, bool | None]]:
    """`foreseen` for a run; before its engine has planned, what the set-up page promised. Nothing for runs of an older version."""
    preview = run.plan.get("preview")
    if preview is None:
        if run.job.state != JobState.QUEUED:
            return []
        preview = plan_of(project_facts(run.project, run.settings), run.settings["time_limit"])
    deployed = next((row for row in rows if row.get("deployed")), {})
    used = {
        "seconds": run.job.seconds_running,
        "memory_mb": run.live.get("usage", {}).get("peak_memory_mb"),
        "energy_wh": energy_wh,
        "size_mb": deployed.get("size_mb"),
    }
    over = not run.job.is_active
    # While it runs only what has gone too far is worth a remark.
    return [(title, expected, now, inside if over or inside is None else None) for title, expected, now, inside in foreseen(preview, used)]
