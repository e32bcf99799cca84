"""Values of single settings: a number within its limits, the way rows are set apart."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem


def split_setting(given: Any) -> dict[str, Any]:
    """{kind, reason, gap_days} from the name of a kind or from such a dict. Raises Problem."""
    from domains.split import KINDS

    chosen = given if isinstance(given, dict) else {"kind": given}
    unknown = set(chosen) - {"kind", "reason", "gap_days"}
    if unknown:
        known = "kind, reason, gap_days"
        raise Problem(
            "setting_unknown", N_("There is no setting %(name)s. Known: %(known)s."), params={"name": min(unknown), "known": known}
        )
    kind = chosen.get("kind") or "auto"
    if kind not in KINDS:
        raise Problem("split_unknown", N_("Choose one of: %(choices)s."), params={"choices": ", ".join(KINDS)})
    reason = str(chosen.get("reason") or "").strip()[:1000]
    return {"kind": kind, "reason": reason or None, "gap_days": number_between(chosen, "gap_days", 0, 0, 3650)}


def number_between(given: dict[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = given.get(name)
    if value is None:
        return default
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(value, bool) or not least <= number <= most:
        message = N_("%(name)s is %(value)s; use a number from %(least)g to %(most)g.")
        raise Problem("setting_out_of_range", message, params={"name": name, "value": value, "least": least, "most": most})
    return number
