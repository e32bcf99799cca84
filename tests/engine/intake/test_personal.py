from __future__ import annotations

import random
from typing import Any

import pytest

from benchmarks import made_people, personal_data
from workers.engine.intake import checksums, personal


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (checksums.card, "4111 1111 1111 1111", "4111 1111 1111 1112"),
        (checksums.iban, "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 01"),
        (checksums.resident_id, "11010519491231002X", "110105194912310021"),
        (checksums.ssn, "123-45-6789", "666-45-6789"),
        (checksums.nhs, "943 476 5919", "943 476 5918"),
        (checksums.nir, "2 55 08 14 168 025 38", "2 55 08 14 168 025 39"),
        (checksums.nir, "1 84 12 2A 120 048 13", "1 84 12 2B 120 048 13"),
        (checksums.steuer_id, "86095742719", "86095742710"),
        (checksums.verhoeff, "2363", "2364"),
        (checksums.ip, "2001:db8::1", "300.1.1.1"),
    ],
)
def test_check_digits(check: Any, good: str, bad: str) -> None:
    assert check(good) and not check(bad)


def test_the_bar_holds_on_another_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert personal_data.main(20, rows=60) == 0, capsys.readouterr().out


def test_a_finding_never_shows_a_whole_cell() -> None:
    rng = random.Random(1)
    cells = [made_people.email(rng) for _ in range(50)]
    column = {"name": "mail", "type": "category", "unique": 50, "missing": 0}
    finding = personal.of_column(column, cells, 50)
    assert finding is not None and (finding.level, finding.params["kind"]) == ("ASK", "email")
    assert [option["value"] for option in finding.choices] == ["drop", "pseudonymise", "keep"]
    assert finding.choices[2]["needs_reason"]
    shown = str(finding.as_dict())
    assert not any(cell in shown or cell.split("@")[0] in shown for cell in cells)
    again = personal.of_column(column, cells, 500)
    assert again is not None and again.choices[0]["value"] == "pseudonymise", "an entity keeps its rows together"


def test_a_name_alone_only_warns_and_a_name_without_fitting_cells_says_nothing() -> None:
    born = personal.of_column({"name": "dob", "type": "datetime", "unique": 90, "missing": 0}, [f"19{y}-01-02" for y in range(10, 100)], 90)
    assert born is not None and born.level == "WARN"
    flags = personal.of_column(
        {"name": "email_sent", "type": "category", "unique": 5, "missing": 0}, ["yes", "no", "maybe", "late", "x"], 90
    )
    assert flags is None


def test_personal_data_inside_text_is_counted() -> None:
    rng = random.Random(2)
    cells = [made_people.text(made_people.email)(rng) for _ in range(200)]
    finding = personal.of_column({"name": "note", "type": "text", "unique": 200, "missing": 0}, cells, 200)
    assert finding is not None and finding.level == "WARN" and 3 <= finding.params["count"] <= 40
    assert {option["value"] for option in finding.choices} == {"drop", "keep"}
