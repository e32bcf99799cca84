"""Codes of cells and of columns of values."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

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
        "near_constant",
        ("WARN",),
        N_("One value fills more than 99.5 percent of a column."),
        N_("Leave it out if the rare rows cannot matter."),
    ),
    Code(
        "mostly_missing",
        ("WARN",),
        N_("A column is missing in more than 95 percent of the rows."),
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
