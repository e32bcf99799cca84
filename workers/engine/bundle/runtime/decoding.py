"""Whatever was uploaded, as one UTF-8 delimited file: unpacked, decoded or written out of a workbook. Nothing is guessed in silence."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workers.engine.bundle.runtime import columnar, encoding, magic, spreadsheet
from workers.engine.bundle.runtime.dialect import Dialect
from workers.engine.bundle.runtime.encoding import Bytes
from workers.engine.bundle.runtime.refusal import Choices, Note, Question, ReadError, gettext_noop, picked
from workers.engine.bundle.runtime.unpacking import COMPRESSION, unpacked

REPLACE: Choices = (("replace", gettext_noop("Put a mark in place of each byte that does not belong")),)
WESTERN: Choices = (("cp1252", gettext_noop("Read the bytes that do not belong as Western European (Windows-1252)")),)
KINDS = {magic.PARQUET: "parquet", magic.XLSX: "xlsx", magic.XLS: "xls"}


@dataclass(frozen=True)
class Limits:
    """What a file may cost. Bytes, columns, and bytes once unpacked (None: no limit of its own)."""

    max_cell_bytes: int = 1 << 20
    max_columns: int = 5000
    max_bytes: int | None = None


@dataclass
class Text:
    """A UTF-8 file and how it came to be. ``start``: bytes of a byte-order mark. ``dialect``: known where we wrote it."""

    path: Path
    kind: str = "csv"
    encoding: str = "utf-8"
    compression: str | None = None
    mark: bool = False
    start: int = 0
    bytes: Bytes = field(default_factory=Bytes)
    dialect: Dialect | None = None
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def plain_text(path: Path, scratch: Path, answers: Mapping[str, str], limits: Limits) -> Text:
    """The file as UTF-8 text: itself where it is, else a copy in ``scratch``.

    ReadError: not_csv, nested_archive, the codes of unpacking, spreadsheet and columnar, nul_byte, not_text,
    invalid_encoding, answer_unknown.
    """
    kind = magic.looks_like(path, _head(path))
    compression = COMPRESSION.get(kind or "")
    plain = unpacked(path, kind, scratch, limits.max_bytes)
    if compression:
        kind = magic.looks_like(plain, _head(plain))
        if kind in magic.ARCHIVES:
            message = gettext_noop("There is another archive inside the archive: it looks like %(kind)s. Upload the file that is in it.")
            raise ReadError("nested_archive", message, {"kind": kind})
    if kind in KINDS:
        text = _written(plain, kind, scratch, answers, limits)
    elif kind:
        raise magic.refuse(kind)
    else:
        text = as_utf8(plain, scratch, answers)
    text.compression = compression
    return text


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(magic.HEAD)


def _written(plain: Path, kind: str, scratch: Path, answers: Mapping[str, str], limits: Limits) -> Text:
    questions: list[Question] = []
    if kind == magic.PARQUET:
        copy = columnar.as_csv(plain, scratch, limits.max_bytes, limits.max_columns)
    else:
        copy, questions = spreadsheet.as_csv(plain, kind, scratch, answers, limits.max_bytes)
    found = encoding.check_utf8(copy)
    if found.fault is not None:
        raise invalid(copy, "utf-8", found.fault, ())
    return Text(copy, KINDS[kind], dialect=Dialect(","), questions=questions)


def as_utf8(plain: Path, scratch: Path, answers: Mapping[str, str]) -> Text:
    """Decode a text file. ReadError: nul_byte, not_text, invalid_encoding, answer_unknown."""
    head = _head(plain)
    mark = encoding.bom(head)
    if mark and mark[0] != "utf-8":
        note = Note("encoding_utf16", gettext_noop("The file was %(encoding)s; it was converted."), {"encoding": mark[0].upper()})
        text = _decoded(plain, mark[0], scratch, answers)
        text.notes.insert(0, note)
        text.mark = True
        return text
    if wide := encoding.utf16_without_mark(head):
        return _wide(plain, wide, head, scratch, answers)
    found = encoding.check_utf8(plain)
    if found.fault is None:
        return Text(plain, mark=mark is not None, start=mark[1] if mark else 0, bytes=found)
    sample, _ = encoding.evidence(plain)
    if mark or encoding.damaged_utf8(sample):
        text = _decoded(plain, "utf-8", scratch, answers)
        text.mark, text.start = mark is not None, mark[1] if mark else 0
        return text
    return _legacy(plain, sample, scratch, answers)


def _wide(plain: Path, wide: str, head: bytes, scratch: Path, answers: Mapping[str, str]) -> Text:
    names = [wide, "utf-16-be" if wide == "utf-16-le" else "utf-16-le"]
    previews = [(name, head[: len(head) // 2 * 2].decode(name, "ignore").split("\n")[0][: encoding.SHOWN]) for name in names]
    return _asked(
        plain,
        previews,
        scratch,
        answers,
        gettext_noop("The file seems to be UTF-16, but nothing in it says so. Pick the encoding in which its text reads right."),
    )


def _legacy(plain: Path, sample: bytes, scratch: Path, answers: Mapping[str, str]) -> Text:
    ranked = encoding.rank(sample)
    answer = answers.get("encoding")
    shown = ranked[:3] + [item for item in ranked[3:] if item[0] == answer]
    return _asked(plain, shown, scratch, answers, gettext_noop("The file is not UTF-8. Pick the encoding in which its text reads right."))


def _asked(plain: Path, previews: list[tuple[str, str]], scratch: Path, answers: Mapping[str, str], message: str) -> Text:
    """Decode as answered, or as what comes first, and say so. Where that fails, the other encodings are ways out too."""
    choices = tuple((name, encoding.LABELS[name]) for name, _ in previews)
    answer = picked(answers, "encoding", choices)
    if (other := answers.get("invalid_encoding")) in dict(choices):
        answer, answers = other, {code: given for code, given in answers.items() if code != "invalid_encoding"}
    question = Question("encoding", message, choices, answer, tuple((encoding.LABELS[name], preview) for name, preview in previews))
    chosen = answer or previews[0][0]
    try:
        text = _decoded(plain, chosen, scratch, answers)
    except ReadError as error:
        if error.code == "invalid_encoding":
            error.choices += [{"value": name, "label": label} for name, label in choices if name != chosen]
        raise
    text.questions.insert(0, question)
    return text


class _Replacing:
    """A codec error handler that counts the sequences it replaces: by a mark, or by what they are in another encoding."""

    def __init__(self, encoding: str | None) -> None:
        self.encoding, self.count = encoding, 0

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        self.count += 1
        return error.object[error.start : error.end].decode(self.encoding, "replace") if self.encoding else "\ufffd", error.end


def _decoded(plain: Path, name: str, scratch: Path, answers: Mapping[str, str]) -> Text:
    """A UTF-8 copy. ReadError: nul_byte, not_text, invalid_encoding."""
    choices = REPLACE + WESTERN if name == "utf-8" else REPLACE
    answer = picked(answers, "invalid_encoding", choices)
    handler = _Replacing("cp1252" if answer == "cp1252" else None)
    codecs.register_error("intake-replace", handler)
    make = codecs.getincrementaldecoder(encoding.CODECS.get(name, name))
    decoder = make("intake-replace" if answer else "strict")
    target = scratch / "utf8"
    offset, lines, found = 0, 1, Bytes()
    with plain.open("rb") as reader, target.open("wb") as writer:
        while True:
            chunk = reader.read(1 << 20)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise invalid(plain, name, offset - pending + error.start, choices) from error
            if (nul := text.find("\0")) >= 0:
                raise _nul(text, lines + text.count("\n", 0, nul))
            lines += text.count("\n")
            piece = text.encode()
            found.see(piece)
            writer.write(piece)
            offset += len(chunk)
            if not chunk:
                break
    notes = []
    if handler.count:
        mark = gettext_noop("Bytes that do not belong to the encoding were replaced by a mark: %(count)d.")
        other = gettext_noop("Bytes that do not belong to the encoding were read as Windows-1252: %(count)d.")
        message = other if handler.encoding else mark
        notes.append(Note("replaced_bytes", message, {"count": handler.count}, choices=choices, answer=answer))
    return Text(target, encoding=name, bytes=found, notes=notes)


def _nul(text: str, line: int) -> ReadError:
    controls = sum(character < "\x09" or "\x0e" <= character < "\x20" for character in text[: 1 << 16])
    if controls > 0.02 * min(len(text), 1 << 16):
        return ReadError("not_text", gettext_noop("This file is not text: it holds binary data. Export the table as CSV and upload that."))
    message = gettext_noop("Line %(line)d holds a NUL byte, so the file is damaged or not text. Export it again.")
    return ReadError("nul_byte", message, {"line": line}, rows=[line])


def invalid(plain: Path, name: str, offset: int, choices: Choices) -> ReadError:
    """The refusal of bytes that are not of the encoding, with the line and the byte of the first."""
    line = encoding.line_at(plain, offset)
    with plain.open("rb") as handle:
        handle.seek(max(0, offset - 40))
        near = handle.read(80).decode(encoding.CODECS.get(name, name), "replace")
    message = gettext_noop(
        "The file is %(encoding)s but for some bytes that do not belong, the first on line %(line)d (byte %(byte)d). Save it as UTF-8 and upload it again."
    )
    params = {"encoding": name.upper(), "line": line, "byte": offset + 1}
    return ReadError("invalid_encoding", message, params, rows=[line], choices=choices, examples=[{"before": near.strip(), "after": ""}])
