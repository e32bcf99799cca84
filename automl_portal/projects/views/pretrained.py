"""Pretrained models: what they may be used for, what they can handle, and whether this machine has their weights."""

from __future__ import annotations

import os

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from automl_portal.accounts.access import TeamRequest, member_page
from domains.pretrained import WEIGHTS_DIR, overview


@require_GET
@member_page()
def pretrained(request: TeamRequest) -> HttpResponse:
    models = overview(os.environ)
    installed = sum(any(model["installed"].values()) for model in models)
    return render(request, "projects/pretrained.html", {"models": models, "installed": installed, "variable": WEIGHTS_DIR})
