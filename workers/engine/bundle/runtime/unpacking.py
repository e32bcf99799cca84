"""Out of gzip, Zstandard or a zip with one file in it, in bounded space. Names inside an archive are shown, never used."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from workers.engine.bundle.runtime import magic
from workers.engine.bundle.runtime.refusal import ReadError, gettext_noop

MAX_RATIO = 250  # real tables compress far less; deflate's own limit is 1032
RATIO_FROM = 32 << 20  # bytes of output before the ratio is judged
CHUNK = 1 << 20
COMPRESSION = {magic.GZIP: "gzip", magic.ZSTD: "zstd", magic.ZIP: "zip"}


@dataclass
class Meter:
    """Counts what unfolds from ``source`` bytes. ReadError: compression_ratio, too_many_bytes."""

    source: int
    max_bytes: int | None
    ratio_from: int = RATIO_FROM
    size: int = 0

    def add(self, size: int) -> None:
        self.size += size
        if self.size > self.ratio_from and self.size > MAX_RATIO * self.source:
            raise ReadError(
                "compression_ratio",
                gettext_noop("The file unfolds to more than %(ratio)d times its size, which real tables do not. Upload it uncompressed."),
                {"ratio": self.size // max(self.source, 1)},
            )
        refuse_too_large(self.size, self.max_bytes)


def refuse_too_large(size: int, limit: int | None) -> None:
    """ReadError (too_many_bytes) above the limit."""
    if limit is not None and size > limit:
        raise ReadError(
            "too_many_bytes",
            gettext_noop("The file holds more than %(limit)d bytes, the limit. Upload a sample of the rows."),
            {"limit": limit},
        )


def unpacked(path: Path, kind: str | None, scratch: Path, max_bytes: int | None) -> Path:
    """The file itself, or what an archive of this ``kind`` holds, as a file in ``scratch``; a bomb is stopped while it unfolds.

    ReadError: compression_ratio, too_many_bytes, file_damaged, archive_members, archive_encrypted.
    """
    if kind not in magic.ARCHIVES:
        refuse_too_large(path.stat().st_size, max_bytes)
        return path
    target = scratch / "unpacked"
    meter = Meter(path.stat().st_size, max_bytes)
    try:
        with _reader(path, kind) as reader, target.open("wb") as writer:
            while chunk := reader.read(CHUNK):
                meter.add(len(chunk))
                writer.write(chunk)
    except ReadError:
        target.unlink(missing_ok=True)
        raise
    except magic.DAMAGE as error:
        target.unlink(missing_ok=True)
        if magic.of_the_disk(error):
            raise
        raise damaged(kind) from error
    return target


def damaged(kind: str) -> ReadError:
    """The refusal of a file that is broken or cut off."""
    message = gettext_noop("The file looks like %(kind)s but is damaged, cut off or packed in a way that is not known. Make it again.")
    return ReadError("file_damaged", message, {"kind": kind})


@contextmanager
def _reader(path: Path, kind: str) -> Iterator[Any]:
    if kind == magic.GZIP:
        with gzip.open(path, "rb") as stream:
            yield stream
    elif kind == magic.ZSTD:
        import pyarrow as pa

        with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
            yield stream
    else:
        with zipfile.ZipFile(path) as archive, _only_member(archive) as member:
            yield member


def _only_member(archive: zipfile.ZipFile) -> IO[bytes]:
    files = [entry for entry in archive.infolist() if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        names = ", ".join(entry.filename[:80] for entry in files[:20]) or "-"
        message = gettext_noop("The zip holds %(count)d files; it must hold exactly one. Files: %(names)s.")
        raise ReadError("archive_members", message, {"count": len(files), "names": names})
    if files[0].flag_bits & 1:
        raise ReadError("archive_encrypted", gettext_noop("The file is protected with a password. Upload it without one."))
    return archive.open(files[0])
