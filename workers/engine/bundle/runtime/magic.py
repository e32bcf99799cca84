"""What a file is, told from its bytes and never from its name."""

from __future__ import annotations

import errno
import lzma
import re
import struct
import zipfile
import zlib
from pathlib import Path

from workers.engine.bundle.runtime.refusal import ReadError, gettext_noop

HEAD = 4096  # bytes that are enough to tell
PARQUET, XLSX, XLS, ZIP, GZIP, ZSTD = "Parquet", "Excel (.xlsx)", "Excel (.xls)", "zip", "gzip", "Zstandard"
# What the standard library raises over a damaged archive; an OSError without a number is Arrow's.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError, KeyError, AttributeError, OverflowError, RuntimeError,
)  # fmt: skip
ARCHIVES = {ZIP, GZIP, ZSTD}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS),
    (b"\x1f\x8b", GZIP),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\x93NUMPY", "NumPy"),
    (b"\x7fELF", "ELF"),
    (b"%PDF-", "PDF"),
    (b"{\\rtf", "RTF"),
)
# Letters only, so a column may be called that: these count where binary bytes follow.
_LETTERS: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", PARQUET),
    (b"ARROW1", "Feather"),
    (b"FEA1", "Feather"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"BZh", "bzip2"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WebP"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"$FL2", "SPSS"),
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OFFICE = (("xl/workbook.xml", XLSX), ("xl/workbook.bin", "Excel (.xlsb)"), ("word/", "Word"), ("ppt/", "PowerPoint"))
_OPEN_DOCUMENT = {b"application/vnd.oasis.opendocument.spreadsheet": "OpenDocument (.ods)"}


def of_the_disk(error: BaseException) -> bool:
    """Whether an error tells of the machine, not of the file: damaged offsets end in EINVAL, and Arrow's errors have no number."""
    return isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)


def looks_like(path: Path, head: bytes) -> str | None:
    """The kind of file at ``path``, or None when it may be text. ``head`` is its first HEAD bytes."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if _BINARY.search(head):
        for magic, kind in _LETTERS:
            if head.startswith(magic):
                return kind
        if head[257:262] == b"ustar":
            return "tar"
        if re.match(rb"\x80[\x02-\x05](\x95|[}\](cXq])", head):
            return "pickle"
    return _markup(head.lstrip(b"\xef\xbb\xbf \t\r\n"))


def _markup(text: bytes) -> str | None:
    if re.match(rb"(?i)<!doctype html|<html|<head|<table|<\?xml", text):
        return "XML" if text[:5].lower() == b"<?xml" else "HTML"
    if re.match(rb"[\[{]\s*[\[{\"]", text) and re.search(rb'"\s*:', text):
        return "JSON"
    return None


def _zip_kind(path: Path) -> str:
    """A zip, or the office file that it is."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return _OPEN_DOCUMENT.get(archive.read("mimetype").strip(), "OpenDocument")
    except DAMAGE:
        return ZIP  # unpacking says what is wrong with it
    for inside, kind in _OFFICE:
        if inside in names or (inside.endswith("/") and any(name.startswith(inside) for name in names)):
            return kind
    return ZIP


def refuse(kind: str) -> ReadError:
    """The refusal of a kind of file that cannot be read as a table, with the route that works."""
    return ReadError(
        "not_csv",
        gettext_noop("This file is not a CSV: it looks like %(kind)s. Save or export the table as CSV and upload that."),
        {"kind": kind},
    )
