"""Whose turn it is in a search, and who comes again."""

from __future__ import annotations

from workers.engine.search.candidate import Candidate


class Turns:
    """`queue`: those to come, in order. `waiting`: promised ones that there was too little time for when their turn came.

    They come again before the first candidate that was never promised: those after them may have taken less than was kept for
    them, or the machine has calmed down. Then each may take all that is left.
    """

    def __init__(self, queue: list[Candidate]) -> None:
        self.queue = queue
        self.waiting: list[Candidate] = []
        self._again = False

    def __bool__(self) -> bool:
        return bool(self.queue or self.waiting)

    def next(self) -> Candidate:
        if self.waiting and (not self.queue or self.queue[0].extra):
            self.queue[:0], self.waiting, self._again = self.waiting, [], True
        return self.queue.pop(0)

    @property
    def sharing(self) -> list[Candidate]:
        """Those of the queue that time is kept for."""
        return [] if self._again else self.queue

    def put_off(self, candidate: Candidate) -> bool:
        """Let it wait; False for one that will not come again."""
        if self._again or candidate.extra:
            return False
        self.waiting.append(candidate)
        return True
