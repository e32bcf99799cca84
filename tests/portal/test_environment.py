"""A setting that cannot be right stops the start with a sentence."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from automl_portal.environment import env_country, env_int

NAME = "AUTOML_MAX_UPLOAD_MB"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("5 GB", "is '5 GB'; use a whole number"),
        ("1.5", "use a whole number"),
        ("0", "is 0; use 1 or more"),
        ("-1", "is -1; use 1 or more"),
    ],
)
def test_a_number_that_cannot_be(monkeypatch: pytest.MonkeyPatch, value: str, sentence: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        env_int(NAME, 7, least=1)
    assert NAME in str(refused.value)


@pytest.mark.parametrize(("value", "number"), [("", 7), ("1", 1), ("20000", 20_000)])
def test_a_number_or_its_default(monkeypatch: pytest.MonkeyPatch, value: str, number: int) -> None:
    monkeypatch.setenv(NAME, value)
    assert env_int(NAME, 7, least=1) == number


def test_a_country_is_a_code_of_three_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOML_GRID_COUNTRY", " deu ")
    assert env_country("AUTOML_GRID_COUNTRY") == "DEU"
    monkeypatch.setenv("AUTOML_GRID_COUNTRY", "Germany")
    with pytest.raises(ImproperlyConfigured, match="three letters"):
        env_country("AUTOML_GRID_COUNTRY")
