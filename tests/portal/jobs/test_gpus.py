"""A GPU is used by one job at a time, and a dead job's is free again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from automl_portal.jobs.gpus import gpu_claim, gpu_release, gpu_renew
from automl_portal.jobs.models import GpuSlot
from automl_portal.jobs.ownership import machine, owner_name

pytestmark = pytest.mark.django_db


def test_one_job_has_a_device_until_it_gives_it_back() -> None:
    first, second = owner_name(), owner_name()
    assert gpu_claim(owner=first, device="0") and not gpu_claim(owner=second, device="0")
    assert gpu_claim(owner=second, device="1")
    gpu_release(owner=first)
    assert gpu_claim(owner=second, device="0") and GpuSlot.objects.count() == 2


def test_a_lease_that_ran_out_is_free_and_its_old_owner_keeps_nothing() -> None:
    late, next_one = owner_name(), owner_name()
    assert gpu_claim(owner=late, device="0")
    GpuSlot.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert gpu_claim(owner=next_one, device="0")
    gpu_renew(owner=late)
    gpu_release(owner=late)
    assert GpuSlot.objects.get().owner == next_one


def test_a_renewed_lease_holds() -> None:
    owner = owner_name()
    assert gpu_claim(owner=owner, device="0")
    GpuSlot.objects.update(lease_expires_at=timezone.now() + timedelta(seconds=1))
    gpu_renew(owner=owner)
    expires = GpuSlot.objects.get().lease_expires_at
    assert expires is not None and expires > timezone.now() + timedelta(seconds=60)


def test_a_dead_owner_of_this_machine_holds_nothing() -> None:
    dead = f"{machine()}|999999|1.00|x"
    assert gpu_claim(owner=dead, device="0")
    assert gpu_claim(owner=owner_name(), device="0")


def test_a_dead_looking_owner_of_another_machine_holds_its_own_device() -> None:
    GpuSlot.objects.create(machine="elsewhere", device="0", owner="elsewhere|pid|1|1.00|x", lease_expires_at=timezone.now())
    assert gpu_claim(owner=owner_name(), device="0") and GpuSlot.objects.count() == 2
