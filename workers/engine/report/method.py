"""Sentences of the model document about what is missing and what the fit took."""

from __future__ import annotations

from typing import Any

# Reasons why a model was never planned: the table or the installation rules it out, not the run.
RULED_OUT = ("not_applicable", "not_installed", "licence", "rows", "columns", "classes")
METHODS = {
    "rated": "the rated watts of this processor ({processor}) shared over its threads",
    "typical": "a typical server's watts per thread, because nothing certain is known of this processor",
}


def missing_sentences(skipped: list[dict[str, Any]], families: list[str]) -> list[str]:
    """One for each promised family of which nothing was trained; `families`: those with a trained model."""
    missing: dict[str, list[str]] = {}
    for entry in skipped:
        if entry["family"] not in families and entry["code"] not in RULED_OUT:
            missing.setdefault(entry["family"], []).append(entry["model"])
    return [
        f"Of the family {family} no model was trained, although it was planned ({', '.join(sorted(set(models)))}): "
        "what it would have reached is not known."
        for family, models in missing.items()
    ]


def skipped_rows(skipped: list[dict[str, Any]]) -> list[list[str]]:
    """Model, family, reason and remedy."""
    return [
        [entry["model"], entry["family"], entry["reason"] % entry["params"], (entry.get("remedy") or "") % entry["params"]]
        for entry in skipped
    ]


def energy_sentences(energy: dict[str, Any]) -> str:
    """The estimate with its method and how far it may be off; the carbon where the operator has named a country."""
    how = METHODS[energy["method"]].format(processor=energy["processor"])
    text = (
        f"Up to the writing of this document the run took about {_wh(energy['wh'])} of energy ({_wh(energy['low_wh'])} to "
        f"{_wh(energy['high_wh'])}). For the processor this is an estimate: its busy seconds at {energy['watts']:g} watts per thread, {how}; "
        "memory, cooling and idle parts are not in it, and it may be off by a factor of two either way."
    )
    if energy["gpu_wh"] is not None:
        text += f" The GPU counted {_wh(energy['gpu_wh'])} itself."
    if energy["co2_g"] is not None:
        text += (
            f" With the grid of {energy['country']} ({energy['grams_per_kwh']:g} g CO2 per kWh, yearly mean) that is about "
            f"{energy['co2_g']:.2g} g CO2."
        )
    return text


def _wh(value: float) -> str:
    return f"{value:.2g} Wh"
