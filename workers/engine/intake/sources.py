"""The files of one dataset version, opened and matched: the first names the columns, the others were appended to it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.output import CsvWriter
from workers.engine.bundle.runtime.reading import Limits, RawFile, open_raw
from workers.engine.bundle.runtime.refusal import ReadError
from workers.engine.events import Refused, gettext_noop

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 20  # names in a sentence


@dataclass(frozen=True)
class Source:
    """One file. ``order`` holds, for each column of the dataset, its position in this file; ``sha256`` comes from a thread."""

    number: int  # 1-based
    path: Path
    filename: str
    raw: RawFile
    order: list[int]
    sha256: Future[str]


@dataclass(frozen=True)
class Sources:
    """All files of a dataset, in order. ``names`` are the columns; rows of all files follow each other."""

    files: list[Source]

    @property
    def first(self) -> RawFile:
        return self.files[0].raw

    @property
    def names(self) -> list[str]:
        return self.first.names

    @property
    def rows(self) -> int:
        return sum(source.raw.rows for source in self.files)

    @property
    def rows_set_aside(self) -> int:
        return sum(source.raw.rows_set_aside for source in self.files)

    def chunks(self, rows: int | None = None) -> Iterator[pa.Table]:
        """As ``RawFile.chunks``, over every file, columns in the order of the first."""
        for source in self.files:
            for table in source.raw.chunks(rows):
                yield table.select(source.order).rename_columns([str(place) for place in range(len(source.order))])


def open_sources(job_dir: Path, spec: Mapping[str, Any], scratch: Path, limits: Limits, aside: Executor) -> Sources:
    """Open JOB_DIR/<input> of every entry of ``spec["sources"]``.

    Answers about the file with number n > 1 are filed as ``code@n``. Refused with the codes of the reader, each for the file
    it is about, and append_columns_differ.
    """
    answers: Mapping[str, str] = spec.get("answers") or {}
    files: list[Source] = []
    for number, entry in enumerate(spec["sources"], start=1):
        path, filename = job_dir / entry["input"], entry.get("filename", "")
        folder = scratch / str(number)
        folder.mkdir()
        try:
            raw = open_raw(path, scratch=folder, filename=filename, answers=of_source(answers, number), limits=limits)
        except ReadError as error:
            raise Refused(**error.as_dict(), key=error.code if number == 1 else f"{error.code}@{number}") from None
        order = _order(files[0].raw.names, raw.names) if files else list(range(len(raw.names)))
        known = entry.get("sha256")  # taken while the file was received
        sha256 = aside.submit(str, known) if known else aside.submit(_sha256, path)
        files.append(Source(number, path, filename, raw, order, sha256))
    return Sources(files)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def of_source(answers: Mapping[str, str], number: int) -> dict[str, str]:
    """The answers about the file with this number, under the plain codes the reader asks for."""
    about_files = {key: value for key, value in answers.items() if ":" not in key}
    mark = f"@{number}"
    if number == 1:
        return {key: value for key, value in about_files.items() if "@" not in key}
    return {key.removesuffix(mark): value for key, value in about_files.items() if key.endswith(mark)}


def _order(names: Sequence[str], appended: Sequence[str]) -> list[int]:
    """Where each of ``names`` stands in an appended file. Refused (append_columns_differ) when they are not the same set."""
    places = {name: place for place, name in enumerate(appended)}
    missing = [name for name in names if name not in places]
    extra = [name for name in appended if name not in set(names)]
    if missing or extra:
        message = gettext_noop("The added file does not have the columns of the dataset. Missing: %(missing)s. Not known: %(extra)s.")
        shown = {"missing": ", ".join(missing[:SHOWN]) or "-", "extra": ", ".join(extra[:SHOWN]) or "-"}
        raise Refused("append_columns_differ", message, shown)
    return [places[name] for name in names]


def write_set_aside(sources: Sources, path: Path) -> dict[str, int]:
    """Write the rows that were set aside (source, line, code, reason, text) when there are any; {code: rows}."""
    counts: Counter[str] = Counter()
    if not sources.rows_set_aside:
        return {}
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = CsvWriter(handle)
        writer.rows([["source", "line", "code", "reason", "text"]])
        for source in sources.files:
            counts += source.raw.set_aside.counts
            writer.rows([source.filename, row.line, row.code, row.reason, row.text] for row in source.raw.set_aside)
    return dict(counts)
