"""Why a model is missing and what would bring it."""

from __future__ import annotations

import pytest

from workers.engine.search.skips import REMEDIES, skip_reason


@pytest.mark.parametrize(
    ("exception", "text", "code", "reason"),
    [
        ("TimeLimitExceeded", "", "time_limit", "It did not finish within its share of the time limit."),
        ("MemoryError", "", "memory", "It would have needed more memory than this run may use."),
        ("ImportError", "`import pytabkit` failed. Quick tip: ...", "library", "The library pytabkit is not installed on this worker."),
        ("ModuleNotFoundError", "No module named 'tabicl.x'", "library", "The library tabicl.x is not installed on this worker."),
        ("ImportError", "something else", "library", "A library it needs is not installed on this worker."),
        ("ValueError", "Input contains NaN.", "not_a_number", "It answered with something that is no number."),
        ("ValueError", "the finance column", "error", "It stopped with an error (ValueError)."),
        ("", "", "error", "It stopped with an error (unknown)."),
    ],
)
def test_a_reason_and_a_way_out(exception: str, text: str, code: str, reason: str) -> None:
    skip = skip_reason(exception, text)
    assert (skip.code, skip.reason % skip.params) == (code, reason)
    assert skip.as_dict()["remedy"] == REMEDIES[code]


def test_what_nothing_would_help_names_no_remedy() -> None:
    assert skip_reason("NoValidFeatures", "").remedy == ""
