"""Codes of the names of columns."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

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
