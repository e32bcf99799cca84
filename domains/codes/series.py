"""Codes of time columns and series."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

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
