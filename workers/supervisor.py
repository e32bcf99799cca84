"""One job's trip through one engine process: claim, lay out, watch, publish.

The supervisor holds the lease and speaks to the database; the child sees a folder and nothing else. Whatever ends the child (done,
refused, canceled, crashed, killed, out of memory, out of time, the worker told to stop) ends in exactly one change of the job's row.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.jobs.gpus import gpu_release, gpu_renew
from automl_portal.jobs.models import ACTIVE, Job, JobState, Stop
from automl_portal.jobs.ownership import owner_name
from automl_portal.jobs.services import (
    Claim,
    LostLease,
    job_claim,
    job_finish,
    job_heartbeat,
    job_paused,
    job_release,
    job_retry,
    job_stop_asked,
)
from workers.child import keep_log, last_words, machine_memory_mb, memory_mb
from workers.engine.launch import Child, launch
from workers.gpus import Gpu, gpu_take
from workers.tail import Tail
from workers.takeover import hold, hold_for, let_go, remove_all, take_over

HEARTBEAT_S = 15.0
SELF_KILL_S = 75.0
LOOK_S = 1.0
WAIT_S = 0.2
# How long a child may take over what it was asked for, before it is killed. A pause waits for a model that is nearly done;
# a cancel that keeps what is finished takes as long as testing and packing it does, seconds unless the machine is busy.
GRACE_S = {Stop.CANCEL: 8.0, Stop.PAUSE: 13.0, Stop.KEEP: 60.0}
ASK = {Stop.KEEP: "finish", Stop.PAUSE: "pause"}  # the file that tells the child
OVERRUN_SHARE, OVERRUN_S, RUN_OVERRUN_S = 0.05, 10.0, 3.0
PUBLISH_PATIENCE_S = 60.0

log = logging.getLogger(__name__)
# Set when this worker is told to stop: every supervisor kills its child and gives its job back.
stopping = threading.Event()
active: set[str] = set()  # owners of the leases this process holds

Event = dict[str, Any]


def ignore_events(*, claim: Claim, events: list[Event]) -> None:
    """For jobs whose progress nobody stores."""


def job_refused(*, claim: Claim, error: dict[str, Any]) -> None:
    """The usual end of a job that its data forbids."""
    job_finish(claim, state=JobState.FAILED, error=error)


@dataclass(frozen=True)
class Work:
    """What one kind of job does at each step; every function is a service of the portal.

    `publish(claim, job_dir, result)` and `refused(claim, error)` end the job inside their own transaction. `needs`: the files
    from which another attempt can go on, `also`: more of them that not every attempt has.
    """

    prepare: Callable[..., dict[str, Any]]
    publish: Callable[..., Any]
    events: Callable[..., None] = ignore_events
    refused: Callable[..., None] = job_refused
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class EndedEarly(Exception):
    """The supervisor killed the child. `how` is one of stopped, cancel, keep, pause, memory, wall."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


def supervise(job_id: UUID, work: Work) -> None:
    """Do a job if it is to be had. Returns when it is over, given back or lost to another worker."""
    claim = job_claim(job_id=job_id, owner=owner_name()) if not stopping.is_set() else None
    if claim is None:
        return
    active.add(claim.owner)
    job_dir = storage.path_of(f"jobs/{claim.job_id}/a{claim.attempt}-t{claim.token}")
    if take_over(job_dir, work.needs, work.also):
        log.info("job %s: attempt %s goes on from where an earlier one stopped", claim.job_id, claim.attempt)
    hold(job_dir, claim.owner)
    try:
        Trip(claim, work, job_dir).run()
    except LostLease:
        log.warning("job %s was taken over; attempt %s leaves no trace", claim.job_id, claim.attempt)
    finally:
        active.discard(claim.owner)
        keep_log(claim, job_dir)
        let_go(job_dir)
        if not work.needs or is_over(claim):
            remove_all(job_dir.parent)


def is_over(claim: Claim) -> bool:
    """Whether no attempt will follow. When the database does not say, what is there is kept for one."""
    try:
        return not Job.objects.filter(pk=claim.job_id, state__in=ACTIVE).exists()
    except DatabaseError:
        connection.close()
        return False


def idle() -> bool:
    """True when this worker has nothing to do."""
    return not active


class Trip:
    """One attempt at one job."""

    def __init__(self, claim: Claim, work: Work, job_dir: Path) -> None:
        self.claim, self.work, self.job_dir = claim, work, job_dir
        self.memory_mb = self.peak_mb = 0.0
        self.usage: Event | None = None
        self.renewed = self.looked = time.monotonic()
        self.asked, self.asked_at = "", 0.0
        job = Job.objects.get(pk=claim.job_id)
        share = OVERRUN_SHARE * job.wall_limit_s
        # A run has to be published within 1.05 x its budget + 5 s; signing and publishing take about two.
        over = share + RUN_OVERRUN_S if job.kind == "run" else max(OVERRUN_S, share)
        self.ends = time.monotonic() + job.seconds_left + over

    def run(self) -> None:
        try:
            spec = self.work.prepare(claim=self.claim, job_dir=self.job_dir)
        except (OSError, LookupError, ValueError) as error:
            log.exception("job %s cannot be laid out", self.claim.job_id)
            return self.fail("job_not_prepared", N_("The job's files could not be laid out (%(error)s)."), error=type(error).__name__)
        gpu = gpu_take(owner=self.claim.owner) if spec["verb"] == "fit" else Gpu()
        try:
            self.engine(spec, gpu)
        finally:
            gpu_release(owner=self.claim.owner)

    def engine(self, spec: dict[str, Any], gpu: Gpu) -> None:
        """The child's time: from its order to the end of the job."""
        self.memory_mb = float(spec.get("memory_limit_mb") or settings.FIT_MEMORY_MB or 0) or machine_memory_mb() * 0.75
        (self.job_dir / "spec.json").write_text(json.dumps(spec | (gpu.spec if spec["verb"] == "fit" else {})))
        # The fork server has imported torch, which looks for GPUs once: a fit with one begins in a process of its own.
        socket = Path(settings.FORKSERVER) if settings.FORKSERVER and not gpu.device else None
        child = launch(spec["verb"], self.job_dir, env=gpu.env, socket=socket)
        hold_for(self.job_dir, child.pid)
        tail = Tail(self.job_dir / "events.jsonl")
        try:
            code = self.watch(child, tail)
        except EndedEarly as early:
            child.kill()  # before the job is given back: nobody is to write in the folder that the next attempt takes over
            return self.end_early(early.how)
        finally:
            child.kill()
        self.end(code)

    def watch(self, child: Child, tail: Tail) -> int:
        """Pass events on and renew the lease until the child ends; its exit code. Raises EndedEarly, LostLease."""
        while True:
            code = child.poll()
            self.pass_on(tail)
            if code is not None:
                return code
            now = time.monotonic()
            if stopping.is_set():
                raise EndedEarly("stopped")
            if now > self.ends:
                raise EndedEarly("wall")
            if self.asked and now - self.asked_at > GRACE_S[Stop(self.asked)]:
                raise EndedEarly(self.asked)
            if now - self.looked >= LOOK_S:
                self.looked = now
                self.look_at_memory(child)
                self.tell(child, self.stop_asked())
            stopping.wait(WAIT_S)

    def look_at_memory(self, child: Child) -> None:
        """Note what the child's group uses, for the run page. Raises EndedEarly."""
        used = memory_mb(child.pid)
        self.peak_mb = max(self.peak_mb, used)
        self.usage = {"type": "usage", "t": time.time(), "memory_mb": round(used), "peak_memory_mb": round(self.peak_mb)}
        if used > self.memory_mb:
            raise EndedEarly("memory")

    def tell(self, child: Child, asked: str) -> None:
        """Hand on what the user asked for; somebody who asked to keep what is finished may change their mind."""
        if not asked or asked == self.asked:
            return
        self.asked, self.asked_at = asked, time.monotonic()
        if asked == Stop.CANCEL:
            child.terminate()
        else:
            (self.job_dir / ASK[Stop(asked)]).touch()

    def stop_asked(self) -> str:
        """Look for a wish of the user every second, renew the lease every 15. Without a confirmed renewal for 75 s the attempt gives up."""
        try:
            if time.monotonic() - self.renewed < HEARTBEAT_S:
                return job_stop_asked(self.claim)
            asked = job_heartbeat(self.claim)
            gpu_renew(owner=self.claim.owner)
            self.renewed = time.monotonic()
            return asked
        except DatabaseError as error:
            connection.close()
            log.warning("job %s: the database does not answer (%s)", self.claim.job_id, error)
            if time.monotonic() - self.renewed > SELF_KILL_S:
                raise LostLease from error
            return ""

    def pass_on(self, tail: Tail) -> None:
        """Hand new events to the service; keep them for the next round when the database does not answer."""
        events = tail.read()
        if not events:
            return
        if self.usage is not None:
            events.append(self.usage)
            self.usage = None
        try:
            self.work.events(claim=self.claim, events=events)
        except DatabaseError:
            connection.close()
            tail.put_back(events)

    def end(self, code: int) -> None:
        """The child ended by itself."""
        if code in (0, 2):
            result = json.loads((self.job_dir / "result.json").read_text())
            if code == 0:
                self.insist(lambda: self.work.publish(claim=self.claim, job_dir=self.job_dir, result=result))
            else:
                self.insist(lambda: self.work.refused(claim=self.claim, error=result["error"]))
        elif code == 3:
            self.insist(lambda: job_finish(self.claim, state=JobState.CANCELED))
        elif code == 4:
            self.leave()
            self.insist(lambda: job_paused(self.claim))
        elif code < 0 or code == 5:
            log.warning("job %s: the child was interrupted (code %s)", self.claim.job_id, code)
            self.leave()
            self.insist(lambda: job_retry(self.claim))
        else:
            log.error("job %s: the engine failed with code %s: %s", self.claim.job_id, code, last_words(self.job_dir))
            self.fail(
                "engine_failed",
                N_("The engine failed and nothing was published. Tell the operator this reference: %(reference)s."),
                reference=str(self.claim.job_id)[:8],
            )

    def end_early(self, how: str) -> None:
        """The supervisor ended the child."""
        self.leave()
        if how == "stopped":
            self.insist(lambda: job_release(self.claim))
        elif how == Stop.PAUSE:
            self.insist(lambda: job_paused(self.claim))
        elif how in (Stop.CANCEL, Stop.KEEP):
            self.insist(lambda: job_finish(self.claim, state=JobState.CANCELED))
        elif how == "memory":
            self.insist(lambda: job_retry(self.claim, out_of_memory=True))
        else:
            self.fail("time_limit_exceeded", N_("The work did not end within its time, and was stopped. Give it a larger budget."))

    def leave(self) -> None:
        """Give the folder free before the job is: whoever claims it next may move it at once."""
        keep_log(self.claim, self.job_dir)
        let_go(self.job_dir)

    def fail(self, code: str, message: str, **params: Any) -> None:
        self.insist(lambda: job_finish(self.claim, state=JobState.FAILED, error={"code": code, "message": message, "params": params}))

    def insist(self, write: Callable[[], Any]) -> None:
        """Try a last write again while the database is away; the lease decides whether it still counts."""
        until = time.monotonic() + PUBLISH_PATIENCE_S
        while True:
            try:
                write()
                return
            except DatabaseError as error:
                connection.close()
                log.warning("job %s: the last write failed (%s)", self.claim.job_id, error)
                if time.monotonic() > until:
                    raise LostLease from error
                time.sleep(1)
