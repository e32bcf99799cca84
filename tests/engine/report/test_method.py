"""What the document says about missing families and energy."""

from __future__ import annotations

from typing import Any

from workers.engine.report.method import energy_sentences, missing_sentences, skipped_rows

SKIPPED: list[dict[str, Any]] = [
    {"model": "TabM", "family": "neural_net", "code": "time_limit", "reason": "It did not finish.", "params": {}, "remedy": "More time."},
    {"model": "EBM", "family": "interpretable", "code": "error", "reason": "Stopped (%(error)s).", "params": {"error": "KeyError"}},
    {"model": "TextNgram", "family": "text", "code": "not_applicable", "reason": "No text.", "params": {}, "remedy": ""},
]
ENERGY: dict[str, Any] = {
    "wh": 0.5,
    "low_wh": 0.25,
    "high_wh": 1.0,
    "watts": 4.0,
    "method": "typical",
    "processor": "AMD EPYC",
    "gpu_wh": None,
    "co2_g": None,
    "country": "",
    "grams_per_kwh": None,
}


def test_only_a_family_without_any_model_is_missing() -> None:
    assert missing_sentences(SKIPPED, ["neural_net", "tree"]) == [
        "Of the family interpretable no model was trained, although it was planned (EBM): what it would have reached is not known."
    ]


def test_reasons_and_remedies_are_filled_in() -> None:
    assert skipped_rows(SKIPPED)[:2] == [
        ["TabM", "neural_net", "It did not finish.", "More time."],
        ["EBM", "interpretable", "Stopped (KeyError).", ""],
    ]


def test_energy_says_its_method_and_how_far_it_may_be_off() -> None:
    text = energy_sentences(ENERGY)
    assert "about 0.5 Wh of energy (0.25 Wh to 1 Wh)" in text and "factor of two" in text and "CO2" not in text and "GPU" not in text


def test_carbon_names_its_grid_and_a_gpu_its_own_count() -> None:
    text = energy_sentences(ENERGY | {"gpu_wh": 3.2, "co2_g": 0.1905, "country": "DEU", "grams_per_kwh": 381.0, "method": "rated"})
    assert "The GPU counted 3.2 Wh itself." in text and "grid of DEU (381 g CO2 per kWh, yearly mean) that is about 0.19 g CO2" in text
    assert "this processor (AMD EPYC)" in text
