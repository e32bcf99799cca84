from __future__ import annotations

import pytest

from automl_portal.uploads.names import clean_filename

NAMES = {
    "a.csv": "a.csv",
    "C:\\x\\a.csv": "a.csv",
    "../../a.csv": "a.csv",
    "/etc/passwd": "passwd",
    "a\x00\n.csv": "a.csv",
    "cred\u202eit.csv": "credit.csv",
    "": "file",
    "...": "file",
    " . .. ": "file",
    "..\\..": "file",
    "CON": "_CON",
    "con.csv": "_con.csv",
    "Lpt1.tar.gz": "_Lpt1.tar.gz",
    "console.csv": "console.csv",
    "贷款.csv": "贷款.csv",
    "é" * 400: "é" * 255,
    f"{'a' * 4096}.csv": f"{'a' * 251}.csv",
    "\ud800.csv": "csv",
}


@pytest.mark.parametrize("given", NAMES, ids=[ascii(name)[:30] for name in NAMES])
def test_names_are_shown_safely(given: str) -> None:
    assert clean_filename(given) == NAMES[given]
