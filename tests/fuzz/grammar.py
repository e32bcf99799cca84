"""Files for the fuzz run: tables as people export them, then bytes as the world damages them. One seed, one file."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import random
import zipfile
from dataclasses import dataclass, field
from typing import Any

CELLS = (
    "", "0", "1", "-7", "42", "3.14", "1,234", "1.234,5", "1e400", "inf", "nan", "NA", "?", "null", "999", "00501", "12345678901234567",
    "9223372036854775808", "12%", "€3.50", "$1,234.50", "(3)", "2024-01-31", "31/01/2024", "01/02/2024", "1998 Q1", "Mar-2018",
    "20141013T000000", "45322", "30/02/2024", "true", "FALSE", "yes", "ja", "a", "b", "red", "Red ", " x", "x  y", "=1+1", "@SUM(A1)",
    "<script>", "%s %(a)d", "100%", "a@b.c", "13800138000", "é", "Müller", "姓名", "北京", "さくら", "Москва", "김", "🙂", "\u202e", "\u00a0",
    'say "hi"', 'a"b', "one\ntwo", "one\r\ntwo", "a;b", "a|b", "a\tb", "a,b", "\\", '\\"', "'", "''", "Total", "Source: x", "(kg)", "\x01", "\x1a",
)  # fmt: skip
NAMES = (
    "a",
    "b",
    "a",
    "A",
    "",
    " ",
    "id",
    "date",
    "target",
    "amount ",
    "姓名",
    "é",
    "=cmd()",
    "<b>",
    "a\nb",
    "2019",
    "2020",
    "%d",
    "item_id",
    "x" * 40,
)
ENCODINGS = ("utf-8",) * 8 + (
    "utf-8-sig", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1252", "cp1251", "cp1250", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
)  # fmt: skip
NASTY = (
    b'"', b"'", b",", b";", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\n\n", b"\0", b"\xff", b"\x80", b"\xef\xbb\xbf", b"\\", b'""', b'"""',
    b"\xc3", b"\xe4\xb8", b"\x1a", b" ", b',"', b'",', b'"\n"', b"sep=;\n", b"\xff\xfe",
)  # fmt: skip
ANSWERS = {
    "ragged_rows": ("set_aside", "fill"), "short_rows": ("fill", "set_aside"), "invalid_encoding": ("replace",), "footer": ("drop", "keep"),
    "preamble": ("skip", "keep"), "units_row": ("drop", "keep"), "header_missing": ("data", "names"), "duplicate_columns": ("number", "keep_first"),
    "blank_column_name": ("name", "drop"), "confusable_columns": ("keep", "keep_first"), "saved_index": ("drop", "keep"),
    "header_shorter_than_rows": ("index", "last"), "delimiter": ("comma", "none", "tab"), "encoding": ("gb18030", "cp1252"),
}  # fmt: skip


@dataclass
class Sample:
    """One upload: its bytes, its name, and the answers already given."""

    data: bytes
    filename: str = "x.csv"
    answers: dict[str, str] = field(default_factory=dict)
    plain: bool = False  # not damaged after it was written


def sample(seed: int, number: int) -> Sample:
    """File ``number`` of a run."""
    chance = random.Random(f"{seed}/{number}")
    if chance.random() < 0.02:
        return Sample(chance.randbytes(chance.randrange(200)))
    if chance.random() < 0.03:
        data = typed(chance)
        return Sample(damaged(data, chance, 1 << 20) if chance.random() < 0.5 else data)
    data = encoded(written(chance), chance)
    hurt = chance.random() < 0.55
    if hurt:
        data = damaged(data, chance)
    data, filename = packed(data, chance)
    if chance.random() < 0.05:
        data, hurt = damaged(data, chance), True
    answers = {code: chance.choice(choices) for code, choices in ANSWERS.items() if chance.random() < 0.15}
    return Sample(data, filename, answers, not hurt)


def written(chance: random.Random) -> str:
    """A delimited text: title, header, rows, totals, in one of the dialects of the world."""
    width = chance.choice((1, 2, 2, 3, 3, 4, 6, 12))
    delimiter, end = chance.choice(",,,,;;\t|^ "), chance.choice(("\n", "\n", "\r\n", "\r"))
    quote = chance.choice('""""\'')
    pools = [[chance.choice(CELLS) for _ in range(chance.choice((1, 2, 5, 20)))] for _ in range(width)]
    rows = [[chance.choice(pool) for pool in pools] for _ in range(chance.choice((0, 1, 2, 3, 8, 12, 25, 40)))]
    if chance.random() < 0.3:
        for place, row in enumerate(rows):
            row[0] = str(place)
    if chance.random() < 0.85:
        plain = chance.random() < 0.6
        rows.insert(0, [f"c{i}" if plain else chance.choice(NAMES) for i in range(width)])
    for _ in range(chance.choice((0, 0, 0, 1, 3))):
        if rows:
            row = chance.choice(rows)
            row[:] = row[: chance.randrange(len(row) + 1)] if chance.random() < 0.5 else [*row, chance.choice(CELLS)]
    if chance.random() < 0.08:
        rows.append(["Total", *["1"] * (width - 1)])
    if chance.random() < 0.05:
        rows += [[""] * width] * 3
    buffer = io.StringIO()
    quoting: Any = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))
    doubled = chance.random() < 0.9
    csv.writer(
        buffer, delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=quoting, doublequote=doubled, escapechar=None if doubled else "\\",
    ).writerows(rows)  # fmt: skip
    text = buffer.getvalue()
    if chance.random() < 0.06:
        text = f"Report of the month{end}{end}" + text
    if chance.random() < 0.05:
        text = text.replace(end, delimiter + end)
    if chance.random() < 0.08:
        text = text.replace(delimiter, chance.choice((delimiter + " ", delimiter * 3, "   ")))
    if chance.random() < 0.05:
        text = text.replace(end, chance.choice((end + end, "\r", "\n")), chance.randrange(1, 9))
    return text.rstrip("\r\n") if chance.random() < 0.2 else text


def encoded(text: str, chance: random.Random) -> bytes:
    """The text in some encoding; what it cannot hold becomes a question mark."""
    return text.encode(chance.choice(ENCODINGS), "replace")


def typed(chance: random.Random) -> bytes:
    """A Parquet file or a workbook with such cells, numbers and dates."""
    values = [*CELLS[:60], None, 1.5, 7, True, dt.datetime(2024, 1, 31, 10), dt.date(2024, 1, 31)]
    width, height = chance.choice((1, 2, 3, 6)), chance.choice((0, 1, 8, 25))
    columns = {chance.choice(NAMES) + str(place): [chance.choice(values) for _ in range(height)] for place in range(width)}
    buffer = io.BytesIO()
    if chance.random() < 0.5:
        import pyarrow as pa
        from pyarrow import parquet

        parts = {name: cells if len({*map(type, cells)}) == 1 else [str(cell) for cell in cells] for name, cells in columns.items()}
        parquet.write_table(pa.table(parts), buffer)
        return buffer.getvalue()
    import openpyxl

    book = openpyxl.Workbook()
    sheets = [book.active, *(book.create_sheet() for _ in range(chance.choice((0, 0, 1))))]
    for sheet in sheets:
        for row in [list(columns), *map(list, zip(*columns.values(), strict=True))]:
            sheet.append([cell if not isinstance(cell, str) or cell.isprintable() else None for cell in row])
    book.save(buffer)
    return buffer.getvalue()


def damaged(data: bytes, chance: random.Random, most: int = 1 << 16) -> bytes:
    """A few mutations of the bytes."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((1, 1, 2, 8, 40)))
        kind = chance.randrange(6)
        if kind == 0:
            data = data[:at] + chance.choice(NASTY) + data[at:]
        elif kind == 1:
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        elif kind == 2:
            data = data[:at] + data[to:]
        elif kind == 3:
            data = data[:to] + data[at:to] * chance.choice((1, 2, 20)) + data[to:]
        elif kind == 4:
            data = data[:at]
        else:
            data = data.replace(chance.choice(NASTY[:10]), chance.choice(NASTY), chance.choice((1, 3, -1)))
    return data[:most]


def packed(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """(the bytes as uploaded, the file's name): mostly as they are."""
    kind = chance.random()
    if kind < 0.9:
        return data, chance.choice(("x.csv", "x.csv", "x.tsv", "x.txt", "x.xlsx", "x"))
    if kind < 0.94:
        return gzip.compress(data, 1), "x.csv.gz"
    if kind < 0.97:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in chance.choice((("x.csv",), ("x.csv",), ("a", "b"), ("xl/workbook.xml",), ("../x",))):
                archive.writestr(name, data)
        return buffer.getvalue(), "x.zip"
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue()), "x.csv.zst"
