"""Keeps the children running until told to stop, and then leaves nothing behind. One thread, one loop."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from automl_portal.processes.child import Child, Spec
from automl_portal.processes.logs import ProcessLog
from automl_portal.processes.tether import adopt_orphans, reap_orphans

STEP_S = 0.2


class Supervisor:
    """Starts each Spec, writes its output to `logs`/<name>.log and starts it again when it ends.

    `say` takes the few lines a person should see; with `verbose` it takes every line of every child too.
    """

    def __init__(self, logs: Path, say: Callable[[str], None], *, verbose: bool = False) -> None:
        self.children: list[Child] = []
        self.interrupts = 0
        self._logs = logs
        self._say = say
        self._verbose = verbose
        self._selector = selectors.DefaultSelector()
        self._strangers = set(_descendants())  # what this process had started for itself before
        adopt_orphans()

    def listen(self) -> None:
        """Stop on SIGINT, SIGTERM and SIGHUP; a second one does not wait for the children."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays ignored
            signal.signal(signal.SIGHUP, self._interrupt)

    def stopping(self) -> bool:
        """True once a stop was asked for."""
        return self.interrupts > 0

    def _interrupt(self, _number: int, _frame: object) -> None:
        self.interrupts += 1

    def start(self, specs: Sequence[Spec]) -> None:
        """Start these processes and watch them from now on."""
        for spec in specs:
            log = ProcessLog(spec.name, self._logs, self._say if self._verbose else None)
            child = Child(spec, log)
            self.children.append(child)
            self._launch(child)

    def run(self, until: Callable[[], bool] = lambda: False, timeout_s: float | None = None) -> bool:
        """Watch the children until `until()` is true (gives True), or a stop is asked for or the time is over (False)."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.stopping() and (end is None or time.monotonic() < end):
            if until():
                return True
            self._step()
            for child in self.children:
                if child.process is None and time.monotonic() >= child.start_at:
                    self._launch(child)
        return False

    def ready(self) -> bool:
        """True when every child runs and listens where it should."""
        return all(child.ready() for child in self.children)

    def stop(self) -> None:
        """End every child, highest stage first; those that do not end in time are killed, with all they started."""
        family = _descendants()
        for stage in sorted({child.spec.stage for child in self.children}, reverse=True):
            members = [child for child in self.children if child.spec.stage == stage]
            for child in members:
                child.terminate()
            self._wait(members)
            for child in members:
                child.kill()
        for process in {*family, *_descendants()} - self._strangers:
            _kill(process)
        self._collect()
        reap_orphans(())
        for child in self.children:
            child.log.close()

    def _launch(self, child: Child) -> None:
        try:
            output = child.start()
        except OSError as error:
            child.log.write(f"cannot be started: {error}")
            child.delay()
            return
        self._selector.register(output, selectors.EVENT_READ, child)

    def _step(self) -> None:
        """Read what the children wrote and note which of them ended."""
        for key, _events in self._selector.select(STEP_S):
            child: Child = key.data
            if not child.pump():
                self._selector.unregister(key.fileobj)
        for child, code in self._collect():
            wait = child.delay()
            self._say(f"{child.spec.name} ended ({_reason(code)}); it starts again in {wait:g} s. Its log: {child.log.path}")
        reap_orphans([child.pid for child in self.children if child.pid])

    def _collect(self) -> list[tuple[Child, int]]:
        ended = []
        for child in self.children:
            output = child.process.stdout if child.process else None
            number = output.fileno() if output else -1
            if (code := child.ended()) is None:
                continue
            if number in self._selector.get_map():
                self._selector.unregister(number)
            child.log.write(f"ended ({_reason(code)})")
            ended.append((child, code))
        return ended

    def _wait(self, members: Sequence[Child]) -> None:
        end = time.monotonic() + max(child.spec.grace_s for child in members)
        while self.interrupts < 2 and time.monotonic() < end:
            if not any(child.process and child.process.poll() is None for child in members):
                return
            for key, _events in self._selector.select(0.05):
                if not key.data.pump():
                    self._selector.unregister(key.fileobj)


def _descendants() -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(os.getpid()).children(recursive=True)
    return found


def _kill(process: psutil.Process) -> None:
    """psutil compares creation times first, so a process that took over the id is safe."""
    try:
        process.kill()
        process.wait(2)
    except psutil.Error:
        pass  # it ended by itself, or will when the kernel lets go of it


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
