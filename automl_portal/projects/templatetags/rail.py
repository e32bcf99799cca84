"""Template library `rail`: the steps of a project."""

from __future__ import annotations

from typing import Any

from django import template

from automl_portal.projects.models import Project
from automl_portal.projects.steps import project_steps

register = template.Library()


@register.inclusion_tag("components/rail.html", takes_context=True)
def project_rail(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """The rail with the page being shown marked as current."""
    match = context["request"].resolver_match
    return {"steps": project_steps(project, match.url_name if match else "")}
