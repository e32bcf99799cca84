"""kill -9 of the engine at random moments of real runs: how many finished models does each kill cost?

    .venv/bin/python -m benchmarks.resume [--kills 20] [--budget 120] [--rows 600] [--seed 0]

A real service on a throw-away folder; runs are started one after the other until the kills are done, and the next kill comes at a random
moment after the attempt has begun. Prints one line per kill. Exit code 1 when a kill costs a finished model (the one in training is always
lost), or a run does not end with a predictor.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import Any

from tests.stack import Stack

WAIT_S = 60.0
NOT_BASE = ("baseline", "ensemble")


def table(rows: int) -> bytes:
    draw = random.Random(0)
    lines = ["amount,age,job,region,bad"]
    for _ in range(rows):
        amount, age, job, region = draw.gauss(50, 20), draw.randint(20, 70), draw.choice("abc"), draw.choice(["n", "s", "w"])
        bad = "yes" if amount / 50 - age / 60 + (job == "a") * 0.2 + draw.gauss(0, 0.4) > 0.3 else "no"
        lines.append(f"{amount:.2f},{age},{job},{region},{bad}")
    return "\n".join(lines).encode()


class Killing:
    """The state between two kills: the service, the project and the run under way."""

    def __init__(self, stack: Stack, project: dict[str, Any], draw: random.Random, within_s: float) -> None:
        self.stack, self.project, self.draw, self.within_s = stack, project, draw, within_s
        self.run: dict[str, Any] | None = None
        self.unfinished = 0  # runs that ended without a predictor
        self.ended: list[dict[str, Any]] = []

    def now(self) -> dict[str, Any]:
        assert self.run is not None
        return dict(self.stack.call("GET", f"/runs/{self.run['id']}"))

    def models(self) -> set[str]:
        assert self.run is not None
        rows = self.stack.call("GET", f"/runs/{self.run['id']}/leaderboard")
        return {row["model"] for row in rows if row["family"] not in NOT_BASE}

    def at_work(self, attempt: int) -> dict[str, Any] | None:
        """The run once an attempt from this one on works, or once it is over."""
        now = self.now()
        works = now["status"] == "running" and now["attempt"] >= attempt and now["phase"]
        return now if works or now["status"] in ("succeeded", "failed", "canceled") else None

    def next_run(self) -> None:
        self.run = self.stack.start(self.project)
        self.stack.wait(lambda: self.at_work(1), WAIT_S)

    def close(self) -> None:
        """Wait for the end of the run under way, and look at it."""
        if self.run is None:
            return
        end = self.stack.run_over(self.run, 3600)
        self.ended.append(end)
        self.unfinished += end["status"] != "succeeded" or not end["predictor"]
        print(f"run {end['number']}: {end['status']}, {end['attempt']} attempts, {end['seconds_used']:.0f} s of work", flush=True)
        self.run = None

    def kill(self) -> tuple[str, int, int, int] | None:
        """One kill: (phase, models before, models after, lost); None when the run ended before it came to that."""
        if self.run is None:
            self.next_run()
        time.sleep(self.draw.uniform(0, self.within_s))
        before, at = self.models(), self.now()
        victims = self.stack.engine_children() if at["status"] == "running" else []
        if not victims:
            if at["status"] != "queued":
                self.close()
            return None
        for victim in victims:
            victim.kill()
        after = self.stack.wait(lambda: self.at_work(at["attempt"] + 1), WAIT_S)
        if after["attempt"] == at["attempt"]:  # it had published before the signal came
            self.close()
            return None
        kept = self.models()
        return str(at["phase"]), len(before), len(kept), len(before - kept)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--budget", type=int, default=120)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with Stack() as stack:
        dataset = stack.dataset("loans.csv", table(given.rows))
        project = stack.project(dataset, "general/table", "bad", settings={"time_limit": given.budget})
        killing = Killing(stack, project, random.Random(given.seed), within_s=given.budget / 4)
        lost: list[int] = []
        print("kill  phase      before  after  lost", flush=True)
        while len(lost) < given.kills:
            if row := killing.kill():
                lost.append(row[3])
                print(f"{len(lost):>4}  {row[0]:<9}  {row[1]:>6}  {row[2]:>5}  {row[3]:>4}", flush=True)
        killing.close()
    print(
        f"{len(lost)} kills: {sum(lost)} finished models lost, at most {max(lost)} by one kill; runs without a predictor: {killing.unfinished}"
    )
    return 1 if max(lost) > 0 or killing.unfinished else 0


if __name__ == "__main__":
    sys.exit(main())
