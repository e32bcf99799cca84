"""Codes of the label and of the set-up."""

from __future__ import annotations

from domains.codes.entry import Code
from domains.messages import gettext_noop as N_

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
        "label_negative",
        ("REJECT",),
        N_("A count or an amount is to be predicted and the label has values below zero."),
        N_("Choose the normal distribution, or correct the values."),
    ),
    Code(
        "weight_invalid",
        ("REJECT",),
        N_("The column that says how much a row counts is missing, negative or no number in some rows."),
        N_("Fill it, or take the role of a weight away."),
    ),
    Code(
        "weights_conflict",
        ("REJECT",),
        N_("Rows are to be weighed in two ways at once."),
        N_("Keep one column with the role of a weight, or balanced classes."),
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
    Code(
        "accepted_only",
        ("WARN",),
        N_("A table of past loans holds approved applicants only, so nothing is known of the others."),
        N_("Say what share was approved; below 90 percent do not claim performance on all applicants."),
    ),
)
