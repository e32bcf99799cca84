"""What people call the engine's names: metrics, families, column types, roles, phases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

METRICS = {
    "log_loss": _("Log loss"),
    "roc_auc": _("AUC"),
    "roc_auc_ovo": _("AUC, class against class"),
    "average_precision": _("Average precision"),
    "accuracy": _("Accuracy"),
    "balanced_accuracy": _("Balanced accuracy"),
    "f1": _("F1"),
    "f1_macro": _("Macro F1"),
    "mcc": _("Matthews correlation"),
    "brier": _("Brier score"),
    "root_mean_squared_error": _("Root mean squared error"),
    "rmse": _("Root mean squared error"),
    "mean_absolute_error": _("Mean absolute error"),
    "mae": _("Mean absolute error"),
    "median_absolute_error": _("Median absolute error"),
    "r2": _("R²"),
    "gini": _("Gini"),
    "ks": _("KS"),
    "loss": _("Loss"),
    "class_error": _("Share of rows classified wrong"),
    "cross_entropy": _("Log loss"),
}
METRIC_HELP = {
    "log_loss": _("Rewards honest probabilities; the safe choice when a probability decides."),
    "roc_auc": _("How well the two classes are put in order, whatever the cut-off."),
    "average_precision": _("Quality of the top of the list; for rare events."),
    "accuracy": _("Share of rows classified right; misleading when one class is rare."),
    "balanced_accuracy": _("Accuracy with every class counting the same."),
    "f1": _("Balance of precision and recall at a cut-off."),
    "f1_macro": _("F1 with every class counting the same."),
    "mcc": _("One number for all four cells of the confusion table."),
    "root_mean_squared_error": _("Typical error in the label's unit; large errors weigh more."),
    "mean_absolute_error": _("Average error in the label's unit; robust to outliers."),
    "median_absolute_error": _("The error that half of the rows stay under."),
    "r2": _("Share of the label's variance that is explained."),
}
TYPES = {
    "integer": _("whole number"),
    "number": _("number"),
    "boolean": _("yes or no"),
    "category": _("category"),
    "text": _("text"),
    "datetime": _("date"),
    "empty": _("empty"),
}
ROLES = {
    "feature": _("Feature"),
    "label": _("Label"),
    "id": _("Identifier"),
    "time": _("Time"),
    "group": _("Group"),
    "site": _("Site"),
    "sensitive": _("Sensitive"),
    "text": _("Text"),
    "value": _("Amount"),
    "weight": _("Weight"),
    "exclude": _("Left out"),
}
ROLE_HELP = {
    "feature": _("The models learn from it."),
    "sensitive": _("Not modelled; the results are tested on its groups."),
    "id": _("Not modelled; carried to the output."),
    "group": _("Not modelled; rows of one group stay on the same side of the split."),
    "site": _("Not modelled; whole sites are held out, and scores are shown from site to site."),
    "time": _("When the row was true."),
    "text": _("Free text; read by the text models."),
    "value": _("Money at stake in the row."),
    "exclude": _("Not used at all."),
}
PROBLEM_TYPES = {
    "binary": _("Two classes"),
    "multiclass": _("Several classes"),
    "regression": _("A number"),
    "auto": _("Classes or a number"),
}
FAMILIES = {
    "tree": pgettext_lazy("model family", "Trees"),
    "neural_net": pgettext_lazy("model family", "Neural net"),
    "transformer": pgettext_lazy("model family", "Transformer"),
    "linear": pgettext_lazy("model family", "Linear"),
    "interpretable": pgettext_lazy("model family", "Interpretable"),
    "text": pgettext_lazy("model family", "Text"),
    "statistical": pgettext_lazy("model family", "Statistical"),
    "baseline": pgettext_lazy("model family", "Baseline"),
    "ensemble": pgettext_lazy("model family", "Ensemble"),
}
PHASES = {
    "check": _("Check"),
    "split": _("Split"),
    "search": _("Search"),
    "evaluate": _("Evaluate"),
    "explain": _("Explain"),
    "document": _("Document"),
    "bundle": _("Bundle"),
}
ACTIONS = {
    "dataset.create": _("uploaded a dataset"),
    "dataset.answer": _("answered findings"),
    "dataset.reread": _("read a dataset again"),
    "dataset.types": _("changed the type of columns"),
    "dataset.version": _("made another version of a dataset"),
    "dataset.cancel": _("canceled an import"),
    "dataset.delete": _("deleted a dataset"),
    "project.create": _("created a project"),
    "project.change": _("changed a project's set-up"),
    "project.rename": _("renamed a project"),
    "project.delete": _("deleted a project"),
    "run.start": _("started a run"),
    "run.cancel": _("canceled a run"),
    "predictor.promote": _("promoted a predictor"),
    "prediction.create": _("scored a file"),
    "prediction.cancel": _("canceled a batch prediction"),
    "bundle.download": _("downloaded a bundle"),
    "member.add": _("added a member"),
    "member.change": _("changed a member's role"),
    "member.remove": _("removed a member"),
    "token.create": _("created an API token"),
    "token.revoke": _("revoked an API token"),
}
LEVELS = {
    "REJECT": _("Stop"),
    "ASK": _("Answer"),
    "FIX": _("Fixed"),
    "WARN": _("Noted"),
}
LEVEL_HELP = {
    "REJECT": _("The file cannot be used like this."),
    "ASK": _("Nothing goes on until you choose; the first choice is the safe one."),
    "FIX": _("Done while reading, and listed with the cells before and after."),
    "WARN": _("Nothing was changed; it may matter for the result."),
}
WORDS = {
    "metric": METRICS,
    "metric_help": METRIC_HELP,
    "type": TYPES,
    "role": ROLES,
    "role_help": ROLE_HELP,
    "problem_type": PROBLEM_TYPES,
    "family": FAMILIES,
    "phase": PHASES,
    "level": LEVELS,
    "level_help": LEVEL_HELP,
    "action": ACTIONS,
}


def word(name: str | None, kind: str) -> str:
    """The word for `name` of a kind (a key of WORDS); the name itself when there is none."""
    return str(WORDS[kind].get(name or "", name or ""))
