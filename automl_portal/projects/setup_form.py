"""The set-up page's form: filled by the use case, changed by the analyst, turned into a Setup."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automl_portal.datasets.models import Dataset
from automl_portal.errors import Problem
from automl_portal.projects.models import Project
from automl_portal.projects.settings import BUDGET_MAX_S, BUDGET_MIN_S
from automl_portal.projects.setup import Setup, column_of, noticed, setup_fill
from automl_portal.projects.setup_label import CLASS_WEIGHTS
from automl_portal.ui.words import word
from domains.metrics import DISTRIBUTIONS, selectable
from domains.schema import BudgetName, UseCase
from domains.split import KINDS
from domains.validation import MANY_CLASSES

ROLE_CHOICES = ("feature", "sensitive", "id", "group", "site", "time", "text", "value", "weight", "exclude")
BUDGETS: tuple[BudgetName, ...] = ("quick", "standard", "thorough")
CUSTOM = "custom"
MAX_CLASSES_SHOWN = 12
# Another number of seconds: what it buys is worked out anew, the rest of the form stays as it is.
PLAN_AGAIN = {
    "hx-post": "",
    "hx-vals": '{"action": "preview"}',
    "hx-include": "#setup",
    "hx-target": "#budget-plan",
    "hx-select": "#budget-plan",
    "hx-swap": "outerHTML",
    "hx-trigger": "change",
}


class SetupForm(forms.Form):
    """`data` is None on the first visit; then every field shows what the use case or the project says."""

    name = forms.CharField(label=gettext_lazy("Project name"), max_length=200, required=False)
    label = forms.ChoiceField(label=gettext_lazy("Label"))
    positive_class = forms.CharField(label=gettext_lazy("Positive class"), required=False)
    budget = forms.ChoiceField(label=gettext_lazy("Budget"), choices=[(name, name) for name in (*BUDGETS, CUSTOM)])
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds"),
        required=False,
        min_value=BUDGET_MIN_S,
        max_value=BUDGET_MAX_S,
        widget=forms.NumberInput(attrs=PLAN_AGAIN),
    )
    problem_type = forms.ChoiceField(label=gettext_lazy("Predict"), required=False)
    distribution = forms.ChoiceField(label=gettext_lazy("Distribution"), required=False)
    quantile_levels = forms.CharField(
        label=gettext_lazy("Quantiles"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Numbers between 0 and 1. Of 0.1, 0.5 and 0.9 the outer two hold eight labels of ten between them."),
    )
    class_weight = forms.ChoiceField(
        label=gettext_lazy("Classes"),
        required=False,
        help_text=gettext_lazy(
            "Balanced, a rare class counts as much as a frequent one in learning. Probabilities are put right afterwards. Mostly it "
            "is better to let classes be, and to choose a metric that cares for the rare one."
        ),
    )
    eval_metric = forms.ChoiceField(label=gettext_lazy("Metric"), required=False)
    holdout = forms.IntegerField(
        label=gettext_lazy("Held out, percent of the rows"),
        min_value=5,
        max_value=50,
        help_text=gettext_lazy(
            "No model sees these rows before the final comparison. More rows give narrower intervals, fewer leave more to learn from."
        ),
    )

    split_kind = forms.ChoiceField(label=gettext_lazy("Split"), required=False, choices=[(kind, kind) for kind in KINDS])
    split_reason = forms.CharField(
        label=gettext_lazy("Reason for the split"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed to draw rows at random where the data names entities or times. It goes into the model document."),
    )
    split_gap = forms.FloatField(
        label=gettext_lazy("Gap before the test, days"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=gettext_lazy(
            "Rows of this long before the test begins are left out, as long as their outcome would not be known by then."
        ),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    repeatable = forms.BooleanField(
        label=gettext_lazy("Repeatable"),
        required=False,
        help_text=gettext_lazy(
            "One thread, and models chosen without the clock: the same seed gives the same leaderboard on the same machine. Slower."
        ),
    )
    allow_noncommercial = forms.BooleanField(
        label=gettext_lazy("Allow pretrained models whose licence forbids commercial use"),
        required=False,
        help_text=gettext_lazy("Only where the predictor will not be used commercially. The model document says that they were allowed."),
    )

    def __init__(self, data: Any, *, use_case: UseCase, dataset: Dataset, filled: Setup, name: str) -> None:
        self.use_case, self.dataset, self.filled = use_case, dataset, filled
        super().__init__(data, initial=initial_values(use_case, filled, name))
        choices: Any = [(column["name"], column["name"]) for column in dataset.columns if column["type"] != "empty"]
        self.fields["label"].choices = choices  # type: ignore[attr-defined]
        metrics = selectable(filled.problem_type, filled.settings.get("distribution", "normal"))
        named = {"eval_metric": (metrics, "metric"), "problem_type": (kinds_of(use_case, filled), "problem_type")}
        named |= {"distribution": (DISTRIBUTIONS, "distribution"), "class_weight": (CLASS_WEIGHTS, "class_weight")}
        for field, (values, words) in named.items():
            self.fields[field].choices = [(value, word(value, words)) for value in values]  # type: ignore[attr-defined]
        for column in dataset.columns:
            self.fields[f"role-{column['id']}"] = forms.ChoiceField(
                label=column["name"],
                required=False,
                initial=role_of(filled, column["name"]),
                choices=[(role, word(role, "role")) for role in ROLE_CHOICES],
            )
        for setting in use_case.decision:
            self.fields[f"decision-{setting.name}"] = forms.FloatField(
                label=_("%(title)s (%(unit)s)") % {"title": _(setting.title), "unit": _(setting.unit)},
                min_value=setting.minimum,
                max_value=setting.maximum,
                help_text=_(setting.help),
                widget=forms.NumberInput(attrs={"step": "any"}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("budget") != CUSTOM:
            self.errors.pop("seconds", None)  # the field is out of sight, and not used
        elif "seconds" not in self.errors and not data.get("seconds"):
            self.add_error("seconds", _("Say how many seconds the run may take."))
        return data

    def setup(self) -> Setup:
        """The Setup of a valid form. Raises Problem."""
        data = self.cleaned_data
        settings = {"eval_metric": data.get("eval_metric") or None, "holdout_fraction": data["holdout"] / 100}
        settings["time_limit"] = data["seconds"] if data["budget"] == CUSTOM else self.use_case.budgets.seconds(data["budget"])
        settings["decision"] = {setting.name: data[f"decision-{setting.name}"] for setting in self.use_case.decision}
        settings["split"] = {"kind": data.get("split_kind"), "reason": data.get("split_reason"), "gap_days": data.get("split_gap")}
        settings["problem_type"] = self.filled.problem_type
        settings |= {"distribution": data.get("distribution"), "class_weight": data.get("class_weight")}
        settings["quantile_levels"] = data.get("quantile_levels")
        settings["allow_noncommercial"] = data["allow_noncommercial"]
        settings["repeatable"] = data["repeatable"]
        settings["warm_start"] = self.filled.settings.get("warm_start", True)  # the API's alone
        return setup_fill(
            use_case_key=self.use_case.key,
            columns=self.dataset.columns,
            rows=self.dataset.rows or 0,
            noticed=noticed(self.dataset),
            label=data["label"],
            positive_class=data.get("positive_class") or None,
            roles=self.roles(),
            settings=settings,
        )

    def roles(self) -> dict[str, list[str]]:
        """Every role with its columns, an empty list included: what the analyst emptied is not guessed again."""
        roles: dict[str, list[str]] = {role: [] for role in ROLE_CHOICES if role != "feature"}
        for column in self.dataset.columns:
            role = self.cleaned_data.get(f"role-{column['id']}") or "feature"
            if role in roles and column["name"] != self.cleaned_data.get("label"):
                roles[role].append(column["name"])
        return roles

    def add_problem(self, problem: Problem) -> None:
        """Put a Problem's sentences where they belong: beside the label or on top."""
        for each in problem.errors or [{"message": problem.message, "params": problem.params, "code": problem.code}]:
            text = Problem(problem.code, each["message"], params=each.get("params")).sentence
            self.add_error(None, f"{text} ({each.get('code', problem.code)})")


def initial_values(use_case: UseCase, filled: Setup, name: str) -> dict[str, Any]:
    seconds = filled.settings["time_limit"]
    named = next((budget for budget in BUDGETS if use_case.budgets.seconds(budget) == seconds), CUSTOM)
    values = {
        "name": name,
        "label": filled.label,
        "positive_class": filled.positive_class,
        "budget": named,
        "seconds": seconds if named == CUSTOM else None,
        "eval_metric": filled.settings["eval_metric"],
        "problem_type": filled.problem_type,
        "distribution": filled.settings.get("distribution", "normal"),
        "quantile_levels": ", ".join(f"{level:g}" for level in filled.settings.get("quantile_levels", ())),
        "class_weight": filled.settings.get("class_weight", "none"),
        "split_kind": filled.settings["split"]["kind"],
        "split_reason": filled.settings["split"]["reason"],
        "split_gap": filled.settings["split"]["gap_days"] or None,
        "holdout": round(100 * filled.settings["holdout_fraction"]),
        "allow_noncommercial": filled.settings.get("allow_noncommercial", False),
        "repeatable": filled.settings.get("repeatable", False),
    }
    decision = {f"decision-{key}": int(value) if float(value).is_integer() else value for key, value in filled.settings["decision"].items()}
    return values | decision


def kinds_of(use_case: UseCase, filled: Setup) -> list[str]:
    """The problem types that this label can have, the one it has first."""
    column = column_of(filled.columns, filled.label) or {}
    if column.get("type") not in ("integer", "number") or use_case.problem_type not in ("auto", "regression", "quantile"):
        return [filled.problem_type]
    known = ["regression", "quantile"]
    if use_case.problem_type == "auto" and column["unique"] <= MANY_CLASSES:
        known.append("binary" if column["unique"] == 2 else "multiclass")
    return sorted(known, key=lambda kind: kind != filled.problem_type)


def role_of(filled: Setup, column: str) -> str:
    """The one role that the form shows for a column."""
    return next((role for role in ROLE_CHOICES if column in filled.roles.get(role, [])), "feature")


def label_guess(use_case: UseCase, columns: list[dict[str, Any]]) -> str | None:
    """The column that the use case would predict, by its name; None when no name fits."""
    from domains.validation import guess_label

    if any(column["name"] == use_case.sample.label for column in columns):
        return use_case.sample.label
    return guess_label(use_case, columns)


def filled_new(use_case: UseCase, dataset: Dataset, label: str | None, read: dict[str, str] | None = None) -> Setup:
    """The set-up that the use case proposes for a dataset. `read`: how the label is read, where the analyst chose. Raises Problem."""
    names = [column["name"] for column in dataset.columns if column["type"] != "empty"]
    telling = [column["name"] for column in dataset.columns if column["unique"] > 1 and column["role_guess"] is None]
    # Tables mostly end with what they are about, so without a name that fits it is the last column that can tell anything.
    chosen = str(label) if label in names else label_guess(use_case, dataset.columns) or (telling or names)[-1]
    return setup_fill(
        use_case_key=use_case.key,
        columns=dataset.columns,
        rows=dataset.rows or 0,
        noticed=noticed(dataset),
        label=chosen,
        settings={"presets": "quick", **(read or {})},
    )


def filled_project(project: Project, label: str | None, read: dict[str, str] | None = None) -> Setup:
    """The set-up of a project; with another label, or one that is `read` otherwise, what depends on it is proposed anew. Raises Problem."""
    same = label in (None, project.label)
    settings = dict(project.settings)
    now = {"problem_type": project.problem_type, "distribution": settings.get("distribution") or "normal"}
    read = {**(now if same else {}), **(read or {})}
    if not same or any(read[name] != now[name] for name in read):
        settings["eval_metric"] = None
    if not same:
        settings.pop("distribution", None)
    settings |= read
    return setup_fill(
        use_case_key=project.use_case_key,
        columns=project.dataset.columns,
        rows=project.dataset.rows or 0,
        noticed=noticed(project.dataset),
        label=project.label if same else str(label),
        positive_class=project.positive_class if same else None,
        roles={role: project.roles.get(role, []) for role in ROLE_CHOICES if role != "feature"} | project.roles,
        settings=settings,
    )
