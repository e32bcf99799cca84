"""Template library `ui`: figures, small pictures and icons."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from automl_portal.errors import sentence
from automl_portal.ui import figures, svg, words
from automl_portal.ui.icons import PATHS

register = template.Library()
register.filter("significant", figures.significant)
register.filter("count", figures.count)
register.filter("share", figures.share)
register.filter("file_size", figures.file_size)
register.filter("duration", figures.duration)
register.filter("plain", figures.plain)
register.filter("day", figures.day)
register.filter("moment", figures.moment)
register.filter("word", words.word)
register.simple_tag(svg.sparkline)
register.simple_tag(svg.meter)
register.simple_tag(svg.paired_bars)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon as inline SVG; it says nothing to a screen reader, so its button or link must."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', mark_safe(PATHS[name]))  # noqa: S308 - our own constant


@register.simple_tag
def upload_limit() -> dict[str, int]:
    """How large a file may be: {bytes, megabytes}."""
    return {"bytes": settings.MAX_UPLOAD_BYTES, "megabytes": settings.MAX_UPLOAD_BYTES // 1024**2}


@register.filter
def said(message: dict[str, Any]) -> str:
    """The translated sentence of anything with a message template and params: a finding, an event, an error."""
    return sentence(message.get("message", ""), message.get("params"))


@register.filter
def tr(text: str) -> str:
    """The translation of a sentence that is data here: a use case's texts, a choice's label."""
    return gettext(text) if text else ""


@register.filter
def after_slash(key: str) -> str:
    """The second part of a use case's address: finance/credit_default -> credit_default."""
    return key.rpartition("/")[2]


@register.filter
def item(mapping: dict[str, Any] | None, key: str) -> Any:
    """mapping[key], for keys only known when the page is drawn; None when absent."""
    return (mapping or {}).get(key)
