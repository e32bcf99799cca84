"""Codes of a file as a whole: its kind, its encoding, its rows."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

FILE: tuple[Code, ...] = (
    Code(
        "file_too_large",
        ("REJECT",),
        N_("The file is larger than the service takes; its size is checked before a byte is read."),
        N_("Upload a sample of the rows, or ask the operator to raise AUTOML_MAX_UPLOAD_MB."),
    ),
    Code(
        "upload_quota",
        ("REJECT",),
        N_("The unfinished uploads of the team are too large together."),
        N_("Finish or cancel one; what nobody comes back to is removed after a day."),
    ),
    Code(
        "disk_full", ("REJECT",), N_("The service's disk has no room for the file; nothing was kept."), N_("Ask the operator to make room.")
    ),
    Code("upload_incomplete", ("REJECT",), N_("Bytes of the file are still missing."), N_("Continue the upload.")),
    Code("form_incomplete", ("REJECT",), N_("The form with the file stopped short of its end; nothing was kept."), N_("Send it again.")),
    Code(
        "upload_checksum_mismatch",
        ("REJECT",),
        N_("What arrived is not what was sent: the SHA-256 of the file is another one; nothing was kept."),
        N_("Upload the file again."),
    ),
    Code("file_empty", ("REJECT",), N_("The file holds nothing but blank lines."), N_("Check the export and upload it again.")),
    Code("no_rows", ("REJECT",), N_("The file has a header and no rows."), N_("Check the export and upload it again.")),
    Code("too_few_rows", ("REJECT", "WARN"), N_("The file has too few rows to learn from."), N_("Upload more rows.")),
    Code(
        "not_csv",
        ("REJECT",),
        N_("The file is of a kind that is not read, such as PDF, HTML, JSON, pickle or a picture; what it is called does not matter."),
        N_("Save or export the table as CSV and upload that."),
    ),
    Code("not_text", ("REJECT",), N_("The file is binary data of no known kind."), N_("Export the table as CSV and upload that.")),
    Code(
        "nul_byte",
        ("REJECT",),
        N_("A line holds a NUL byte, so the file is damaged; other programs cut the cell off there in silence."),
        N_("Export the file again."),
    ),
    Code(
        "file_damaged",
        ("REJECT",),
        N_("A compressed file, a workbook or a Parquet file is damaged or cut off."),
        N_("Make the file again and upload it again."),
    ),
    Code(
        "compression_ratio",
        ("REJECT",),
        N_("A compressed file unfolds to far more than a table does."),
        N_("Upload the file uncompressed."),
    ),
    Code(
        "too_many_bytes",
        ("REJECT",),
        N_("The file is larger than the limit, as it came or once unpacked."),
        N_("Upload a sample of the rows."),
    ),
    Code(
        "archive_members", ("REJECT",), N_("A zip holds no file or several."), N_("Upload a zip with exactly one file, or the file itself.")
    ),
    Code("archive_encrypted", ("REJECT",), N_("A zip or workbook is protected with a password."), N_("Upload it without one.")),
    Code("nested_archive", ("REJECT",), N_("There is an archive inside the archive."), N_("Upload the file that is in it.")),
    Code("too_many_cells", ("REJECT",), N_("A workbook spans more cells than can be read."), N_("Save the sheet as CSV and upload that.")),
    Code(
        "nested_column",
        ("REJECT",),
        N_("A column of a Parquet file holds lists, structures or bytes, not one value per cell."),
        N_("Unfold it into columns of its own, or leave it out."),
    ),
    Code("sheet", ("ASK",), N_("A workbook has several sheets with data."), N_("Pick the one to read.")),
    Code(
        "encoding",
        ("ASK",),
        N_("The file is not UTF-8 and does not say what it is."),
        N_("Pick the encoding in which its text reads right."),
    ),
    Code("encoding_utf16", ("FIX",), N_("The file was UTF-16 or UTF-32 and was converted."), N_("Nothing to do.")),
    Code(
        "invalid_encoding",
        ("REJECT",),
        N_("Some bytes do not belong to the encoding of the rest; the finding names the line and the byte."),
        N_("Save the file as UTF-8, put a mark in place of each of them, or read them as Windows-1252."),
    ),
    Code(
        "replaced_bytes",
        ("FIX",),
        N_("Bytes that do not belong to the encoding were replaced by a mark."),
        N_("Look for the mark, or upload the file in one encoding."),
    ),
    Code("line_ends", ("FIX",), N_("Lines end in more than one way; each way was read as a line end."), N_("Nothing to do.")),
    Code(
        "unclosed_quote",
        ("REJECT", "FIX"),
        N_("A quote is opened and never closed; the line where it opens is named."),
        N_("Close the quote, remove it, or read quote marks as plain text where that fits."),
    ),
    Code(
        "malformed_quote",
        ("REJECT", "FIX"),
        N_("Text stands after a closing quote."),
        N_("Double the quotes inside a quoted cell, remove them, or read quote marks as plain text where that fits."),
    ),
    Code(
        "escaped_quotes", ("FIX",), N_("Quotes inside cells were written with a backslash and were read as quotes."), N_("Nothing to do.")
    ),
    Code("spaced_quotes", ("FIX",), N_("Quoted cells began after a space, which was left out."), N_("Nothing to do.")),
    Code(
        "delimiter",
        ("ASK", "FIX"),
        N_("The cells are not separated by commas, or more than one delimiter could separate them."),
        N_("Pick the one with which a row reads right."),
    ),
    Code(
        "delimiter_line",
        ("FIX",),
        N_("The first line only names the delimiter, as spreadsheets write it; it was used and left out."),
        N_("Nothing to do."),
    ),
    Code(
        "preamble", ("ASK",), N_("Lines stand above the table, such as a title."), N_("Pass over them, or read them as part of the table.")
    ),
    Code("units_row", ("ASK",), N_("The row under the header holds units."), N_("Leave it out, or read it as data.")),
    Code("footer", ("ASK",), N_("Totals or notes stand below the table."), N_("Leave them out, or read them as data.")),
    Code("empty_rows", ("FIX",), N_("Rows of nothing but delimiters at the end of the file were set aside."), N_("Nothing to do.")),
    Code("blank_lines", ("FIX",), N_("Blank lines were skipped."), N_("Nothing to do.")),
    Code(
        "header_missing",
        ("ASK", "REJECT"),
        N_("The first row looks like data, not like column names."),
        N_("Say whether it holds the names."),
    ),
    Code(
        "header_shorter_than_rows",
        ("REJECT",),
        N_("Every row has one field more than the header has names; reading on would shift every value."),
        N_("Add the missing name, or say which column it is that has none."),
    ),
    Code(
        "ragged_rows",
        (
            "REJECT",
            "FIX",
        ),
        N_("Rows have more or fewer fields than the header."),
        N_("Correct the lines that are named, or set these rows aside in a list of their own."),
    ),
    Code(
        "short_rows",
        ("ASK", "REJECT"),
        N_("A few rows have fewer fields than the header."),
        N_("Take the cells that are not there as missing, or set the rows aside."),
    ),
    Code(
        "trailing_delimiter",
        ("FIX",),
        N_("Rows end with a delimiter and nothing after it; the empty field was left out."),
        N_("Nothing to do."),
    ),
    Code("too_many_columns", ("REJECT",), N_("The file has more columns than can be read."), N_("Leave out those you do not need.")),
    Code(
        "many_columns",
        ("WARN",),
        N_("The table is so wide that a search over it is slow."),
        N_("Leave out the columns that cannot matter."),
    ),
    Code(
        "cell_too_large",
        ("REJECT",),
        N_("A cell is larger than the limit."),
        N_("Check for a missing quote, or leave that column out of the file."),
    ),
    Code(
        "identical_file",
        ("WARN",),
        N_("The very same file is here already, under another dataset."),
        N_("Use that dataset, or go on with this one if it is meant to be answered otherwise."),
    ),
    Code(
        "append_columns_differ",
        ("REJECT",),
        N_("A file that is to be added has other columns than the dataset."),
        N_("Rename or add the columns in the file, or upload it in place of all rows."),
    ),
    Code(
        "answer_unknown",
        ("REJECT",),
        N_("An answer given earlier is no longer one of the choices, because the data changed."),
        N_("Take the answer back; the question is asked again when it still stands."),
    ),
    Code(
        "nothing_left",
        ("REJECT",),
        N_("Every column was left out, so there is no data."),
        N_("Take back one of the answers that leave a column out."),
    ),
)
