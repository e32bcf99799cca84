"""Codes of files to score."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

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
        N_("More than 5 percent of a column's values do not fit the type it had in training."),
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
        N_(
            "More than 20 percent of the rows hold something that the predictor never saw. The prediction counts as completed with warnings."
        ),
        N_("Look at the flagged rows before you use the output."),
    ),
)
