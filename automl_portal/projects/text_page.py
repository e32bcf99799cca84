"""Texts on the explain page: the terms that count, and a few texts with each word marked by what it does to the prediction."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automl_portal.ui.figures import count, share, significant

STEPS = (0.15, 0.4, 0.75)  # of the strongest word of a text: where its mark gets stronger
KIND = {
    "wrong": gettext_lazy("Far off"),
    "unsure": gettext_lazy("A close call"),
    "typical": gettext_lazy("As most are"),
}


def text_page(explanations: dict[str, Any]) -> dict[str, Any] | None:
    """What the template shows; None for a table without texts."""
    text = explanations.get("text")
    if not text:
        return None
    terms = text.get("terms")
    return {"terms": _terms(terms) if terms else None, "examples": [_example(entry) for entry in text.get("examples") or []]}


def _terms(terms: dict[str, Any]) -> dict[str, Any]:
    many = {term["column"] for group in terms["groups"] for term in group["terms"]}
    groups = [
        {
            "title": _direction(terms["unit"], group["class"]),
            "rows": [{**term, "effect": significant(term["effect"]), "rows": count(term["rows"])} for term in group["terms"]],
        }
        for group in terms["groups"]
        if group["terms"]
    ]
    used = _("%(model)s is part of the model that is used.") if terms["part"] else _("%(model)s is not part of the model that is used.")
    unit = _("the label's unit") if terms["unit"] == "value" else _("log odds of the class")
    caption = _("Exact weights of %(model)s, mean contribution in %(unit)s where the term stands; %(rows)s rows of the final test.")
    params = {"model": terms["model"], "unit": unit, "rows": count(terms["rows"])}
    return {"groups": groups, "caption": f"{caption % params} {used % params}", "columns": len(many) > 1}


def _direction(unit: str, name: str | None) -> str:
    if unit == "value":
        return _("Raises the number") if name == "up" else _("Lowers the number")
    return _("Speaks for %(class)s") % {"class": name}


def _example(entry: dict[str, Any]) -> dict[str, Any]:
    strongest = max((abs(effect) for _text, effect in entry["pieces"] if effect is not None), default=0.0)
    pieces = [{"text": text, "effect": effect, "mark": _mark(effect, strongest)} for text, effect in entry["pieces"]]
    ranked = sorted((piece for piece in pieces if piece["mark"]), key=lambda piece: -abs(piece["effect"]))
    if entry["class"] is None:
        line = _("Predicted %(predicted)s, in truth %(actual)s.")
        params = {"predicted": significant(entry["predicted"]), "actual": significant(entry["actual"])}
    else:
        line = _("Predicted %(predicted)s, in truth %(actual)s; probability of %(class)s: %(score)s.")
        params = {**{name: entry[name] for name in ("predicted", "actual", "class")}, "score": share(entry["score"])}
    return {
        "kind": KIND[entry["kind"]],
        "line": line % params,
        "column": entry["column"],
        "pieces": pieces,
        "cut": entry["cut"],
        "ranked": [{**piece, "effect": f"{piece['effect']:+.3g}"} for piece in ranked[:8]],
    }


def _mark(effect: float | None, strongest: float) -> str:
    """The class of a word's mark: for or against, and how strong; empty for words that hardly matter."""
    if effect is None or not strongest:
        return ""
    level = sum(abs(effect) >= step * strongest for step in STEPS)
    return f"word-{'for' if effect > 0 else 'against'}-{level}" if level else ""
