"""The search as it goes: every model when it landed, and the best so far against time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.projects.board import in_sentence
from automl_portal.projects.models import Run, RunEvent
from automl_portal.ui.figure import Axis, Figure, Mark
from automl_portal.ui.figures import duration, significant
from automl_portal.ui.words import word


def landings(run: Run) -> list[dict[str, Any]]:
    """{model, seconds, score, metric} of every model the run has kept, in the order they landed.

    From the log, not the leaderboard rows: those are written anew when the run is published. Seconds of work: what passed between
    two attempts does not count.
    """
    events = list(RunEvent.objects.filter(run=run))
    began_anew = max((place for place, event in enumerate(events) if event.type == "anew"), default=-1)
    used = seconds_used(run, events)
    rows = []
    for event in first_mentions(events[began_anew + 1 :]):
        value = event.params.get("score_val") if event.type == "model" else None
        if value is not None:
            rows.append(
                {"model": event.params.get("model"), "seconds": used[event.pk], "score": value, "metric": event.params.get("metric")}
            )
    return rows


def seconds_used(run: Run, events: list[RunEvent]) -> dict[int, float]:
    """Seconds of work until each event, by its key."""
    used: dict[int, float] = {}
    at, before = 0.0, None
    for event in events:
        if event.attempt == run.job.attempt and run.job.started_at:
            used[event.pk] = run.job.spent_s + max(0.0, (event.at - run.job.started_at).total_seconds())
            continue
        if before is not None and before.attempt == event.attempt:
            at += max(0.0, (event.at - before.at).total_seconds())
        used[event.pk], before = at, event
    return used


def first_mentions(events: list[RunEvent]) -> list[RunEvent]:
    """The events without a model's second one: it is named again when its holdout score is known. An ensemble that grew is news."""
    seen: set[tuple[str, Any]] = set()
    kept = []
    for event in events:
        name = (str(event.params.get("model")), event.params.get("score_val")) if event.type == "model" else None
        if name in seen:
            continue
        if name:
            seen.add(name)
        kept.append(event)
    return kept


def figure(run: Run, higher_is_better: bool) -> Figure | None:
    """Models as points, best so far as steps; None before the first model."""
    rows = landings(run)
    if not rows:
        return None
    metric = str(rows[0]["metric"])
    best: list[list[float | None]] = []
    at, leader = 0, rows[0]
    for row in rows:
        if not best or (row["score"] > leader["score"] if higher_is_better else row["score"] < leader["score"]):
            leader, at = row, len(best)
        best.append([row["seconds"], leader["score"]])
    params = {"model": leader["model"], "metric": in_sentence(metric), "score": significant(leader["score"]), "time": duration(best[at][0])}
    texts = [f"{row['model']}: {significant(row['score'])} ({duration(row['seconds'])})" for row in rows]
    direction = _("higher is better") if higher_is_better else _("lower is better")
    return Figure(
        key="search",
        title=_("Best so far"),
        caption=_("Best so far: %(model)s, %(metric)s %(score)s in validation, found after %(time)s.") % params,
        x=Axis(_("Time since the start (s)"), 0, run.job.wall_limit_s if run.job.is_active else None),
        y=Axis(_("%(metric)s in validation (%(direction)s)") % {"metric": word(metric, "metric"), "direction": direction}),
        marks=[
            Mark("step", _("Best so far"), best),
            Mark("points", _("Model"), [[row["seconds"], row["score"]] for row in rows], color="mark", texts=texts),
        ],
        headers=[_("Model"), _("Landed after"), word(metric, "metric")],
        rows=[[str(row["model"]), duration(row["seconds"]), significant(row["score"])] for row in rows],
    )
