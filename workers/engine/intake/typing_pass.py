"""From raw cells to data.parquet, in one pass where the first rows tell how the columns are read, and in two where they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.buffers import whole
from workers.engine.bundle.runtime.pipes import ahead, cpus
from workers.engine.events import Refused, check_canceled
from workers.engine.intake.decision import Decision
from workers.engine.intake.kinds import ColumnKind, Seen
from workers.engine.intake.sources import Sources
from workers.engine.intake.watching import Watched
from workers.engine.intake.writing import TableWriter, arrow_type, table_writer

if TYPE_CHECKING:
    import pyarrow as pa

Decide = Callable[[str, ColumnKind], Decision]
Told = Callable[[float], None]  # told the share of the rows that are done
FILE = "data.parquet"


class TypingPass:
    """``run`` it, then ``kinds`` and ``decisions`` tell how each column was read and ``preview`` holds the first rows.

    ``decide`` gives the decision on a column: on what the first rows show, as a guess, and in the end on all of them.
    """

    def __init__(self, sources: Sources, job_dir: Path, decide: Decide, told: Told) -> None:
        self.sources, self.job_dir, self.decide, self.told = sources, job_dir, decide, told
        self.columns = [Watched() for _ in sources.names]
        self.decisions: list[Decision] = []
        self.preview: dict[str, Any] = {}

    @property
    def kinds(self) -> list[ColumnKind]:
        return [column.kind for column in self.columns]

    def run(self) -> None:
        """Write JOB_DIR/data.parquet. Refused with what ``decide`` refuses, when asked about all rows."""
        with ThreadPoolExecutor(cpus()) as pool:
            written = self._watch(pool)
            self.decisions = [self.decide(name, kind) for name, kind in zip(self.sources.names, self.kinds, strict=True)]
            kept = [place for place, decision in enumerate(self.decisions) if not decision.dropped]
            settled = all(self.columns[place].settled(self.decisions[place]) for place in kept)
            if written != kept or not settled:
                self._write(pool, kept)

    def _watch(self, pool: ThreadPoolExecutor) -> list[int]:
        """See every cell, and write the table as guessed; the places of the columns written, none when a guess was wrong."""
        writer: TableWriter | None = None
        places: list[int] = []
        with ExitStack() as stack:
            for table in self._tables():
                if not self.preview:
                    seen = list(pool.map(lambda column, cells: column.kind.add(cells), self.columns, table))
                    places = self._guess()
                    typed = list(pool.map(lambda column, one: column.values(one), self.columns, seen))
                    writer = stack.enter_context(self._writer(places, seen))
                    self.preview = writer.preview
                else:
                    typed = list(pool.map(lambda column, cells: column.take(cells), self.columns, table))
                if writer and all(typed[place] is not None for place in places):
                    writer.add([table[place] for place in places], [typed[place] for place in places])
                else:
                    writer, places = None, []
        return places

    def _guess(self) -> list[int]:
        """Guess how each column is read; the places of those that are kept."""
        kept = []
        for place, (name, column) in enumerate(zip(self.sources.names, self.columns, strict=True)):
            try:
                decision = self.decide(name, column.kind)
            except Refused:  # the first rows alone may not raise the question that was answered
                kept.append(place)
                continue
            column.guess = decision.cast
            if not decision.dropped:
                kept.append(place)
        return kept

    def _writer(self, places: Sequence[int], seen: Sequence[Seen]) -> Any:
        casts = {place: self.columns[place].guess or {"type": "category"} for place in places}
        return self._open(
            places, [casts[place]["type"] for place in places], [place for place in places if seen[place].indices is not None]
        )

    def _open(self, places: Sequence[int], kinds: Sequence[str], repeated: Sequence[int]) -> Any:
        import pyarrow as pa

        names = self.sources.names
        schema = pa.schema([(names[place], arrow_type(kind)) for place, kind in zip(places, kinds, strict=True)])
        return table_writer(self.job_dir / FILE, schema, [names[place] for place in repeated])

    def _write(self, pool: ThreadPoolExecutor, kept: Sequence[int]) -> None:
        """Read again, as was decided."""
        decisions = [self.decisions[place] for place in kept]
        repeated = [place for place in kept if self.kinds[place].words_complete]
        with self._open(kept, [decision.cast["type"] for decision in decisions], repeated) as writer:
            self.preview = writer.preview
            first = 1
            for table in self._tables():
                raw = [table[place] for place in kept]
                writer.add(raw, list(pool.map(lambda decision, cells, row=first: decision.typed(cells, row), decisions, raw)))
                first += len(table[0])

    def _tables(self) -> Iterator[list[pa.Array]]:
        """The raw columns in batches; the next batch is parsed while one is worked on."""
        done = 0
        for table in ahead(self.sources.chunks()):
            check_canceled(self.job_dir)
            yield [whole(column) for column in table.columns]
            done += table.num_rows
            self.told(done / self.sources.rows)
