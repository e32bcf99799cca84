"""From the bytes as they came to a plain UTF-8 file: decompressed, decoded, and nothing guessed in silence."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from workers.engine.bundle.runtime import sniffing
from workers.engine.bundle.runtime.refusal import Question, ReadError, gettext_noop

MAX_RATIO = 250  # real tables compress far less; deflate's own limit is 1032
RATIO_FROM = 32 << 20  # bytes of output before the ratio is judged


def decompressed(path: Path, scratch: Path, max_bytes: int | None) -> tuple[Path, str | None]:
    """(the file itself or its decompressed copy in ``scratch``, "gzip" or None); a bomb is stopped while it unfolds.

    ReadError: compression_ratio, too_many_bytes, gzip_damaged.
    """
    with path.open("rb") as handle:
        packed = handle.read(2) == b"\x1f\x8b"
    if not packed:
        return path, None
    target = scratch / "decompressed"
    size, source = 0, path.stat().st_size
    try:
        with gzip.open(path, "rb") as reader, target.open("wb") as writer:
            while chunk := reader.read(1 << 20):
                size += len(chunk)
                if size > RATIO_FROM and size > MAX_RATIO * source:
                    _refuse_ratio(target, size, source)
                if max_bytes is not None and size > max_bytes:
                    _refuse_size(target, max_bytes)
                writer.write(chunk)
    except (EOFError, OSError, zlib.error) as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        raise ReadError(
            "gzip_damaged", gettext_noop("The gzip file is damaged or cut off. Compress it again and upload it again.")
        ) from error
    return target, "gzip"


def _refuse_ratio(target: Path, size: int, source: int) -> NoReturn:
    target.unlink()
    raise ReadError(
        "compression_ratio",
        gettext_noop("The file unfolds to more than %(ratio)d times its size, which real tables do not. Upload it uncompressed."),
        {"ratio": size // max(source, 1)},
    )


def _refuse_size(target: Path, limit: int) -> NoReturn:
    target.unlink()
    raise ReadError(
        "too_many_bytes",
        gettext_noop("The file unfolds to more than %(limit)d bytes, the limit. Upload a sample of the rows."),
        {"limit": limit},
    )


def as_utf8(plain: Path, head: bytes, scratch: Path, answers: Mapping[str, str]) -> tuple[Path, str, int, list[Question]]:
    """(a UTF-8 file, the encoding it had, bytes of byte-order mark to skip, questions).

    ReadError: nul_byte, not_text, invalid_encoding, answer_unknown.
    """
    mark = sniffing.bom(head)
    wide = mark[0] if mark and mark[0] == "utf-16" else sniffing.utf16_without_mark(head)
    if wide:
        return _transcoded(plain, wide, scratch), wide, 0, []
    fault = sniffing.utf8_fault(plain)
    if fault is None:
        return plain, "utf-8", mark[1] if mark else 0, []
    ranked = sniffing.rank_encodings(plain, fault)
    answer = answers.get("encoding")
    if answer is not None and answer not in dict(ranked):
        raise ReadError("answer_unknown", gettext_noop("%(answer)s is not one of the choices for this question."), {"answer": answer})
    question = Question(
        "encoding",
        gettext_noop("The file is not UTF-8. Pick the encoding in which its text reads right."),
        tuple((name, sniffing.ENCODINGS.get(name, name)) for name, _ in ranked),
        answer,
        tuple((sniffing.ENCODINGS.get(name, name), preview) for name, preview in ranked),
    )
    chosen = answer or ranked[0][0]
    return _transcoded(plain, chosen, scratch), chosen, 0, [question]


def _transcoded(plain: Path, encoding: str, scratch: Path) -> Path:
    target = scratch / "utf8"
    try:
        broken = "replace" if encoding == "utf-8" else "strict"
        with plain.open(encoding=encoding, errors=broken, newline="") as reader, target.open("w", encoding="utf-8", newline="") as writer:
            while text := reader.read(1 << 20):
                if "\0" in text:
                    raise ReadError(
                        "not_text", gettext_noop("This file is not text: it holds binary data. Export the table as CSV and upload that.")
                    )
                writer.write(text)
    except UnicodeError as error:
        target.unlink(missing_ok=True)
        raise ReadError(
            "invalid_encoding",
            gettext_noop("The file cannot be read as %(encoding)s: some bytes do not belong. Save it as UTF-8 and upload it again."),
            {"encoding": encoding},
        ) from error
    return target
