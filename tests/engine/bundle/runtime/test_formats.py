from __future__ import annotations

from typing import Any

import pytest

from workers.engine.bundle.runtime.dates import COUNTED, DATE_FORMATS
from workers.engine.bundle.runtime.formats import looks_like
from workers.engine.bundle.runtime.numerals import GAPS


@pytest.mark.parametrize(
    ("cast", "cells", "shown"),
    [
        ({"type": "datetime", "date_format": "iso|%d/%m/%Y"}, ["31.01.2024"], ("YYYY-MM-DD / DD/MM/YYYY", "DD.MM.YYYY")),
        ({"type": "datetime", "date_format": "excel"}, ["2024-01-31"], ("45322", "YYYY-MM-DD")),
        ({"type": "number", "decimal": ",", "thousands": GAPS}, ["1,234.5"], ("1 234,5", "1,234.5")),
    ],
)
def test_a_person_sees_how_cells_are_written(cast: dict[str, Any], cells: list[str], shown: tuple[str, str]) -> None:
    assert looks_like(cells, cast) == shown


@pytest.mark.parametrize("date_format", ["iso", *DATE_FORMATS, *COUNTED])
def test_no_format_is_shown_as_we_spell_it(date_format: str) -> None:
    written, _ = looks_like(["2024-01-31"], {"type": "datetime", "date_format": date_format})
    assert "%" not in written and "_" not in written
