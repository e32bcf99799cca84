"""The section of the model document on the split: how, why, how much on each side, and what the result may claim."""

from __future__ import annotations

from typing import Any

SIDES = {"train": "To learn from", "holdout": "For the test"}
FIGURES = {"rows": "Rows", "groups": "Groups", "sites": "Sites", "from": "From", "to": "To"}


def split_section(split: dict[str, Any]) -> dict[str, Any]:
    """As `html` lays out a section: `split` is that of result.json."""
    head = [name for name in FIGURES if name in split["train"]]
    rows = [[title, *(split[side].get(name) for name in head)] for side, title in SIDES.items()]
    return {
        "title": "How the test was set apart",
        "sentences": split["sentences"],
        "table": {"head": ["", *(FIGURES[name] for name in head)], "rows": rows},
    }


def sites_section(sites: dict[str, Any]) -> dict[str, Any]:
    """From site to site, where whole sites were held out: `sites` is that of evaluation.json."""
    spread = sites["spread"]
    rows = [[row["site"], row["held_out"], row["n"], row["score"], row["ci_low"], row["ci_high"]] for row in sites["sites"]]
    said = []
    if spread["sites"] > 1:
        message = "%(metric)s from site to site: lowest %(lowest).4g, median %(median).4g, highest %(highest).4g, over %(sites)s sites. Each was scored by models that had not seen it."
        said = [{"message": message, "params": {"metric": sites["metric"], **spread}}]
    return {
        "title": "From site to site",
        "sentences": said,
        "table": {"head": ["Site", "Held out", "Rows", "Score", "95 % from", "to"], "rows": rows},
    }
