"""A service of stand-in children, run in a process of its own: `python -m tests.processes.stand_in FOLDER`.

Writes the children's process ids to FOLDER/<name>.pid. `stubborn` ignores SIGTERM, `parent` leaves a grandchild in a
session of its own, as the fork server does with its fits.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from automl_portal.processes.child import Spec
from automl_portal.processes.supervisor import Supervisor

NOTE = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); print('hello', flush=True); "
CHILDREN = {
    "plain": NOTE + "time.sleep(600)",
    "stubborn": NOTE + "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
    "parent": NOTE
    + "import subprocess; g = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True); "
    + "pathlib.Path(sys.argv[1]).with_name('grandchild.pid').write_text(str(g.pid)); time.sleep(600)",
}


def spec(name: str, folder: Path, code: str, *, stage: int = 1) -> Spec:
    """A child that runs `code` with its pid file as argument."""
    argv = (sys.executable, "-c", code, str(folder / f"{name}.pid"))
    return Spec(name, argv, {"PATH": os.environ["PATH"]}, folder, stage=stage, grace_s=1.0)


def main(folder: Path) -> None:
    supervisor = Supervisor(folder, lambda line: print(line, flush=True))
    supervisor.listen()
    supervisor.start([spec(name, folder, code) for name, code in CHILDREN.items()])
    supervisor.run()
    supervisor.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
