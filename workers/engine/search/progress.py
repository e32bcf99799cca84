"""Where a model in training says how far it is. It travels in the bundle with our models, where nobody listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """One pass over the data, or one boosting round, counted from 1.

    `epochs`: at most so many. `loss`: on the training rows. `score_val`: what decides when to stop, on the validation rows;
    `measure` is its name and None means the metric the search goes by.
    """

    epoch: int
    epochs: int | None = None
    loss: float | None = None
    score_val: float | None = None
    measure: str | None = None
    higher_is_better: bool = False


Listener = Callable[[Epoch], None]
_listener: Listener | None = None


def listen(listener: Listener | None) -> None:
    """Hand every epoch of this process to `listener`; None stops that."""
    global _listener  # noqa: PLW0603 - models are pickled and copied: none of them can carry the way to whoever watches
    _listener = listener


def report(
    epoch: int,
    epochs: int | None = None,
    *,
    loss: float | None = None,
    score_val: float | None = None,
    measure: str | None = None,
    higher_is_better: bool = False,
) -> None:
    """Called by a model after every epoch; costs nothing where nobody listens."""
    if _listener is not None:
        _listener(Epoch(epoch, epochs, loss, score_val, measure, higher_is_better))
