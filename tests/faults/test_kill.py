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


def models(stack: Stack, run: dict[str, Any]) -> set[str]:
    rows = stack.call("GET", f"/runs/{run['id']}/leaderboard")
    return {row["model"] for row in rows if row["family"] != "ensemble"}


def kill_and_wait(stack: Stack, run: dict[str, Any], victims: list[psutil.Process]) -> dict[str, Any]:
    """kill -9, then nothing by hand: what was finished by then is kept. Returns the run at its end."""
    assert victims
    killed, before = time.monotonic(), models(stack, run)
    for victim in victims:
        victim.kill()

    def working_again() -> bool:
        now = stack.call("GET", f"/runs/{run['id']}")
        return bool(now["status"] == "succeeded" or (now["status"] == "running" and now["attempt"] >= 2))

    stack.wait(working_again, RECOVERY_S)
    assert time.monotonic() - killed <= RECOVERY_S
    assert before <= models(stack, run)
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


def test_cancel_leaves_a_usable_predictor_and_frees_the_slot(stack: Stack, project: dict[str, Any], running: dict[str, Any]) -> None:
    stack.wait(lambda: len(models(stack, running)) >= 3, 120)
    assert stack.call("POST", f"/runs/{running['id']}/cancel")["_status"] == 202
    asked = time.monotonic()
    ended = stack.run_over(running, 90)
    print(f"slot free {time.monotonic() - asked:.1f} s after the cancel")
    assert ended["status"] == "canceled" and ended["partial"] and ended["predictor"]
    assert {item["code"] for item in ended["skipped_models"]} & {"canceled"}
    answer = stack.call("POST", f"/predictors/{ended['predictor']}/predict", {"rows": [{"amount": 80, "age": 30, "job": "a"}]})
    assert answer["_status"] == 200
    assert "was canceled" in stack.raw("GET", f"/runs/{running['id']}/document")[1].decode()


def test_pause_frees_the_slot_and_more_time_finishes_what_was_begun(stack: Stack, project: dict[str, Any], running: dict[str, Any]) -> None:
    stack.wait(lambda: len(models(stack, running)) >= 2, 120)
    assert stack.call("POST", f"/runs/{running['id']}/pause")["_status"] == 202
    stack.wait(lambda: stack.call("GET", f"/runs/{running['id']}")["status"] == "paused", 30)
    assert not stack.engine_children()
    kept = models(stack, running)
    assert stack.call("POST", f"/runs/{running['id']}/resume")["_status"] == 202
    ended = stack.run_over(running, 2 * BUDGET_S)
    assert ended["status"] == "succeeded" and ended["attempt"] == 2 and kept <= models(stack, running)
    more = stack.call("POST", f"/runs/{running['id']}/continue", {"time_limit": 30})
    ended = stack.run_over(more, 2 * BUDGET_S)
    assert ended["status"] == "succeeded" and ended["holdout_uses"] == 2 and ended["continues"] == running["id"]
    assert models(stack, running) <= models(stack, more)
