"""What a run shows of itself while it lives: the model in training and its curve, how long is left, what it uses.

One JSON value per run, rewritten as the engine's events come in: a row per epoch would be thousands of rows that nobody reads again.
The curves of all models are kept as an artefact when the run is published.
"""

from __future__ import annotations

from typing import Any

MOST_POINTS = 240  # of the model in training; a browser draws no more side by side
TRAINING = ("model", "fold", "folds", "epoch", "epochs", "measure", "higher_is_better", "loss", "score_val", "seconds_left")
USAGE = ("memory_mb", "peak_memory_mb", "energy_wh", "cpu_s")

Live = dict[str, Any]


def live_after(live: Live, events: list[dict[str, Any]]) -> Live:
    """The value after these events. `training` goes when its model lands, and with the end of the search."""
    after = dict(live)
    for event in events:
        kind = event["type"]
        if kind == "epoch":
            after["training"] = _training(after.get("training"), event)
        elif kind == "usage":
            after["usage"] = {**after.get("usage", {}), **{key: event[key] for key in USAGE if event.get(key) is not None}}
        elif kind == "warning":
            kept = [each for each in after.get("warnings", []) if each["code"] != event["code"]]
            after["warnings"] = [*kept, {key: event.get(key) for key in ("code", "message", "params")}]
        elif kind in ("phase", "progress"):
            if event.get("eta_high_s") is not None:
                after["eta"] = [event.get("eta_low_s"), event["eta_high_s"]]
            if kind == "phase" and event.get("phase") != "search":
                after.pop("training", None)
        elif kind in ("model", "skipped") and _same_model(after.get("training"), event):
            after.pop("training", None)
    return after


def _same_model(training: Live | None, event: dict[str, Any]) -> bool:
    """A skipped candidate goes by its plain name, a model in training by AutoGluon's, which begins with it."""
    return training is not None and str(training["model"]).startswith(str(event["model"]))


def _training(before: Live | None, event: dict[str, Any]) -> Live:
    same = before is not None and before["model"] == event["model"]
    points = list(before["points"]) if before is not None and same else []
    points += [[event.get("fold", 1), *point] for point in event.get("points") or ()]
    known = {key: event[key] for key in TRAINING if event.get(key) is not None}
    while len(points) > MOST_POINTS:  # every second one goes, the newest stays
        points = points[::-1][::2][::-1]
    return {**(before if before is not None and same else {}), **known, "points": points}
