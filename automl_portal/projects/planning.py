"""What a budget buys: the plan of a run before it starts, made by the arithmetic that the engine follows."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem
from automl_portal.projects.models import Project
from domains.planning.catalogue import queue_of
from domains.planning.estimate import plan_preview
from domains.planning.layout import Machine, TableFacts, holdout_share, memory_needed_mb
from domains.validation import NOT_MODELLED

MB_PER_GB = 1024


def machine() -> Machine:
    """What one fit may use on this machine."""
    return Machine(os.cpu_count() or 1, fit_memory_mb(), min(1, int(os.environ.get("AUTOML_GPUS") or 0)))


def fit_memory_mb() -> int:
    """The memory one fit may use, MB."""
    if settings.FIT_MEMORY_MB:
        return int(settings.FIT_MEMORY_MB)
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / MB_PER_GB**2 * 0.75)


def table_facts(
    columns: list[dict[str, Any]], rows: int, label: str, roles: dict[str, list[str]], problem_type: str, holdout_fraction: float
) -> TableFacts:
    """The numbers of a table that a plan is made from. `columns`: entries of the data report."""
    left_out = {label, *(name for role in NOT_MODELLED for name in roles.get(role, []))}
    modelled = [column for column in columns if column["name"] not in left_out and column["type"] != "empty"]
    target = next((column for column in columns if column["name"] == label), {})
    known = max(1, rows - int(target.get("missing") or 0))
    named = problem_type in ("binary", "multiclass")
    counts = [int(item["count"]) for item in target.get("top") or []]
    share = holdout_share(known, holdout_fraction)
    return TableFacts(
        rows=known,
        columns=len(modelled),
        problem_type=problem_type,
        classes=int(target.get("unique") or 0) if named else 0,
        text=sum(column["type"] == "text" for column in modelled),
        holdout_fraction=share,
        smallest_class=round(min(counts) * (1 - share)) if named and counts else None,
    )


def project_facts(project: Project, chosen: dict[str, Any]) -> TableFacts:
    """The facts of a project's table under the settings `chosen`."""
    data = project.dataset
    return table_facts(data.columns, data.rows or 0, project.label, project.roles, project.problem_type, chosen["holdout_fraction"])


def plan_of(facts: TableFacts, seconds: float) -> dict[str, Any]:
    """The plan as JSON; see domains.planning.estimate."""
    return plan_preview(facts, machine(), seconds, queue_of(facts))


def memory_check(facts: TableFacts) -> None:
    """Raises Problem when a run on this table needs more memory than a worker gives."""
    needed, given = memory_needed_mb(facts), fit_memory_mb()
    if needed > given:
        message = N_(
            "This table needs about %(needed)s GB of memory; this worker gives %(given)s GB. Leave out columns, or ask for a larger worker."
        )
        raise Problem(
            "table_too_large",
            message,
            params={"needed": f"{needed / MB_PER_GB:.1f}", "given": f"{given / MB_PER_GB:.1f}"},
            status=409,
        )
