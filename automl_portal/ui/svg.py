"""Small pictures inside tables and forms, as inline SVG: no script, no image request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from automl_portal.ui.figures import plain, second_date

WIDTH, HEIGHT = 120.0, 28.0


def bars(heights: Sequence[float], label: str, rest_from: int | None = None) -> SafeString:
    """A row of bars scaled to the highest; those from `rest_from` on are drawn paler."""
    if not heights or max(heights) <= 0:
        return SafeString("")
    gap = 1.0
    width = (WIDTH - gap * (len(heights) - 1)) / len(heights)
    parts = []
    for i, value in enumerate(heights):
        height = max(1.0 if value > 0 else 0.0, HEIGHT * value / max(heights))
        kind = ' class="rest"' if rest_from is not None and i >= rest_from else ""
        parts.append(f'<rect{kind} x="{i * (width + gap):.2f}" y="{HEIGHT - height:.2f}" width="{width:.2f}" height="{height:.2f}"/>')
    inner = mark_safe("".join(parts))  # noqa: S308 - numbers only
    return format_html(
        '<svg class="spark" viewBox="0 0 120 28" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>', label, inner
    )


def sparkline(column: dict[str, Any]) -> SafeString:
    """The distribution of a profiled column: histogram for numbers and dates, lengths for text, bars of the commonest values otherwise."""
    lengths = column.get("type") == "text"
    histogram = column.get("length_histogram" if lengths else "histogram") or {}
    if histogram.get("counts"):
        return bars(histogram["counts"], range_label(column, histogram["edges"]))
    top = column.get("top") or []
    counts = [item["count"] for item in top[:12]]
    named = len(counts)
    rest = (column.get("other") or 0) + sum(item["count"] for item in top[12:])
    if rest:
        counts.append(rest)
    label = _("Most frequent: %(values)s") % {"values": ", ".join(str(item["value"])[:40] for item in top[:3])}
    return bars(counts, label, rest_from=named)


def range_label(column: dict[str, Any], edges: Sequence[float]) -> str:
    """Between what the histogram lies, in words."""
    shown = second_date if column.get("type") == "datetime" else plain
    low, high = (shown(edges[0]), shown(edges[-1])) if edges else ("", "")
    if column.get("type") == "text":
        return _("Lengths from %(low)s to %(high)s characters") % {"low": low, "high": high}
    return _("Distribution from %(low)s to %(high)s") % {"low": low, "high": high}


def paired_bars(old: Sequence[float], new: Sequence[float], label: str) -> SafeString:
    """Two distributions over the same bins, bar beside bar on one scale."""
    highest = max([*old, *new], default=0)
    if highest <= 0:
        return SafeString("")
    step = WIDTH / len(old)
    width = max(1.0, step * 0.42)
    parts = []
    for kind, offset, shares in (("old", 0.0, old), ("new", width, new)):
        for i, share in enumerate(shares):
            height = max(1.0 if share > 0 else 0.0, HEIGHT * share / highest)
            parts.append(
                f'<rect class="{kind}" x="{i * step + offset:.2f}" y="{HEIGHT - height:.2f}" width="{width:.2f}" height="{height:.2f}"/>'
            )
    inner = mark_safe("".join(parts))  # noqa: S308 - numbers only
    return format_html(
        '<svg class="spark spark-pair" viewBox="0 0 120 28" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>', label, inner
    )


def meter(value: float | None, label: str, kind: str = "") -> SafeString:
    """A horizontal bar for a share between 0 and 1."""
    if value is None:
        return SafeString("")
    width = round(100 * min(max(value, 0.0), 1.0), 2)
    width = max(width, 1.5) if value > 0 else 0
    return format_html(
        '<svg class="meter {}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bg" width="100" height="8"/><rect class="fg" width="{}" height="8"/></svg>',
        kind,
        label,
        width,
    )
