"""What the document says of each kind of problem."""

from __future__ import annotations

from typing import Any

from tests.portal.results import CALIBRATION, evaluated
from workers.engine.report.kinds import kind_sections


def said(evaluation: dict[str, Any]) -> dict[str, str]:
    """Title -> its sentences, filled in."""
    return {
        section["title"]: " ".join(each["message"] % each["params"] for each in section["sentences"])
        for section in kind_sections(evaluation)
    }


def test_quantiles_say_what_they_promised_and_held() -> None:
    found = said(evaluated("quantile")[1])
    assert list(found) == ["Quantiles"]
    assert "promises 80 percent" in found["Quantiles"] and "put in order" in found["Quantiles"]


def test_counts_and_classes_have_their_tables() -> None:
    count, many = kind_sections(evaluated("count")[1])[0], kind_sections(evaluated("many")[1])[0]
    assert "Poisson" in count["sentences"][0]["message"] and len(count["table"]["rows"]) == 10
    assert "60 classes" in said(evaluated("many")[1])["Class by class"] and len(many["table"]["rows"]) == 30
    assert all(len(row) == len(section["table"]["head"]) for section in (count, many) for row in section["table"]["rows"])


def test_probabilities_and_weights_are_accounted_for() -> None:
    evaluation = evaluated("binary")[1]
    assert "0.5 on" in said(evaluation)["Probabilities"] and "helped" in said(evaluation)["Probabilities"]
    balanced = {**CALIBRATION, "applied": True, "prior": True}
    found = said({**evaluation, "calibrated": balanced, "weighted": True})
    assert "real shares" in found["Probabilities"] and "put right by 800" in found["Probabilities"] and "Weights" in found
