"""Sections of the model document that depend on the kind of problem: quantiles, counts and amounts, classes, weights."""

from __future__ import annotations

from typing import Any

from workers.engine.events import gettext_noop

WEAKEST = 30  # classes of a table; the whole of it is on the evaluation page


def kind_sections(evaluation: dict[str, Any]) -> list[dict[str, Any]]:
    """Sections as the use case's hooks make them: title, sentences and perhaps a table. `evaluation`: evaluation.json."""
    made = [_weights(evaluation), _quantiles(evaluation), _levels(evaluation), _classes(evaluation), _probabilities(evaluation)]
    return [section for section in made if section]


def _section(title: str, sentences: list[tuple[str, dict[str, Any]]], table: dict[str, Any] | None = None) -> dict[str, Any]:
    said = [{"message": message, "params": params} for message, params in sentences]
    return {"title": title, "sentences": said, "table": table}


def _weights(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    if not evaluation.get("weighted"):
        return None
    message = gettext_noop("Rows count by their weights in every metric, curve and interval; tables of rows count every row once.")
    return _section(gettext_noop("Weights"), [(message, {})])


def _quantiles(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    if "quantiles" not in evaluation:
        return None
    interval = evaluation["interval"]
    held = gettext_noop(
        "The interval from quantile %(low_level)g to %(high_level)g promises %(promised).3g percent of the labels and held "
        "%(observed).3g percent (95 percent interval %(low).3g to %(high).3g); it is %(width).4g wide on average."
    )
    params = {name: 100 * interval[name] for name in ("promised", "observed", "low", "high")}
    params |= {"low_level": interval["low_level"], "high_level": interval["high_level"], "width": interval["mean_width"]}
    order = gettext_noop("Quantiles are learned apart; where a higher one came out below a lower one, they were put in order.")
    rows = [[e["level"], e["observed"], f"{e['low']:.3g} to {e['high']:.3g}", e["pinball_loss"]] for e in evaluation["quantiles"]]
    head = ["Quantile", "Observed share below", "95 % interval", "Pinball loss"]
    return _section(gettext_noop("Quantiles"), [(held, params), (order, {})], {"head": head, "rows": rows})


def _levels(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    found = evaluation.get("levels")
    if not found:
        return None
    count = gettext_noop("The label is taken for a count: models learn Poisson rates, and nothing below zero is predicted.")
    amount = gettext_noop(
        "The label is taken for an amount that is often zero: models learn a Tweedie distribution of power 1.5, and nothing below zero "
        "is predicted."
    )
    learned = count if found["distribution"] == "poisson" else amount
    total = gettext_noop("In all, %(predicted).5g were predicted where %(observed).5g came.")
    rows = [[band["predicted"], band["observed"], band["deviance"], band["n"]] for band in found["bands"]]
    head = ["Mean predicted", "Mean observed", "Mean deviance", "Rows"]
    return _section(gettext_noop("Level by level"), [(learned, {}), (total, found["total"])], {"head": head, "rows": rows})


def _classes(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    known = evaluation.get("per_class")
    if not known:
        return None
    weakest = sorted(known, key=lambda entry: entry["f1"] or 0.0)[:WEAKEST]
    said = [
        (
            gettext_noop("%(classes)d classes; the table has the %(shown)d with the lowest F1."),
            {"classes": len(known), "shown": len(weakest)},
        )
    ]
    if evaluation.get("confusions"):
        message = gettext_noop(
            "The most frequent confusion: %(n)d rows that are %(true)s were called %(predicted)s, %(percent).3g percent of that class."
        )
        first = evaluation["confusions"][0]
        said.append((message, {**first, "percent": 100 * first["share"]}))
    rows = [[e["class"], e["n"], e["recall"], e["precision"], e["f1"]] for e in weakest]
    return _section(gettext_noop("Class by class"), said, {"head": ["Class", "Rows", "Recall", "Precision", "F1"], "rows": rows})


def _probabilities(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    learned, line = evaluation.get("calibrated"), evaluation.get("line")
    if not learned:
        return None
    params = {name: learned[name] for name in ("loss_before", "loss_after", "rows")}
    params |= {"before": 100 * learned["ece_before"], "after": 100 * learned["ece_after"]}
    put_right = gettext_noop(
        "Probabilities were put right by %(rows)d validated rows: log loss went from %(loss_before).4g to %(loss_after).4g on rows that "
        "had no part in it, and the mean gap between probability and share from %(before).3g to %(after).3g percent."
    )
    as_given = gettext_noop(
        "Probabilities are as the model gives them: nothing that could be learned from %(rows)d validated rows helped. The mean gap "
        "between probability and share there is %(before).3g percent."
    )
    said = [(put_right if learned["applied"] else as_given, params)]
    if learned["prior"]:
        said.insert(0, (gettext_noop("Classes were balanced in learning; their real shares were put back into the probabilities."), {}))
    if line:
        said.append((line["message"], line["params"]))
    return _section(gettext_noop("Probabilities"), said)
