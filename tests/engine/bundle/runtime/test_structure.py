"""The quick look at pieces and the careful scanner must say the same about every file, however it is cut into pieces."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workers.engine.bundle.runtime import structure
from workers.engine.bundle.runtime.plain import Rules, tally
from workers.engine.bundle.runtime.refusal import ReadError
from workers.engine.bundle.runtime.structure import Structure, scan

CELL = st.sampled_from(["", "a", "bb", '"q"', '"a,b"', '"x""y"', '""', '"two\nlines"', '"two\r\nlines"', 'st"ray', '"', "é", "x" * 30])
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=30)


def careful(data: bytes, quote: str | None, max_cell: int) -> Structure | tuple[str, list[int]]:
    """What the careful scanner alone says of the whole."""
    scanner = structure._Scanner(ord(","), ord(quote) if quote else None, max_cell)
    try:
        scanner.feed(data, final=False)
        scanner.feed(b"", final=True)
    except ReadError as error:
        return error.code, error.rows
    return scanner.found


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(['"', "'", None]), st.booleans(), st.integers(1, 400), st.booleans())
@example([["a", "b"], ["1", "2"], ['"two\nlines"', "2"], ["", '"a,b"']], "\n", '"', True, 7, True)
def test_every_cut_gives_the_same_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[list[str]], end: str, quote: str | None, last: bool, size: int, wide: bool
) -> None:
    table = [(row * 3)[: len(table[0])] for row in table] if wide else table
    data = (end.join(",".join(row) for row in table) + end * last).encode()
    (tmp_path / "x.csv").write_bytes(data)
    monkeypatch.setattr(structure, "CHUNK", size)
    try:
        found: object = scan(tmp_path / "x.csv", delimiter=",", quote=quote, max_cell_bytes=20)
    except ReadError as error:
        found = (error.code, error.rows)
    expected = careful(data, quote, 20)
    if isinstance(found, tuple) and isinstance(expected, tuple) and "cell_too_large" in (found[0], expected[0]):
        return  # of two faults, the one that is met first is named
    assert found == expected


def test_a_plain_piece_is_counted_without_the_careful_scanner() -> None:
    rules = Rules(ord(","), ord('"'), 2, 100)
    counted = tally(b'1,"a"\r\n22,"b,\r\n""c"""\r\n', rules)
    assert counted and (counted.records, counted.lines, counted.max_record, counted.quoted_newlines) == (2, 3, 14, True)
    for odd in (b"1,2", b"1,2\r3,4\n", b"1,2\n\n", b"1,2,3\n", b"1\n", b'1,"2\n', b'1,a"2"\n', b'1,"2"a\n', b"1," + b"x" * 200 + b"\n"):
        assert tally(odd, rules) is None


@pytest.mark.parametrize("length", range(56, 70))
def test_marks_are_found_on_both_sides_of_a_word_of_bits(length: int) -> None:
    rules, filling = Rules(ord(","), ord('"'), 2, 1000), b"x" * length
    for cell in (b'"%b"', b'"%b,"', b'"%b\n"', b'"%b"""', b'"%b""\r\n"', b'%b","'):
        piece = (cell % filling + b",1\n") * 5
        counted = tally(piece, rules)
        known = careful(piece, '"', 1000) if cell[:1] == b'"' else None
        assert (counted and (counted.records, counted.quoted_newlines)) == (known and (known.records, known.quoted_newlines))  # type: ignore[union-attr]
