"""Nobody is left out while there is time: who had to wait comes again before those that were never promised."""

from __future__ import annotations

from workers.engine.search.candidate import Candidate
from workers.engine.search.turns import Turns

GBM, CAT, TABM = Candidate("GBM", "LightGBM", 8), Candidate("CAT", "CatBoost", 20), Candidate("TABM", "TabM", 24)
MORE = Candidate("XGB", "XGBoost", 8, extra=True)


def test_whoever_waited_comes_again_before_the_extra_ones_and_with_all_that_is_left() -> None:
    turns = Turns([GBM, CAT, TABM, MORE])
    assert turns.next() is GBM and turns.sharing == [CAT, TABM, MORE]
    assert turns.next() is CAT and turns.put_off(CAT)
    assert turns.next() is TABM
    assert turns.next() is CAT and turns.sharing == []
    assert not turns.put_off(CAT)  # once is enough
    assert turns.next() is MORE and not turns.put_off(MORE)
    assert not turns


def test_those_that_waited_come_in_their_order_when_nothing_follows() -> None:
    turns = Turns([GBM, CAT])
    assert turns.put_off(turns.next()) and turns.put_off(turns.next())
    assert bool(turns)
    assert [turns.next(), turns.next()] == [GBM, CAT] and not turns
