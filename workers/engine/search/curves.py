"""The learning curves of a search: shown while a model is in training, kept afterwards."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path
from typing import Any

from workers.engine.events import EventLog, read_json, write_json
from workers.engine.search.progress import Epoch

EVERY_S = 0.5  # at most two events per second
MOST_POINTS = 60  # per fold, in the file
MOST_NEWS = 20  # points per event
FOLD = re.compile(r"S(\d+)F(\d+)$")  # how AutoGluon names the copies of a bagged model

Point = list[float | None]  # epoch, loss, score_val


class Curves:
    """Collects the epochs of one model after another. Nothing here may disturb a fit, so it computes next to nothing.

    `model_begins` and `fold_begins` are called by observe.py, `epoch` by the models through progress.py.
    """

    def __init__(self, job_dir: Path, events: EventLog, folds: int) -> None:
        self.path = job_dir / "learning_curves.json"
        self.events = events
        self.folds = folds
        # An earlier process of this run may have left some.
        self.models: dict[str, dict[str, Any]] = read_json(self.path) if self.path.exists() else {}
        self.name = self.done = ""
        self._fold = 1
        self._ends_at = math.inf
        self._metric, self._higher = "", False
        self._news: list[Point] = []
        self._told = self._began = self._fold_began = 0.0

    def candidate_begins(self, ends_at: float) -> None:
        """`ends_at`: unix time at which the next model's share of the search is over."""
        self._ends_at, self.done = ends_at, ""

    def model_begins(self, name: str, metric: str, higher_is_better: bool) -> None:
        """A bagged model or a single one starts to learn; `metric` is what it watches."""
        self.name, self._metric, self._higher = name, metric, higher_is_better
        self._began = time.time()
        self.fold_begins(1)

    def model_ends(self, name: str) -> None:
        """It has learnt without an error; whether AutoGluon takes it depends on what it predicts."""
        self.done = name

    def fold_begins(self, fold: int) -> None:
        """The copy that leaves out fold `fold` (from 1) starts to learn."""
        self._fold, self._news = fold, []
        self._fold_began = time.time()
        if time.time() - self._told >= EVERY_S:
            self._tell(None)

    def epoch(self, epoch: Epoch) -> None:
        if not self.name:
            return
        value = epoch.score_val
        if value is not None and epoch.measure is None and not self._higher:
            value = abs(value)  # AutoGluon negates errors
        point: Point = [epoch.epoch, _finite(epoch.loss), _finite(value)]
        self._keep(point, epoch)
        self._news.append(point)
        if time.time() - self._told >= EVERY_S:
            self._tell(epoch)

    def save(self) -> None:
        """Write the curves so far; called when a model is done, so a search that is killed keeps those before."""
        write_json(self.path, self.models)

    def _keep(self, point: Point, epoch: Epoch) -> None:
        curve = self.models.setdefault(self.name, {**self._measured(epoch), "folds": {}})
        points = curve["folds"].setdefault(str(self._fold), {"every": 1, "points": []})
        if epoch.epoch % points["every"] == 0 or not points["points"]:
            points["points"].append(point)
        if len(points["points"]) > MOST_POINTS:
            points["points"] = points["points"][::2]
            points["every"] *= 2

    def _measured(self, epoch: Epoch) -> dict[str, Any]:
        own = epoch.measure is not None
        return {"measure": epoch.measure or self._metric, "higher_is_better": epoch.higher_is_better if own else self._higher}

    def _tell(self, epoch: Epoch | None) -> None:
        self._told = time.time()
        fields: dict[str, Any] = {"model": self.name, "fold": self._fold, "folds": self.folds or 1, "points": _thinned(self._news)}
        self._news = []
        if epoch is not None:
            fields |= self._measured(epoch) | {"epoch": epoch.epoch, "epochs": epoch.epochs, "loss": _finite(epoch.loss)}
            fields["score_val"] = fields["points"][-1][2]
        self.events.write("epoch", seconds_left=self._seconds_left(epoch), **fields)

    def _seconds_left(self, epoch: Epoch | None) -> float | None:
        """At most so long: as if no fold stopped early, and never beyond the model's share of the search."""
        now = time.time()
        share = max(0.0, self._ends_at - now)
        if epoch is None or not epoch.epochs:
            return round(share, 1) if math.isfinite(share) else None
        per_fold = (now - self._fold_began) / epoch.epoch * epoch.epochs
        left = per_fold - (now - self._fold_began) + per_fold * max(0, (self.folds or 1) - self._fold)
        return round(min(share, max(0.0, left)), 1)


def fold_of(name: str) -> int | None:
    """The fold that a bagged model's copy leaves out, from 1; None for a model that is no such copy."""
    found = FOLD.search(name)
    return int(found.group(2)) if found else None


def _finite(value: float | None) -> float | None:
    return float(f"{value:.6g}") if value is not None and math.isfinite(value) else None


def _thinned(points: list[Point]) -> list[Point]:
    """At most MOST_NEWS of them, the last one kept."""
    step = math.ceil(len(points) / MOST_NEWS) or 1
    return points[::-1][::step][::-1]
