"""What kind of number a label is, from its column profile: any number, a count, or an amount that is often nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domains.messages import gettext_noop

SKEWED = 3  # the largest value against the median
FEW_COUNTS = 2_000  # a count has no more distinct values
MANY_ZEROS = 0.1


def propose_distribution(column: Mapping[str, Any], rows: int) -> tuple[str, str]:
    """(normal, poisson or tweedie; why). ``column``: an entry of the data report, a number; ``rows``: of the dataset."""
    low, high, median = (column.get(name) for name in ("min", "max", "median"))
    present = rows - column["missing"]
    usual = ("normal", gettext_noop("It can be any number."))
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or median is None or low < 0 or present <= 0:
        return usual
    zeros = next((int(entry["count"]) for entry in column.get("top") or [] if str(entry["value"]) in ("0", "0.0")), 0) / present
    if column["type"] == "integer" and low <= 1 and column["unique"] <= FEW_COUNTS and high > SKEWED * max(median, 1):
        return "poisson", gettext_noop("It holds whole numbers from zero or one upwards, many small and few large, as counts are.")
    if zeros >= MANY_ZEROS and high > SKEWED * max(median, 0):
        return "tweedie", gettext_noop("It is zero in many rows and a positive amount in the others.")
    return usual


def check_distribution(column: Mapping[str, Any], distribution: str) -> list[dict[str, Any]]:
    """What stands against the distribution that was chosen for the label, as `domains.validation.check_setup` has it."""
    if distribution == "normal" or (column.get("min") or 0) >= 0:
        return []
    name = str(column["name"])
    message = gettext_noop("%(column)s has values below zero, so it is neither a count nor an amount. Choose the normal distribution.")
    return [{"code": "label_negative", "level": "REJECT", "message": message, "params": {"column": name}, "column": name}]
