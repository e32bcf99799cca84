"""Tables of a model with several classes: where it confuses them, and how well it finds each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.ui.figures import count, share, significant


def confusion(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    """The heat table: rows are the true classes, cells say how many of them were predicted as what. `level` is 0 to 5."""
    classes, matrix = evaluation.get("classes"), evaluation.get("confusion_matrix")
    if not classes or not matrix:
        return None
    rows = []
    for name, cells in zip(classes, matrix, strict=True):
        total = max(1, sum(cells))
        shown = [
            {"n": count(n), "share": share(n / total), "level": min(5, int(6 * n / total)), "right": classes[i] == name}
            for i, n in enumerate(cells)
        ]
        rows.append({"name": name, "total": count(sum(cells)), "cells": shown})
    return {"classes": classes, "rows": rows, "caption": confusion_caption(classes, matrix)}


def confusion_caption(classes: list[str], matrix: list[list[int]]) -> str:
    """Names the most frequent confusion."""
    pairs = [(matrix[i][j], i, j) for i in range(len(classes)) for j in range(len(classes)) if i != j]
    most, true, predicted = max(pairs, default=(0, 0, 0))
    if not most:
        return _("Every row was classified right.")
    return _most_frequent(classes[true], classes[predicted], most / max(1, sum(matrix[true])))


def _most_frequent(true: str, predicted: str, part: float) -> str:
    params = {"true": true, "predicted": predicted, "share": share(part)}
    return _("The most frequent confusion: %(share)s of the rows that are %(true)s were called %(predicted)s.") % params


def confusions(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    """The largest confusions as a list, for more classes than a square table can show."""
    if evaluation.get("confusion_matrix") or not evaluation.get("confusions"):
        return None
    first = evaluation["confusions"][0]
    rows = [{**entry, "n": count(entry["n"]), "share": share(entry["share"])} for entry in evaluation["confusions"]]
    return {
        "rows": rows,
        "caption": _most_frequent(first["true"], first["predicted"], first["share"]),
        "classes": count(len(evaluation["classes"])),
    }


def per_class(evaluation: dict[str, Any]) -> list[dict[str, str]]:
    """Precision, recall and F1 of each class, the weakest F1 first."""
    entries = sorted(evaluation.get("per_class") or [], key=lambda entry: entry["f1"] or 0.0)
    return [
        {
            "class": entry["class"],
            "precision": share(entry["precision"]),
            "recall": share(entry["recall"]),
            "f1": significant(entry["f1"]),
            "n": count(entry["n"]),
        }
        for entry in entries
    ]
