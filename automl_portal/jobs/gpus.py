"""Which job uses which GPU: a lease per device, taken by a conditional UPDATE like a job's, so that two workers never share one.

The owner is the claim's (unique to each attempt), which fences a slot as the token fences a job. A slot whose lease has run out, or
whose owner is known to be dead, is free without anybody cleaning up.
"""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now

from automl_portal.jobs.models import GpuSlot
from automl_portal.jobs.ownership import dead_owners, machine
from automl_portal.jobs.services import LEASE


def gpu_claim(*, owner: str, device: str) -> bool:
    """Take a device of this machine for `owner`; False when another job has it."""
    slots = GpuSlot.objects.filter(machine=machine(), device=device)
    if not slots.exists():
        GpuSlot.objects.get_or_create(machine=machine(), device=device)
    holders = list(slots.exclude(owner="").values_list("owner", flat=True))
    free = Q(owner="") | Q(lease_expires_at__lt=Now()) | Q(owner__in=dead_owners(holders))
    return bool(slots.filter(free).update(owner=owner, lease_expires_at=Now() + LEASE))


def gpu_renew(*, owner: str) -> None:
    """With the job's own heartbeat. An owner without a slot renews nothing."""
    GpuSlot.objects.filter(owner=owner).update(lease_expires_at=Now() + LEASE)


def gpu_release(*, owner: str) -> None:
    GpuSlot.objects.filter(owner=owner).update(owner="", lease_expires_at=None)
