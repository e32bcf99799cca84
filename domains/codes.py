"""Every stable code with which a file or its data is answered: one table for the pages, the API and the documentation.

A REJECT stops, an ASK waits for the analyst, a FIX was done and is listed, a WARN informs. The sentence a person reads
is made where the thing is noticed; here stand what the code means and the way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domains.messages import gettext_noop as N_

Level = Literal["REJECT", "ASK", "FIX", "WARN"]


@dataclass(frozen=True)
class Code:
    """``levels``: how it can be answered, the usual one first. ``meaning`` and ``way_out`` are whole sentences."""

    code: str
    levels: tuple[Level, ...]
    meaning: str
    way_out: str


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
        N_("Save the file as UTF-8, or put a mark in place of each of them."),
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
        ("REJECT",),
        N_("A quote is opened and never closed; the line where it opens is named."),
        N_("Close the quote, or remove it."),
    ),
    Code(
        "malformed_quote",
        ("REJECT",),
        N_("Text stands after a closing quote."),
        N_("Double the quotes inside a quoted cell, or remove them."),
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
    Code("header_missing", ("ASK",), N_("The first row looks like data, not like column names."), N_("Say whether it holds the names.")),
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
NAMES: tuple[Code, ...] = (
    Code(
        "duplicate_columns",
        (
            "REJECT",
            "FIX",
        ),
        N_("A column name stands more than once; the finding says where and whether the columns hold the same."),
        N_("Give each column its own name, number the names, or keep the first where they hold the same."),
    ),
    Code(
        "blank_column_name",
        (
            "ASK",
            "FIX",
        ),
        N_("Columns have no name; an empty one is left out, and a row number is named by its position."),
        N_("Keep the columns under made-up names, or leave them out."),
    ),
    Code(
        "saved_index",
        ("FIX",),
        N_("The first column has no name and numbers the rows from 0: an index saved with the table. It is left out."),
        N_("Keep it if it means something."),
    ),
    Code(
        "confusable_columns",
        ("ASK",),
        N_("Column names differ only in case, spaces or the form of a letter."),
        N_("Keep all, or keep the first of each."),
    ),
    Code(
        "column_name_too_long",
        ("REJECT",),
        N_("A column name is longer than can be kept; the first row may be data."),
        N_("Shorten the name, or add a header."),
    ),
    Code("column_names_trimmed", ("FIX",), N_("Spaces around column names were removed."), N_("Nothing to do.")),
)
VALUES: tuple[Code, ...] = (
    Code(
        "personal_data",
        ("ASK", "WARN"),
        N_("A column holds personal data, or its text does."),
        N_("Leave the column out, replace its values with codes, or keep it and say why."),
    ),
    Code(
        "sensitive_column",
        ("WARN",),
        N_("A column describes a protected trait such as sex or age."),
        N_("Give it the role sensitive: it is tested for fairness and not modelled."),
    ),
    Code(
        "sentinel_value",
        ("ASK", "WARN"),
        N_("One value, such as 999, 1900-01-01 or an impossible zero, probably stands for a missing one."),
        N_("Read it as missing, or keep it as a value."),
    ),
    Code(
        "value_variants",
        ("WARN", "ASK"),
        N_("Values differ only in case or spaces."),
        N_("Merge them into the most frequent spelling, or keep them apart."),
    ),
    Code(
        "missing_tokens",
        ("FIX",),
        N_("Words such as NA were read as missing."),
        N_("Keep the column as text if the word is a value, such as NA for Namibia."),
    ),
    Code(
        "spaces_trimmed",
        ("FIX",),
        N_("Spaces around cells were removed."),
        N_("Nothing to do; the first rows show the cells as they were."),
    ),
    Code(
        "all_missing_column",
        ("FIX",),
        N_("A column is empty in every row and is not used."),
        N_("Check the export if you expected values."),
    ),
    Code("constant_column", ("FIX",), N_("A column holds one value only and is not used."), N_("Check the export if you expected more.")),
    Code(
        "near_constant", ("WARN",), N_("One value fills more than 99.5 % of a column."), N_("Leave it out if the rare rows cannot matter.")
    ),
    Code(
        "mostly_missing",
        ("WARN",),
        N_("A column is missing in more than 95 % of the rows."),
        N_("Leave it out unless that it is missing says something."),
    ),
    Code(
        "high_cardinality",
        ("WARN",),
        N_("A column of names differs in most rows, so little can be learned from it."),
        N_("Give it the role id, shorten it to what matters, or leave it out."),
    ),
    Code(
        "id_column",
        ("WARN",),
        N_("A column differs in every row and identifies it."),
        N_("Keep the role id: carried to the output, not modelled."),
    ),
    Code("row_number", ("WARN",), N_("A column only numbers the rows."), N_("Keep the role id: row order can give the answer away.")),
    Code(
        "repeated_entity",
        ("WARN",),
        N_("The same entity occurs in several rows."),
        N_("Give the column the role group, so that an entity is never on both sides of the test."),
    ),
    Code(
        "time_column",
        ("WARN",),
        N_("A column says when each row was, so the test can be made on the latest rows."),
        N_("Give it the role time."),
    ),
    Code(
        "duplicate_rows", ("WARN",), N_("Rows repeat an earlier row."), N_("Remove the copies, or make sure that they are different cases.")
    ),
    Code(
        "type_chosen",
        ("FIX",),
        N_("A column is read as the type the analyst chose; cells that do not fit became missing."),
        N_("Choose another type, or take the choice back."),
    ),
    Code(
        "type_unknown",
        ("REJECT",),
        N_("The type that was chosen does not exist."),
        N_("Choose one of integer, number, boolean, category, text and datetime."),
    ),
    Code(
        "mixed_types",
        ("ASK", "WARN"),
        N_("A few cells do not fit the rest of their column."),
        N_("Read them as missing, or keep the column as text."),
    ),
    Code(
        "unreadable_cells",
        ("FIX",),
        N_("Cells do not fit the way their column is read and became missing."),
        N_("Look at the rows named; choose another type if they matter."),
    ),
    Code(
        "boolean_words",
        ("ASK",),
        N_("A column says yes and no in several ways, such as True, yes and 1."),
        N_("Read all of them as true or false, or keep each spelling."),
    ),
    Code("number_format", ("ASK",), N_("Every number of a column can be read in two ways, such as 1,234."), N_("Say what the mark means.")),
    Code(
        "number_marks",
        ("FIX",),
        N_("Numbers were written with currency signs, %, brackets or marks between thousands; they are read as plain numbers."),
        N_("Keep the column as text if they are no amounts."),
    ),
    Code(
        "unit_in_cells",
        ("WARN",),
        N_("Cells carry a unit, such as 12 kg; they are read as numbers in that unit."),
        N_("Keep the column as text if the unit is part of a name."),
    ),
    Code("infinite_values", ("FIX",), N_("Infinite numbers were read as missing."), N_("Check the calculation the column comes from.")),
    Code(
        "leading_zeros", ("FIX",), N_("Codes with leading zeros are kept as text."), N_("Read them as numbers if the zeros mean nothing.")
    ),
    Code(
        "long_digits",
        ("FIX",),
        N_("Numbers of 17 digits or more are kept as text, so that no digit is lost."),
        N_("Read them as numbers if they are amounts."),
    ),
    Code(
        "huge_integers",
        ("WARN",),
        N_("Whole numbers are too large to calculate with and are kept as text."),
        N_("Nothing to do for ids; shorten amounts before you upload them."),
    ),
    Code(
        "digits_lost",
        ("WARN",),
        N_("Every cell is shortened like 1.23457E+15: a spreadsheet has cut digits off."),
        N_("Format the column as text in the spreadsheet and export it again."),
    ),
    Code("date_order", ("ASK",), N_("Dates of a column can be read day first or month first."), N_("Say which comes first.")),
    Code(
        "date_formats",
        ("ASK",),
        N_("Dates of one column are written in several ways."),
        N_("Read all of them, only one way, or keep the column as text."),
    ),
    Code(
        "two_digit_year",
        ("WARN",),
        N_("Years have two digits; the finding says from which year on they are read as 19xx."),
        N_("Write years with four digits if that is wrong."),
    ),
    Code("time_zone_utc", ("FIX",), N_("Dates with a time zone were turned into UTC."), N_("Nothing to do.")),
    Code(
        "compact_date", ("FIX",), N_("Numbers such as 20240131 under a name such as date are read as dates."), N_("Keep them as numbers.")
    ),
    Code(
        "excel_serial",
        ("FIX",),
        N_("Numbers such as 45322 under a name such as date are read as days counted as in Excel."),
        N_("Keep them as numbers."),
    ),
    Code(
        "epoch_time",
        ("FIX",),
        N_("Numbers under a name such as timestamp are read as moments counted from 1970."),
        N_("Keep them as numbers."),
    ),
    Code(
        "formula_cells",
        ("WARN",),
        N_("A spreadsheet would take some cells for formulas; they are kept as text and never run."),
        N_("Nothing to do here; take care with exports that others open."),
    ),
    Code(
        "salt_missing",
        ("REJECT",),
        N_("Values cannot be replaced by codes, because the workspace has no key."),
        N_("Leave the column out, or ask an administrator."),
    ),
    Code(
        "mixed_zones",
        ("WARN",),
        N_("Some dates of a column carry a time zone and others none; those without are taken as UTC."),
        N_("Export all of them in one zone."),
    ),
)
LABEL: tuple[Code, ...] = (
    Code("label_unknown", ("REJECT",), N_("There is no column with the label's name."), N_("Choose one of the columns.")),
    Code(
        "target_all_missing",
        ("REJECT",),
        N_("The label is missing in every row."),
        N_("Choose another label, or upload rows that have it."),
    ),
    Code(
        "target_constant",
        ("REJECT",),
        N_("The label has the same value in every row."),
        N_("Choose another label, or upload rows of the other kind."),
    ),
    Code(
        "target_missing",
        ("ASK",),
        N_("The label is missing in some rows."),
        N_("Leave these rows out, or use them as the file to predict."),
    ),
    Code(
        "target_high_cardinality",
        ("REJECT",),
        N_("The label has so many different values that it is an identifier or free text."),
        N_("Choose another label, or group its values first."),
    ),
    Code(
        "many_classes", ("ASK",), N_("The label has more than 100 classes."), N_("Go on, group the classes first, or choose another label.")
    ),
    Code(
        "target_not_binary",
        ("REJECT",),
        N_("The template needs two classes and the label has another number."),
        N_("Choose another label or another template."),
    ),
    Code(
        "target_not_numeric",
        ("REJECT",),
        N_("A number is to be predicted and the label holds none."),
        N_("Choose another label, or predict classes."),
    ),
    Code(
        "rare_class",
        ("ASK",),
        N_("Some classes have fewer than 10 rows."),
        N_("Merge them into one class, leave their rows out, or go on."),
    ),
    Code(
        "label_variants",
        ("ASK",),
        N_("Classes of the label differ only in case or spaces."),
        N_("Merge them in the data, or keep them apart."),
    ),
    Code(
        "problem_type_guess",
        ("WARN",),
        N_("The label can be read as classes or as a number."),
        N_("Change the problem type if the guess is wrong."),
    ),
    Code(
        "class_imbalance",
        ("WARN",),
        N_("One class is so rare that accuracy says little."),
        N_("Judge by average precision, precision and recall."),
    ),
    Code(
        "few_positives",
        ("WARN",),
        N_("Few rows have the positive class, so figures vary."),
        N_("Collect more of them, and read the intervals."),
    ),
    Code("too_few_positives", ("REJECT",), N_("Too few rows have the positive class."), N_("Collect more of them.")),
    Code("too_few_negatives", ("REJECT",), N_("Too few rows have the other class."), N_("Collect more of them.")),
    Code("positive_class_unknown", ("REJECT",), N_("The positive class is not a value of the label."), N_("Choose one of its values.")),
    Code(
        "few_rows",
        ("WARN",),
        N_("The table is small, so results vary from split to split."),
        N_("Collect more rows, and read the intervals."),
    ),
    Code(
        "no_features",
        ("REJECT",),
        N_("No column is left to predict from."),
        N_("Give fewer columns the roles id, group, sensitive or exclude."),
    ),
    Code(
        "leakage_suspect",
        ("ASK", "WARN"),
        N_("A column tells the label almost by itself: a copy of it, or known only afterwards."),
        N_("Leave it out, or keep it and say how it is known before the decision."),
    ),
    Code(
        "rows_sorted_by_label",
        ("WARN",),
        N_("The rows are sorted by the label."),
        N_("Nothing to do for a random test; never use the row number as a column."),
    ),
    Code(
        "conflicting_labels",
        ("WARN",),
        N_("Rows agree in every column and differ in the label."),
        N_("Add a column that tells them apart, or correct the label."),
    ),
    Code(
        "unknown_role",
        ("REJECT",),
        N_("A column was given a role that does not exist."),
        N_("Choose one of the roles that the message lists."),
    ),
    Code(
        "label_has_role", ("REJECT",), N_("The label cannot have another role besides."), N_("Take the role away, or choose another label.")
    ),
    Code("role_conflict", ("REJECT",), N_("A column was given two roles that exclude each other."), N_("Keep one of them.")),
)
SERIES: tuple[Code, ...] = (
    Code("time_role_missing", ("REJECT",), N_("A forecast needs a column that says when."), N_("Give a column of dates the role time.")),
    Code(
        "time_not_dates",
        ("REJECT",),
        N_("The column with the role time holds no dates."),
        N_("Choose another column, or change its type to datetime."),
    ),
    Code(
        "timestamps_missing",
        ("ASK", "REJECT"),
        N_("Rows have no time, or no row has one."),
        N_("Leave these rows out, or repair the file."),
    ),
    Code(
        "item_per_row",
        ("REJECT",),
        N_("The column that names the series differs in every row, so that each row would be a series."),
        N_("Choose the column that names the series."),
    ),
    Code(
        "duplicate_timestamps",
        ("ASK",),
        N_("A series has several rows for one moment."),
        N_("Add them up, take their mean or the last, or name the series more closely."),
    ),
    Code("frequency", ("ASK",), N_("The steps between moments are not even."), N_("Say how often the series shall be forecast.")),
    Code(
        "series_gaps",
        ("ASK",),
        N_("Moments are missing between the first and the last of a series."),
        N_("Say how the gaps are to be filled."),
    ),
    Code(
        "daylight_saving",
        ("WARN",),
        N_("An hour is missing where clocks are set to summer time, so times are local."),
        N_("Export the times in UTC."),
    ),
    Code(
        "series_too_short",
        ("ASK", "REJECT"),
        N_("Series have too few moments for the horizon."),
        N_("Leave them out, or forecast less far ahead."),
    ),
    Code("single_series", ("WARN",), N_("There is one series only."), N_("Nothing to do; add related series if you have them.")),
    Code("series_unsorted", ("FIX",), N_("Rows were sorted by time."), N_("Nothing to do.")),
    Code(
        "future_covariates_missing",
        ("REJECT",),
        N_("Values that must be known ahead are missing for the time to be forecast."),
        N_("Download the template and fill in every row."),
    ),
)
SCORING: tuple[Code, ...] = (
    Code(
        "missing_columns",
        ("REJECT",),
        N_("A file to score lacks columns that the predictor needs. Nothing was loaded and nothing was scored."),
        N_("Add the columns, or accept the suggested names and score the file with them."),
    ),
    Code(
        "rename_invalid",
        ("REJECT",),
        N_("A renaming names a column that the file lacks, or one that the predictor does not know."),
        N_("Map columns of the file to columns of the predictor, each once."),
    ),
    Code(
        "column_type_changed",
        ("REJECT",),
        N_("More than 5 % of a column's values do not fit the type it had in training."),
        N_("Write numbers and dates as the training file did, and score the file again."),
    ),
    Code(
        "not_a_number",
        ("REJECT",),
        N_("A cell of a column of numbers is no number. Its row is rejected, the file is not."),
        N_("Mend the rows in the rejected file and score those again."),
    ),
    Code(
        "not_a_boolean",
        ("REJECT",),
        N_("A cell of a column of yes and no is neither. Its row is rejected, the file is not."),
        N_("Mend the rows in the rejected file and score those again."),
    ),
    Code(
        "not_a_date",
        ("REJECT",),
        N_("A cell of a column of dates is no date in the format of the training file. Its row is rejected, the file is not."),
        N_("Mend the rows in the rejected file and score those again."),
    ),
    Code(
        "extra_columns",
        ("WARN",),
        N_("The file holds columns that the predictor does not know. They were left out."),
        N_("Nothing needs to be done, unless one of them is a needed column under another name."),
    ),
    Code(
        "similar_columns",
        ("WARN",),
        N_("A column that was left out is spelled almost as one that the predictor knows but can do without."),
        N_("Score the file again with the suggested names, if they mean the same."),
    ),
    Code(
        "columns_reordered",
        ("WARN",),
        N_("The columns stand in another order than in training. They were matched by name."),
        N_("Nothing needs to be done."),
    ),
    Code(
        "label_present",
        ("WARN",),
        N_("The file to score holds the label. It was not used to predict."),
        N_("Compare: the result shows what the predictions are worth on these rows."),
    ),
    Code(
        "reading_assumed",
        ("WARN",),
        N_("The way to read a file to score was not certain. The recommended way was taken."),
        N_("Check the first rows of the output. Save the file as UTF-8 CSV with a header to leave no doubt."),
    ),
    Code(
        "column_drift_strong",
        ("WARN",),
        N_("A column is far from the training data: its population stability index is above 0.5."),
        N_("Check its unit and where it comes from. If the world has changed, train again with newer data."),
    ),
    Code(
        "column_drift",
        ("WARN",),
        N_("A column has moved since training: its population stability index is above 0.2."),
        N_("Check its unit and where it comes from, and watch the next files."),
    ),
    Code(
        "more_missing",
        ("WARN",),
        N_("A column is empty much more often than in training."),
        N_("Check the export. If it stays so, train again with newer data."),
    ),
    Code(
        "never_missing",
        ("WARN",),
        N_("A column that was always filled in training is empty in some rows. They are flagged in the output."),
        N_("Fill the cells if you can; the predictions of these rows are guesses."),
    ),
    Code(
        "unseen_categories",
        ("WARN",),
        N_("A column holds values that no training row had. The rows are flagged in the output."),
        N_("Check the spelling. If the values are new, train again once their outcomes are known."),
    ),
    Code(
        "out_of_range",
        ("WARN",),
        N_("A column holds numbers below the smallest or above the largest of training. The rows are flagged in the output."),
        N_("Check the unit; treat the predictions of these rows with care."),
    ),
    Code(
        "many_unusual_rows",
        ("WARN",),
        N_("More than 20 % of the rows hold something that the predictor never saw. The prediction counts as completed with warnings."),
        N_("Look at the flagged rows before you use the output."),
    ),
)

CODES: dict[str, Code] = {code.code: code for code in (*FILE, *NAMES, *VALUES, *LABEL, *SERIES, *SCORING)}
