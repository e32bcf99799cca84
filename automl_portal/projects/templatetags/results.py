"""Template library `results`: interval bars on a common axis, estimates, and the addresses of a sorted table."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from automl_portal.errors import sentence
from automl_portal.projects.live import Live
from automl_portal.projects.missing import skips_grouped
from automl_portal.ui.estimates import clock, estimate_parts
from automl_portal.ui.figures import count, file_size, significant
from automl_portal.ui.forest import Scale, forest_axis, forest_bar

register = template.Library()
register.filter("clock", clock)
register.simple_tag(forest_axis)


@register.filter
def reason(skipped: dict[str, Any]) -> str:
    """Why a model was skipped, in the reader's language: an entry of `skipped_models`, or the params of a log line."""
    return sentence(skipped.get("reason") or "", skipped.get("params") or skipped)


register.filter("grouped", skips_grouped)


@register.filter
def megabytes(value: float | None) -> str:
    """Memory, given in MB."""
    return file_size(None if value is None else int(value * 1e6))


@register.filter
def shown(value: Any) -> str:
    """A cell of a scored file: fractions to four digits, everything else as it is."""
    return significant(value, 4) if isinstance(value, float) else str(value)


@register.simple_tag
def interval_bar(scale: Scale, row: dict[str, Any], field: str = "score_holdout") -> SafeString:
    """A row's interval on the axis; tied rows and the baseline look different."""
    kind = "is-baseline" if row.get("baseline") else "is-tied" if row.get("tied_with_best") else ""
    return forest_bar(scale, row.get(field), row.get("ci_low"), row.get("ci_high"), kind)


@register.simple_tag
def validation_axis(live: Live) -> SafeString:
    return forest_axis(live.scale)


@register.simple_tag
def validation_bar(live: Live, row: dict[str, Any]) -> SafeString:
    """Where a model stands while the holdout is still untouched: a dot without an interval."""
    return forest_bar(live.scale, row.get("score_val"), None, None, "is-best" if row is live.rows[0] else "")


@register.simple_tag
def estimated(value: float | None, low: float | None = None, high: float | None = None) -> SafeString:
    """An estimate whose interval goes to a line of its own where there is little room."""
    return format_html('{} <span class="ci">{}</span>', *estimate_parts(value, low, high))


@register.filter
def plainly(value: Any) -> str:
    """A number of the data itself: whole numbers whole, others to four digits."""
    return count(value) if isinstance(value, int) else significant(value, 4) if isinstance(value, float) else str(value)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own address with some of its parameters changed; an empty value removes one."""
    params = {**context["request"].GET.dict(), **changes}
    kept = {key: value for key, value in params.items() if value not in ("", None)}
    return f"?{urlencode(kept)}" if kept else "?"
