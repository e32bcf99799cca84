"""What goes on in a run at this moment: the model in training, how long is left, what it uses. Afterwards: the curves that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from automl_portal.jobs.models import JobState
from automl_portal.projects.models import Run
from automl_portal.projects.plots import learning
from automl_portal.projects.selectors import artefact
from automl_portal.ui.estimates import clock
from automl_portal.ui.figure import Figure
from automl_portal.ui.figures import count, significant


@dataclass(frozen=True)
class Now:
    """One look at a run. `chosen` is the model whose kept curve is asked for."""

    run: Run
    chosen: str = ""

    @property
    def usage(self) -> dict[str, Any]:
        """What the engine's processes use: {memory_mb, peak_memory_mb, energy_wh}, as far as it is known."""
        usage: dict[str, Any] = self.run.live.get("usage", {})
        return usage

    @property
    def short_of_memory(self) -> bool:
        """An attempt ran out of memory, and the one under way has not yet said what it made smaller."""
        told = any(warning["code"] == "smaller_plan" for warning in self.run.warnings)
        return bool(self.run.job.oom_attempts) and self.run.job.is_active and not told

    @property
    def energy(self) -> str:
        """How sure the energy is, and the carbon where the operator has named the grid; empty until the run is over."""
        energy = self.run.result.get("energy")
        if not energy:
            return ""
        parts = [_("%(low)s to %(high)s") % {"low": significant(energy["low_wh"], 2), "high": significant(energy["high_wh"], 2)}]
        if energy.get("gpu_wh") is not None:
            parts.append(_("%(wh)s of it counted by the GPU") % {"wh": significant(energy["gpu_wh"], 2)})
        if energy.get("co2_g") is not None:
            parts.append(
                _("%(grams)s g CO2, grid of %(country)s") % {"grams": significant(energy["co2_g"], 2), "country": energy["country"]}
            )
        return "; ".join(parts)

    @property
    def time_left(self) -> tuple[str, str]:
        """("about 4 min", "3 min to 6 min"); the second is empty when the engine gives no range."""
        left = self.run.job.eta_s
        if left is None:
            return "–", ""
        low, high = self.run.live.get("eta") or (None, None)
        about = _("about %(left)s") % {"left": clock(left)}
        if low is None or high is None or clock(low) == clock(high):
            return about, ""
        return about, _("%(low)s to %(high)s") % {"low": clock(low), "high": clock(high)}

    @property
    def training(self) -> str:
        """Where the model in training is: fold, epoch and how long it may still take; empty when none is."""
        state = self.run.live.get("training")
        if not state or self.run.job.state != JobState.RUNNING:
            return ""
        parts = []
        if state.get("folds", 1) > 1:
            parts.append(_("fold %(n)s of %(all)s") % {"n": state["fold"], "all": state["folds"]})
        if state.get("epoch"):
            most = state.get("epochs")
            at = _("epoch %(n)s of at most %(all)s") if most else _("epoch %(n)s")
            parts.append(at % {"n": count(state["epoch"]), "all": count(most)})
        if state.get("seconds_left"):
            parts.append(_("at most %(time)s left") % {"time": clock(state["seconds_left"])})
        return _("%(model)s: %(at)s") % {"model": state["model"], "at": ", ".join(parts)} if parts else str(state["model"])

    @property
    def kept(self) -> dict[str, Any]:
        """The learning curves of a published run, by model; empty for runs that have none."""
        try:
            return artefact(self.run, "learning_curves.json")
        except Http404:
            return {}

    @property
    def curves(self) -> list[str]:
        """The models whose curves can be looked at once the run is over."""
        return [] if self.run.job.is_active else list(self.kept)

    @property
    def shown(self) -> str:
        """The model whose curve is drawn: the chosen one, else the last that was trained."""
        names = self.curves
        return self.chosen if self.chosen in names else names[-1] if names else ""

    @property
    def figure(self) -> Figure | None:
        """The learning curve: of the model in training, or of a model of the run that is over."""
        if self.run.job.state == JobState.RUNNING:
            return learning.training_figure(self.run.live.get("training"))
        return learning.kept_figure(self.shown, self.kept[self.shown]) if self.shown else None
