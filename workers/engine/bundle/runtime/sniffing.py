"""What a file is, judged from its bytes: not a table at all, which encoding, which delimiter, quote and header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path

from workers.engine.bundle.runtime.refusal import ReadError, gettext_noop

CHUNK = 4 << 20
SAMPLE = 256 << 10
csv.field_size_limit(1 << 30)  # how large a cell may be is for the structural pass to say, with the line
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {
    "utf-8": gettext_noop("UTF-8, with a mark in place of each broken character"),
    "gb18030": gettext_noop("GB18030 (Chinese)"),
    "shift_jis": gettext_noop("Shift-JIS (Japanese)"),
    "cp1252": gettext_noop("Windows-1252 (Western European)"),
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel (.xls)"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
)


def looks_like(head: bytes) -> str | None:
    """The kind of file its first bytes betray, or None when it may be text. ``head`` is a few kilobytes."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "Excel (.xlsx)" if b"xl/" in head or b"[Content_Types].xml" in head else "zip"
    if re.match(rb"\x80[\x02-\x05](\x95|[}\](cXq])", head):
        return "pickle"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"(?i)<!doctype html|<html|<head|<\?xml", text):
        return "XML" if text[:5].lower() == b"<?xml" else "HTML"
    if re.match(rb"[\[{]\s*[\[{\"]", text) and (b'":' in text or b'" :' in text):
        return "JSON"
    return None


def refuse_if_not_text(head: bytes) -> None:
    """ReadError not_csv when the bytes are another kind of file."""
    kind = looks_like(head)
    if kind:
        raise ReadError(
            "not_csv",
            gettext_noop("This file is not a CSV: it looks like %(kind)s. Save or export the table as CSV and upload that."),
            {"kind": kind},
        )


def bom(head: bytes) -> tuple[str, int] | None:
    """(encoding, bytes to skip) named by a byte-order mark."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", 0
    return None


def utf16_without_mark(head: bytes) -> str | None:
    """utf-16-le or utf-16-be where every other byte is NUL, as in plain text that lost its byte-order mark."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if high >= 0.9 * pairs and low == 0:
        return "utf-16-le"
    return "utf-16-be" if low >= 0.9 * pairs and high == 0 else None


def utf8_fault(path: Path) -> int | None:
    """Byte offset of the first sequence that is not UTF-8, or None. ReadError nul_byte or not_text on NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, lines = 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            nul = chunk.find(b"\0")
            if nul >= 0:
                raise _nul(chunk, lines + chunk.count(b"\n", 0, nul) + 1)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return offset - pending + error.start
            offset, lines = offset + len(chunk), lines + chunk.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return offset - len(decoder.getstate()[0])
    return None


def _nul(chunk: bytes, line: int) -> ReadError:
    controls = sum(chunk[:SAMPLE].count(bytes([code])) for code in (*range(9), *range(14, 32)))
    if controls > len(chunk[:SAMPLE]) * 0.02:
        return ReadError("not_text", gettext_noop("This file is not text: it holds binary data. Export the table as CSV and upload that."))
    return ReadError(
        "nul_byte",
        gettext_noop("Line %(line)d holds a NUL byte, so the file is damaged or not text. Export it again."),
        {"line": line},
        rows=[line],
    )


def rank_encodings(path: Path, fault: int) -> list[tuple[str, str]]:
    """(encoding, a line decoded with it) for each that can read the bytes around the first fault, the likeliest first."""
    start = max(0, fault - SAMPLE // 2)
    with path.open("rb") as handle:
        handle.seek(start)
        sample = handle.read(SAMPLE)
    near = sample[sample.rfind(b"\n", 0, fault - start) + 1 :].split(b"\n", 1)[0]
    if start:
        sample = sample[sample.find(b"\n") + 1 :]
    if len(sample) > SAMPLE // 2:  # cut off by the end of the sample, perhaps within a character
        sample = sample[: sample.rfind(b"\n") + 1 or len(sample)]
    ranked = []
    for encoding in ENCODINGS:
        try:
            text = codecs.getincrementaldecoder(encoding)("replace" if encoding == "utf-8" else "strict").decode(sample)
        except UnicodeDecodeError:
            continue
        ranked.append((_plausible(text, encoding), encoding, near.decode(encoding, "replace")[:200]))
    ranked.sort(key=lambda item: -item[0])
    return [(encoding, preview) for _, encoding, preview in ranked] or [("latin-1", near.decode("latin-1")[:200])]


def _plausible(text: str, encoding: str) -> float:
    """How much like writing the non-ASCII part reads, 0 to 1."""
    odd = [character for character in text if ord(character) > 127]
    if not odd:
        return 0.0
    if encoding == "utf-8":  # a damaged file is mostly whole
        return 0.99 * (1 - text.count("\ufffd") / len(odd))
    if encoding == "cp1252":  # accented letters stand between plain ones; Chinese read this way is one long run of them
        runs = [len(run) for run in re.findall(r"[^\x00-\x7f]+", text)]
        lone = sum(run <= 2 for run in runs) / len(runs)
        letters = sum(character.isalpha() or character in "€£°–—‘’“”…«»§®©²³½ª" for character in odd) / len(odd)
        return lone * letters * 0.95
    if encoding == "shift_jis":
        kana = sum("\u3040" <= character <= "\u30ff" for character in odd)
        half = sum("\uff61" <= character <= "\uff9f" for character in odd)
        return 0.0 if half > len(odd) * 0.3 else min(1.0, 0.3 + 2 * kana / len(odd))
    common = 0
    for character in odd:  # the first-level characters of GB 2312, in B0 to D7, are the ones people write
        try:
            common += 0xB0 <= character.encode("gb2312")[0] <= 0xD7 or character in "，。、：；？！（）《》“”"
        except UnicodeEncodeError:
            continue
    return 0.9 * common / len(odd)


def split_sample(text: str, delimiter: str, quote: str | None) -> list[list[str]]:
    """The first 1,000 records of a text sample. The last one may be cut off by the sample's end, so it is left out if there are more."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote or '"', quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) > 1000:
                break
    except csv.Error:
        pass  # the structural pass gives the exact answer
    return rows[:-1] if len(rows) > 2 else rows


def sniff_quote(text: str) -> str | None:
    """The double quote, unless cells are wrapped in single quotes and never in double ones."""
    if re.search(r'(^|[,;\t|])"', text, re.MULTILINE):
        return '"'
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n])", text, re.MULTILINE))
    openings = len(re.findall(r"(?:^|[,;\t|])'", text, re.MULTILINE))
    return "'" if single >= 3 and single == openings else '"'


def sniff_delimiter(text: str, quote: str | None, filename: str = "") -> str:
    """The delimiter on which nearly every record agrees; a comma where there is only one column."""
    best: tuple[float, int, str] = (0.0, 0, ",")
    for delimiter in DELIMITERS:
        rows = split_sample(text, delimiter, quote)
        widths = Counter(map(len, rows))
        if not widths or max(widths) == 1:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        header = len(rows[0]) if len(rows[0]) in (width, width + 1, width - 1) else 0
        if width == 1 and len(rows[0]) == 1:
            continue
        agreement = round(count / len(rows), 2) if header else 0.0
        if filename.lower().removesuffix(".gz").endswith((".tsv", ".tab")) and delimiter == "\t":
            agreement += 0.05
        best = max(best, (agreement, width, delimiter))
    return best[2]


def lines_above(text: str, delimiter: str, quote: str | None) -> int:
    """Physical lines before the table, when a few narrower lines stand above many records of one width; 0 otherwise.

    Blank cells are no width: a title padded with delimiters is a title.
    """
    rows = split_sample(text, delimiter, quote)
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    if width < 3 or count < 0.9 * len(rows) - 5 or count < 10:
        return 0
    above = next((place for place, row in enumerate(rows) if len(row) == width and sum(map(bool, row)) > 1), 0)
    if not 0 < above <= 20 or any(len(row) != width for row in rows[above:]):
        return 0
    if any(sum(map(bool, row)) > width / 2 for row in rows[:above]):
        return 0  # a header with a name too few is another matter
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote or '"')
    seen = 0
    before = 0
    for row in reader:
        seen += bool(row)
        if seen > above:
            return before
        before = reader.line_num
    return 0


_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?\s*%?")
_DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")


def header_is_data(rows: list[list[str]]) -> bool:
    """Whether the first record looks like data: every column that holds numbers or dates below does so in the first record too.

    Years as column names, one after the other, are names.
    """
    if len(rows) < 3:
        return False
    first, rest = rows[0], rows[1:200]
    measured = 0
    for column, cell in enumerate(first):
        below = [row[column] for row in rest if column < len(row) and row[column].strip()]
        if not below or sum(_measure(value) for value in below) < 0.9 * len(below):
            continue
        measured += 1
        if not _measure(cell):
            return False
    numbers = [int(cell) for cell in first if re.fullmatch(r"(19|20)\d\d", cell.strip())]
    years = len(numbers) > 2 and all(after - before == 1 for before, after in zip(numbers, numbers[1:], strict=False))
    return measured > 0 and not years


def _measure(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value) or _DATE.fullmatch(value))
