"""Every stable code with which a file or its data is answered: one table for the pages, the API and the documentation.

A REJECT stops, an ASK waits for the analyst, a FIX was done and is listed, a WARN informs. The sentence a person reads
is made where the thing is noticed; here stand what the code means and the way out.
"""

from __future__ import annotations

from domains.codes.entry import Code, Level
from domains.codes.file import FILE
from domains.codes.label import LABEL
from domains.codes.names import NAMES
from domains.codes.scoring import SCORING
from domains.codes.series import SERIES
from domains.codes.split import SPLIT
from domains.codes.values import VALUES

CODES: dict[str, Code] = {code.code: code for code in (*FILE, *NAMES, *VALUES, *LABEL, *SPLIT, *SERIES, *SCORING)}

__all__ = ["CODES", "FILE", "LABEL", "NAMES", "SCORING", "SERIES", "SPLIT", "VALUES", "Code", "Level"]
