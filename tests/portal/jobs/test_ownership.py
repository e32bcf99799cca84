from __future__ import annotations

import subprocess
import sys

from automl_portal.jobs.ownership import SEPARATOR, dead_owners, machine, owner_name


def test_this_process_is_alive_and_a_process_that_ended_is_dead() -> None:
    code = "from automl_portal.jobs.ownership import owner_name; print(owner_name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert dead_owners([owner_name(), ended]) == [ended]


def test_a_reused_process_id_does_not_pass_for_the_old_owner() -> None:
    host, namespace, pid, _started, claim = owner_name().split(SEPARATOR)
    assert len(dead_owners([SEPARATOR.join([host, namespace, pid, "1.00", claim])])) == 1


def test_an_owner_elsewhere_is_never_called_dead() -> None:
    assert dead_owners(["otherhost|pid:[1]|999999|1.00|abcd1234", machine() + SEPARATOR + "nonsense"]) == []
