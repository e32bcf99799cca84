"""Codes of the split: how the test is set apart."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

SPLIT: tuple[Code, ...] = (
    Code(
        "split_needs_reason",
        ("REJECT",),
        N_("Rows are to be drawn at random although the data names entities that are in several rows, or the time of each row."),
        N_("Give the column the role group or time, or say in a sentence why the rows may be drawn at random."),
    ),
    Code(
        "split_needs_time",
        ("REJECT",),
        N_("The template is tested on the latest rows, and no column has the role time."),
        N_("Give a column the role time, or say in a sentence why the rows may be drawn at random."),
    ),
    Code(
        "split_needs_role",
        ("REJECT",),
        N_("The split that was asked for needs a column with a role that no column has."),
        N_("Give a column that role, or choose another split."),
    ),
    Code(
        "split_gap_needs_dates",
        ("REJECT",),
        N_("A gap before the test is set, and the time is not one column with dates."),
        N_("Leave the gap out, or give one column with dates the role time."),
    ),
    Code(
        "time_without_order",
        ("REJECT",),
        N_("A column has the role time, and its values have no order in time."),
        N_("Give the role time to a column with dates, or with numbers that grow with time."),
    ),
    Code(
        "time_split_unusable",
        ("WARN",),
        N_("No moment divides the rows so that both sides have enough rows and two classes of the label; the split is not out of time."),
        N_("Add rows, or choose another time column."),
    ),
    Code(
        "site_split_unusable",
        ("WARN",),
        N_("The sites cannot be divided so that both sides have enough rows and two classes of the label; the split is not by site."),
        N_("Add sites, or split by group."),
    ),
)
