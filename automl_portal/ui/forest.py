"""Interval bars on one common axis, as inline SVG inside a table: the forest plot of the leaderboard and the slices."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from automl_portal.ui.estimates import estimate
from automl_portal.ui.figures import significant


@dataclass(frozen=True)
class Scale:
    """The common axis. `reference` is drawn through every row, `ticks` once in the header."""

    low: float
    high: float
    reference: float | None = None

    def at(self, value: float) -> float:
        """Position in percent of the width, kept 2 % off the edges."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(2 + 96 * min(max(share, 0.0), 1.0), 2)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def ticks(self) -> list[float]:
        """Three to five round values."""
        width = self.high - self.low
        if width <= 0:
            return [self.low]
        rough = width / 4
        step = 10 ** math.floor(math.log10(rough))
        step *= next(factor for factor in (1, 2, 5, 10) if factor * step >= rough)
        first = math.ceil(self.low / step) * step
        return [round(first + i * step, 10) for i in range(6) if first + i * step <= self.high + 1e-12]


def scale_of(intervals: list[tuple[float, float]], reference: float | None = None) -> Scale:
    """An axis that holds every (low, high) and the reference."""
    values = [value for pair in intervals for value in pair if math.isfinite(value)]
    values += [reference] if reference is not None else []
    if not values:
        return Scale(0.0, 1.0)
    return Scale(min(values), max(values), reference)


def forest_bar(scale: Scale, value: float | None, low: float | None, high: float | None, kind: str = "") -> SafeString:
    """One row: a line from low to high with a dot at the value. What lies outside the axis ends in an arrow head."""
    if value is None:
        return SafeString("")
    low, high = (value, value) if low is None or high is None else (low, high)
    parts = [_reference(scale)]
    parts.append(format_html('<line class="forest-ci" x1="{}%" x2="{}%" y1="50%" y2="50%"/>', scale.at(low), scale.at(high)))
    if scale.holds(value):
        parts.append(format_html('<circle class="forest-dot" cx="{}%" cy="50%" r="4"/>', scale.at(value)))
    else:
        beyond = "→" if value > scale.high else "←"
        parts.append(
            format_html(
                '<text class="forest-out" x="{}%" y="50%" dy="0.35em" text-anchor="{}">{}</text>', *_edge(value > scale.high), beyond
            )
        )
    label = estimate(value, low, high)
    return format_html('<svg class="forest {}" role="img" aria-label="{}">{}</svg>', kind, label, SafeString("".join(parts)))


def forest_axis(scale: Scale) -> SafeString:
    """The header's axis: round values, and the name of the reference line."""
    ticks = format_html_join(
        "", '<text x="{}%" y="70%" text-anchor="middle">{}</text>', ((scale.at(t), significant(t, 2)) for t in scale.ticks)
    )
    return format_html('<svg class="forest forest-axis" aria-hidden="true">{}</svg>', ticks)


def _reference(scale: Scale) -> SafeString:
    if scale.reference is None:
        return SafeString("")
    at = scale.at(scale.reference)
    title = _("Baseline: %(value)s") % {"value": significant(scale.reference)}
    return format_html('<line class="forest-reference" x1="{}%" x2="{}%" y1="0" y2="100%"><title>{}</title></line>', at, at, title)


def _edge(right: bool) -> tuple[float, str]:
    return (99.0, "end") if right else (1.0, "start")
