"""Which encoding a file is in, by all of its bytes: a mark, the pattern of NULs, whole UTF-8, or a ranking to ask about."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from workers.engine.bundle.runtime.pipes import in_order
from workers.engine.bundle.runtime.refusal import ReadError, gettext_noop
from workers.engine.bundle.runtime.scripts import JUDGES

CHUNK = 4 << 20
EVIDENCE = 1 << 18  # bytes of lines beyond ASCII that are judged, taken from all over the file
SHOWN = 200  # characters of a preview
LABELS = {
    "gb18030": gettext_noop("Chinese, simplified (GB18030, GBK)"),
    "big5": gettext_noop("Chinese, traditional (Big5)"),
    "shift_jis": gettext_noop("Japanese (Shift-JIS)"),
    "euc_jp": gettext_noop("Japanese (EUC-JP)"),
    "euc_kr": gettext_noop("Korean (EUC-KR)"),
    "cp1252": gettext_noop("Western European (Windows-1252, Latin-1)"),
    "cp1251": gettext_noop("Cyrillic (Windows-1251)"),
    "cp1250": gettext_noop("Central European (Windows-1250)"),
    "cp1253": gettext_noop("Greek (Windows-1253)"),
    "cp1254": gettext_noop("Turkish (Windows-1254)"),
    "koi8-r": gettext_noop("Cyrillic (KOI8-R)"),
    "latin-1": gettext_noop("Western European (Latin-1)"),
    "utf-16-le": gettext_noop("UTF-16"),
    "utf-16-be": gettext_noop("UTF-16, big-endian"),
}
# Python's own names are stricter than what programs write: the vendors' supersets read both.
CODECS = {"shift_jis": "cp932", "big5": "cp950", "euc_kr": "cp949"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", 3), (codecs.BOM_UTF32_LE, "utf-32", 0), (codecs.BOM_UTF32_BE, "utf-32", 0),
    (codecs.BOM_UTF16_LE, "utf-16", 0), (codecs.BOM_UTF16_BE, "utf-16", 0),
)  # fmt: skip
_ODD_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufffd\ufdd0-\ufdef\ufffe\uffff]")


def bom(head: bytes) -> tuple[str, int] | None:
    """(encoding, bytes to skip) named by a byte-order mark."""
    return next(((name, skip) for mark, name, skip in _MARKS if head.startswith(mark)), None)


def utf16_without_mark(head: bytes) -> str | None:
    """utf-16-le or utf-16-be where NULs stand in every other place only, as ASCII among wide characters leaves them."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    many, few, name = (high, low, "utf-16-le") if high >= low else (low, high, "utf-16-be")
    if many < 0.05 * pairs or few > 0.1 * many:
        return None
    text = head[: 2 * pairs].decode(name, "ignore")
    return name if len(_CONTROL.findall(text)) <= 0.01 * len(text) else None


@dataclass
class Bytes:
    """What a pass over a file found. ``fault``: the byte where it stops being UTF-8, or None. ``ends``: how lines end."""

    fault: int | None = None
    ends: set[str] = field(default_factory=set)
    _cut: bool = False  # the last piece ended in CR

    @property
    def mixed(self) -> bool:
        """Whether lines end in more than one way, or cells hold line ends."""
        return len(self.ends) > 1

    def see(self, piece: bytes) -> None:
        """Take note of the line ends of the next piece."""
        if self._cut:
            self.ends.add("\r\n" if piece[:1] == b"\n" else "\r")
            piece = piece[1:] if piece[:1] == b"\n" else piece
        self._cut = piece[-1:] == b"\r"
        if b"\r" not in piece:
            self.ends |= {"\n"} if b"\n" in piece else set()
            return
        pairs, returns, feeds = piece.count(b"\r\n"), piece.count(b"\r") - self._cut, piece.count(b"\n")
        found = (("\r\n", pairs), ("\r", returns - pairs), ("\n", feeds - pairs))
        self.ends |= {end for end, count in found if count}


def check_utf8(path: Path) -> Bytes:
    """Read the whole file as UTF-8, up to the first fault. ReadError nul_byte or not_text on NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    found, offset, pending = Bytes(), 0, 0
    with path.open("rb") as handle:
        for chunk, least, most in in_order(_extremes, iter(lambda: handle.read(CHUNK), b"")):
            if not least:
                raise nul_byte(path, offset + chunk.find(b"\0"))
            if pending or most > 0x7F:  # not ASCII
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    found.fault = offset - pending + error.start
                    return found
                pending = len(decoder.getstate()[0])
            found.see(chunk)
            offset += len(chunk)
    found.fault = offset - pending if pending else None  # cut off within a character
    return found


def _extremes(chunk: bytes) -> tuple[bytes, int, int]:
    data = np.frombuffer(chunk, np.uint8)
    return chunk, int(data.min()), int(data.max())


def nul_byte(path: Path, offset: int) -> ReadError:
    """The refusal of a file with a NUL at this byte: damaged text, or no text at all."""
    with path.open("rb") as handle:
        handle.seek(max(0, offset - CHUNK // 32))
        near = handle.read(CHUNK // 16)
    controls = sum(near.count(bytes([code])) for code in (*range(9), *range(14, 32)))
    if controls > len(near) * 0.02:
        return ReadError("not_text", gettext_noop("This file is not text: it holds binary data. Export the table as CSV and upload that."))
    line = line_at(path, offset)
    message = gettext_noop("Line %(line)d holds a NUL byte, so the file is damaged or not text. Export it again.")
    return ReadError("nul_byte", message, {"line": line}, rows=[line])


def line_at(path: Path, offset: int) -> int:
    """The 1-based line a byte stands on; CR LF is one line end."""
    lines, left = 1, offset
    cut = False  # the last piece ended in CR
    with path.open("rb") as handle:
        while left and (piece := handle.read(min(CHUNK, left))):
            lines += piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n") - (cut and piece[:1] == b"\n")
            cut, left = piece[-1:] == b"\r", left - len(piece)
    return lines


def evidence(path: Path) -> tuple[bytes, bool]:
    """(lines with bytes beyond ASCII, at most EVIDENCE bytes from all over the file, whether that is all of them)."""
    share = max(1 << 14, EVIDENCE * CHUNK // max(path.stat().st_size, 1))
    kept: list[bytes] = []
    whole = True
    with path.open("rb") as handle:
        for chunk in _at_line_ends(handle):
            size = 0
            for match in _ODD_LINE.finditer(chunk):
                if size > share:
                    whole = False
                    break
                kept.append(match[0])
                size += len(match[0]) + 1
    return b"\n".join(kept), whole


def _at_line_ends(handle: object) -> Iterator[bytes]:
    carry = b""
    while chunk := handle.read(CHUNK):  # type: ignore[attr-defined]
        chunk = carry + chunk
        cut = chunk.rfind(b"\n") + 1 or len(chunk)
        carry = chunk[cut:]
        yield chunk[:cut]
    if carry:
        yield carry


def damaged_utf8(sample: bytes) -> bool:
    """Whether the bytes are UTF-8 but for a few: characters that are whole outweigh those that are not."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return whole >= 4 * broken


def rank(sample: bytes) -> list[tuple[str, str]]:
    """(encoding, cells decoded with it) for every encoding, the likeliest first; those that read the same come last."""
    judged = []
    for name, judge in JUDGES.items():
        text = sample.decode(CODECS.get(name, name), "replace")
        odd = sum(character > "\x7f" for character in text)
        score = judge(text.replace("\ufffd", "")) - min(2.0, 5 * text.count("\ufffd") / max(odd, 1))
        judged.append((score - (0.5 if _CONTROL.search(text.replace("\ufffd", "")) else 0), name, text))
    judged.sort(key=lambda item: -item[0])
    seen: set[str] = set()
    first: list[tuple[str, str]] = []
    later: list[tuple[str, str]] = []
    for _, name, text in judged:
        (later if text in seen else first).append((name, preview(text)))
        seen.add(text)
    return first + later


def preview(text: str) -> str:
    """The first cells that are not plain ASCII."""
    cells = (cell.strip("\"' ") for line in text.split("\n") for cell in re.split(r"[,;\t|]", line))
    shown = list(dict.fromkeys(cell for cell in cells if any(character > "\x7f" for character in cell)))[:8]
    return " | ".join(shown)[:SHOWN]
