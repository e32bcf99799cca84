"""Lists are paged by offset and limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

MOST = 500
M = TypeVar("M", bound=Model)


def page(rows: QuerySet[M], show: Callable[[M], dict[str, Any]], *, offset: int, limit: int) -> dict[str, Any]:
    """{items, count, offset, limit} of a queryset."""
    offset, limit = max(0, offset), min(max(1, limit), MOST)
    return {"items": [show(row) for row in rows[offset : offset + limit]], "count": rows.count(), "offset": offset, "limit": limit}
