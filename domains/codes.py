"""Every stable code with which a file or its data is answered: one table for the pages, the API and the documentation.

A REJECT stops, an ASK waits for the analyst, a FIX was done and is listed, a WARN informs. The sentence a person reads
is made where the thing is noticed; here stand what the code means and the way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domains.messages import gettext_noop as N_

Level = Literal["REJECT", "ASK", "FIX", "WARN"]


@dataclass(frozen=True)
class Code:
    """``levels``: how it can be answered, the usual one first. ``meaning`` and ``way_out`` are whole sentences."""

    code: str
    levels: tuple[Level, ...]
    meaning: str
    way_out: str


FILE: tuple[Code, ...] = (
    Code("file_empty", ("REJECT",), N_("The file holds nothing but blank lines."), N_("Check the export and upload it again.")),
)
NAMES: tuple[Code, ...] = ()
VALUES: tuple[Code, ...] = ()
LABEL: tuple[Code, ...] = ()
SERIES: tuple[Code, ...] = ()
SCORING: tuple[Code, ...] = ()

CODES: dict[str, Code] = {code.code: code for code in (*FILE, *NAMES, *VALUES, *LABEL, *SERIES, *SCORING)}
