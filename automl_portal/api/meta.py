"""Health, and the use cases on offer."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router

from automl_portal.jobs.selectors import workers_alive

router = Router(tags=["service"])


@router.get("/health", auth=None)
def health(request: HttpRequest) -> JsonResponse:
    """`ok` once the database answers and every queue has a worker; 503 until then."""
    alive = workers_alive()
    ok = all(alive.values())
    return JsonResponse({"status": "ok" if ok else "starting", "version": settings.VERSION, "workers": alive}, status=200 if ok else 503)


@router.get("/use-cases")
def use_case_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Every use case with what it needs and what its budgets are (seconds)."""
    from domains.registry import use_cases

    return [
        {
            "key": case.key,
            "version": case.version,
            "title": _(case.title),
            "summary": _(case.summary),
            "problem_type": case.problem_type,
            "label": {"names": list(case.label.names), "help": _(case.label.help)},
            "columns": [{"role": column.role, "names": list(column.names), "help": _(column.help)} for column in case.columns],
            "eval_metric": case.eval_metric,
            "budgets": case.budgets.model_dump(),
            "decision": [setting.model_dump() for setting in case.decision],
            "sample": case.sample.model_dump(),
        }
        for case in use_cases().values()
    ]


@router.get("/models")
def pretrained_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Pretrained models: their licence, what they can handle, and whether their weights are mounted (see docs/pretrained.md)."""
    from domains.pretrained import overview

    return overview(os.environ)


@router.get("/codes")
def code_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Every code with which a file or its data is answered: its levels (the usual one first), what it means, and the way out."""
    from domains.codes import CODES

    return [
        {"code": code.code, "levels": list(code.levels), "meaning": _(code.meaning), "way_out": _(code.way_out)} for code in CODES.values()
    ]
