"""kill -9 of the child, of the worker and of the broker, each mid-run: one published result, no manual step, back within 120 s."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests.stack import Stack

pytestmark = pytest.mark.fault
BUDGET_S = 60
RECOVERY_S = 120


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


@pytest.fixture(scope="module")
def project(stack: Stack) -> dict[str, Any]:
    """A small project whose data is made here: the label follows two of the columns."""
    draw = random.Random(0)
    lines = ["amount,age,job,bad"]
    for _ in range(400):
        amount, age, job = draw.gauss(50, 20), draw.randint(20, 70), draw.choice("abc")
        bad = "yes" if amount / 50 - age / 60 + draw.gauss(0, 0.4) > 0.3 else "no"
        lines.append(f"{amount:.2f},{age},{job},{bad}")
    dataset = stack.dataset("loans.csv", "\n".join(lines).encode())
    assert dataset["status"] == "ready"
    return stack.project(dataset, "general/table", "bad", settings={"time_limit": BUDGET_S})


@pytest.fixture
def running(stack: Stack, project: dict[str, Any]) -> dict[str, Any]:
    """A run whose search has begun."""
    run = stack.start(project)
    stack.wait(lambda: stack.call("GET", f"/runs/{run['id']}/leaderboard"), 120)
    return run


def kill_and_wait(stack: Stack, run: dict[str, Any], victims: list[psutil.Process]) -> dict[str, Any]:
    """kill -9, then nothing by hand. Returns the run at its end."""
    assert victims
    killed = time.monotonic()
    for victim in victims:
        victim.kill()

    def working_again() -> bool:
        now = stack.call("GET", f"/runs/{run['id']}")
        return bool(now["status"] == "succeeded" or (now["status"] == "running" and now["attempt"] >= 2))

    stack.wait(working_again, RECOVERY_S)
    assert time.monotonic() - killed <= RECOVERY_S
    return stack.run_over(run, 4 * BUDGET_S + 60)


def check_published_once(stack: Stack, project: dict[str, Any], run: dict[str, Any]) -> None:
    assert run["status"] == "succeeded" and run["predictor"]
    predictor = stack.call("GET", f"/predictors/{run['predictor']}")
    assert (predictor["run"], predictor["project"]) == (run["id"], project["id"])
    folders = list(stack.data.glob(f"files/runs/{run['id']}/*"))
    assert len(folders) == 1  # the lost attempt left nothing behind
    stack.wait(lambda: not list(stack.data.glob("files/jobs/*")), 10)  # nor does the one that published
    models = [row["model"] for row in stack.call("GET", f"/runs/{run['id']}/leaderboard")]
    assert len(models) == len(set(models)) > 1


def test_the_fit_child(stack: Stack, project: dict[str, Any], running: dict[str, Any]) -> None:
    ended = kill_and_wait(stack, running, stack.engine_children())
    assert ended["attempt"] == 2
    check_published_once(stack, project, ended)


def test_the_worker(stack: Stack, project: dict[str, Any], running: dict[str, Any]) -> None:
    orphans = stack.engine_children()
    ended = kill_and_wait(stack, running, stack.processes(" -Q fit "))
    assert ended["attempt"] == 2
    assert not any(orphan.is_running() for orphan in orphans)
    check_published_once(stack, project, ended)


def test_the_broker(stack: Stack, project: dict[str, Any], running: dict[str, Any]) -> None:
    for victim in stack.processes("valkey-server"):
        victim.kill()
    ended = stack.run_over(running, 3 * BUDGET_S)
    assert ended["attempt"] == 1  # a fit needs no broker
    check_published_once(stack, project, ended)
    after = stack.start(project, time_limit=30)
    stack.wait(lambda: stack.call("GET", f"/runs/{after['id']}")["status"] == "running", RECOVERY_S)
    assert stack.call("POST", f"/runs/{after['id']}/cancel")["_status"] == 202
    asked = time.monotonic()
    assert stack.run_over(after, 15)["status"] == "canceled"
    assert time.monotonic() - asked <= 15
