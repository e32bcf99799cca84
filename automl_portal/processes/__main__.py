"""`python -m automl_portal.processes`: prepares the database, starts every process and stays until it is stopped."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from automl_portal.processes import config as settings
from automl_portal.processes.broker import embedded_broker
from automl_portal.processes.config import ROOT, Config, StartError
from automl_portal.processes.health import is_healthy
from automl_portal.processes.lock import lock
from automl_portal.processes.plan import BROKER, FIRST_OWNER_NAMES, NAMES, QUEUES, process_specs, service_env
from automl_portal.processes.supervisor import Supervisor

START_S = 240.0
BROKER_START_S = 30.0
EARLY_ENDS = 5


def main(arguments: Sequence[str]) -> int:
    """Run the service. Gives the exit code: 0 stopped on request, 1 could not start."""
    parser = argparse.ArgumentParser(prog="bin/run", description="Start the service; Ctrl-C stops it.")
    parser.add_argument("--check", action="store_true", help="start everything, wait until it is healthy, stop it, exit 0")
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="PROCESS", help=f"start these alone: {' '.join(NAMES)}")
    parser.add_argument("--verbose", action="store_true", help="show every line of every process, not only the log files")
    options = parser.parse_args(arguments)
    try:
        return serve(settings.read_config(os.environ), options.only or NAMES, check=options.check, verbose=options.verbose)
    except StartError as error:
        print(f"The service did not start. {error}", file=sys.stderr, flush=True)
        return 1


def serve(config: Config, names: Sequence[str], *, check: bool, verbose: bool) -> int:
    """Start the named processes and watch them until a signal comes, or with `check` until they are healthy."""
    settings.make_folders(config)
    with lock(config.run_dir / "supervisor.lock"):
        if "portal" in names:
            settings.check_port(config.host, config.port)
        supervisor = Supervisor(config.logs, say, verbose=verbose)
        supervisor.listen()
        try:
            return _serve(supervisor, config, names, check=check)
        finally:
            supervisor.stop()
            if supervisor.stopping():
                say("Stopped.")


def _serve(supervisor: Supervisor, config: Config, names: Sequence[str], *, check: bool) -> int:
    redis_url = config.redis_url or _start_broker(supervisor, config, names)
    env = service_env(os.environ, config, redis_url)
    if "portal" in names and (sign_in := _prepare(config, env)):
        # At once: a password that was made up is shown this one time, even if something below goes wrong.
        say(f"{sign_in}   (shown only now)")
    if supervisor.stopping():
        return 0
    specs = process_specs(config, os.environ, redis_url, settings.gpu_count(os.environ))
    chosen = [spec for spec in specs if spec.name in names]
    say(f"Starting {', '.join(spec.name for spec in chosen)}. Logs: {config.logs}")
    supervisor.start(chosen)
    if "portal" in names:
        _wait_until_healthy(supervisor, config, names, every_one=check)
        if supervisor.stopping():
            return 0
        if check:
            say("Everything is healthy.")
            return 0
        say(f"Ready: {config.address}   (Ctrl-C stops the service)")
    supervisor.run()
    return 0


def _wait_until_healthy(supervisor: Supervisor, config: Config, names: Sequence[str], *, every_one: bool) -> None:
    """Watch until the portal says that all is well, and with `every_one` all children listen.

    Raises StartError when that takes too long or a child that must run keeps ending.
    """
    alone = not set(QUEUES) <= set(names)  # where the workers run elsewhere, the portal need not wait for them

    def started() -> bool:
        return (supervisor.ready() or not every_one) and is_healthy(config.address, os.environ, alone=alone)

    def hopeless() -> bool:
        needed = [child for child in supervisor.children if every_one or child.spec.name == "portal"]
        return any(child.failures >= EARLY_ENDS for child in needed)

    decided = supervisor.run(until=lambda: hopeless() or started(), timeout_s=START_S)
    if hopeless():
        raise StartError(f"A process keeps ending.{_last_words(supervisor)}")
    if not decided and not supervisor.stopping():
        raise StartError(f"It was not healthy after {START_S:.0f} s.{_last_words(supervisor)}")


def _start_broker(supervisor: Supervisor, config: Config, names: Sequence[str]) -> str:
    if BROKER not in names:
        raise StartError("Without the embedded broker REDIS_URL must say where the broker is.")
    env = {name: os.environ[name] for name in ("PATH", "TZ", "LANG") if name in os.environ}
    broker = embedded_broker(config.data_dir / "valkey", env)
    supervisor.start([broker.spec])
    if not supervisor.run(until=broker.answers, timeout_s=BROKER_START_S) and not supervisor.stopping():
        raise StartError(f"The broker does not answer.{_last_words(supervisor)}")
    return broker.url


def _prepare(config: Config, env: dict[str, str]) -> str:
    """Bring the database up to date and make the first owner. Gives the line with the first sign-in, or nothing."""
    owner = {name: os.environ[name] for name in FIRST_OWNER_NAMES if name in os.environ}
    _manage(config, env, "migrate", "--no-input", "--verbosity", "0")
    return _manage(config, {**env, **owner}, "setup_first_owner")


def _manage(config: Config, env: dict[str, str], *arguments: str) -> str:
    """Run a management command and give its output. Raises StartError with the last line of what it says went wrong."""
    # A session of its own, so that Ctrl-C lets it finish: a migration must not stop half way.
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False, start_new_session=True
    )
    if done.returncode:
        (config.logs / "prepare.log").write_text(done.stderr, encoding="utf-8")
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["it gave no reason"]
        reason = lines[-1].removeprefix("CommandError: ").removeprefix("django.core.exceptions.ImproperlyConfigured: ")
        raise StartError(f"{reason} (step: {arguments[0]}; all of it: {config.logs / 'prepare.log'})")
    return done.stdout.strip()


def _last_words(supervisor: Supervisor) -> str:
    """What the children that keep ending said last."""
    lines = []
    for child in supervisor.children:
        if child.failures:
            said = [line for line in child.log.tail if not line.startswith("ended (")]
            lines.append(f"\n{child.spec.name}: {said[-1] if said else 'nothing'} (log: {child.log.path})")
    return "".join(lines)


def say(line: str) -> None:
    """Show the person at the terminal a line."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
