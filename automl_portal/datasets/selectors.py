"""Reads for datasets, always from the caller's team."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from automl_portal.accounts.models import Team
from automl_portal.accounts.selectors import found
from automl_portal.datasets.models import Dataset, Finding


def team_datasets(team: Team) -> QuerySet[Dataset]:
    return Dataset.objects.filter(team=team).select_related("job", "created_by").prefetch_related("findings")


def team_dataset(team: Team, dataset_id: UUID | str) -> Dataset:
    """A dataset of this team. Raises Http404 for any other."""
    return found(team_datasets(team).filter(pk=dataset_id).first())


def dataset_versions(dataset: Dataset) -> QuerySet[Dataset]:
    """Every version of a dataset, itself included, the newest first."""
    versions = Dataset.objects.filter(Q(pk=dataset.family) | Q(root=dataset.family))
    # A list of versions needs no reports, which may be megabytes each.
    return versions.defer("report").select_related("job", "created_by").prefetch_related("findings").order_by("-version")


def version_before(dataset: Dataset) -> Dataset:
    """The newest version that is older than this one; itself when it is the first."""
    return dataset_versions(dataset).filter(version__lt=dataset.version).first() or dataset


def newest_versions(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Of every dataset its newest version."""
    later = Dataset.objects.filter(version__gt=OuterRef("version"), root=Coalesce(OuterRef("root"), OuterRef("pk")))
    return datasets.exclude(Exists(later))


def findings_by_level(dataset: Dataset) -> dict[str, list[Finding]]:
    """The findings grouped as the page shows them: REJECT, ASK, FIX, WARN."""
    groups: dict[str, list[Finding]] = {"REJECT": [], "ASK": [], "FIX": [], "WARN": []}
    for finding in dataset.findings.all():
        groups[finding.level].append(finding)
    return groups


def datasets_named(datasets: QuerySet[Dataset], query: str) -> QuerySet[Dataset]:
    """Those whose name or file name holds the query; all of them for an empty one."""
    return datasets.filter(Q(name__icontains=query) | Q(filename__icontains=query)) if query else datasets


def waiting_datasets(team: Team) -> list[Dataset]:
    """Datasets with questions that nobody has answered yet."""
    asked = team_datasets(team).filter(job__state="succeeded", findings__level="ASK", findings__answer=None)
    return list(asked.distinct()[:20])
