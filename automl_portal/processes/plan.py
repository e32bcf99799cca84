"""Which processes there are, and what each may know."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from automl_portal.processes.child import Spec
from automl_portal.processes.config import ROOT, Config

BROKER = "broker"
QUEUES = ("io", "predict", "fit")
NAMES = (BROKER, "forkserver", "scorer", "portal", "tick", *QUEUES)
SCORER_SOCKET, FORK_SOCKET = "scorer.sock", "forkserver.sock"
# A process that loads predictors or runs fits sees these names and nothing else: no key, no address of a database or broker.
CLEAN_NAMES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES",
               "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "AUTOML_CHILD_NETWORK")  # fmt: skip
# Needed once, to make the first owner; nobody sees it afterwards.
FIRST_OWNER_NAMES = ("AUTOML_ADMIN_EMAIL", "AUTOML_ADMIN_PASSWORD")
COMMON = {
    # A waiting OpenMP thread that spins takes the core its neighbour needs.
    "OMP_WAIT_POLICY": "PASSIVE",
    # glibc keeps a memory arena per thread otherwise, which costs an idle worker tens of MB.
    "MALLOC_ARENA_MAX": "2",
    "PYTHONUNBUFFERED": "1",
}


def clean_env(env: Mapping[str, str], config: Config) -> dict[str, str]:
    """The environment of processes that run models."""
    kept = {name: env[name] for name in CLEAN_NAMES if name in env}
    kept |= {"STORAGE_URL": env["STORAGE_URL"]} if env.get("STORAGE_URL") else {}  # a folder: where the bundles lie
    return {**kept, **COMMON, "HF_HUB_OFFLINE": "1", "AUTOML_DATA_DIR": str(config.data_dir)}


def service_env(env: Mapping[str, str], config: Config, redis_url: str) -> dict[str, str]:
    """The environment of the portal, the tick and the workers."""
    kept = {name: value for name, value in env.items() if name not in FIRST_OWNER_NAMES}
    return {
        "AUTOML_FORKSERVER": str(config.run_dir / FORK_SOCKET),
        "AUTOML_SCORER": f"unix:{config.run_dir / SCORER_SOCKET}",
        **kept,
        **COMMON,
        "AUTOML_DATA_DIR": str(config.data_dir),
        "REDIS_URL": redis_url,
    }


def process_specs(config: Config, env: Mapping[str, str], redis_url: str, gpus: int) -> list[Spec]:
    """Every process but the broker. The workers stop first, then what they use."""
    clean, service = clean_env(env, config), service_env(env, config, redis_url)
    python, scorer_socket, fork_socket = sys.executable, config.run_dir / SCORER_SOCKET, config.run_dir / FORK_SOCKET
    portal = ("automl_portal.asgi:application", "--host", config.host, "--port", str(config.port), "--timeout-graceful-shutdown", "5")
    scorer = ("workers.scorer:app", "--uds", str(scorer_socket), "--no-access-log")
    uvicorn = ("-m", "uvicorn", "--lifespan", "off", "--no-server-header")

    def spec(name: str, *arguments: str, env: dict[str, str], socket: Path | None = None) -> Spec:
        return Spec(name, (python, *arguments), env, ROOT, stage=1 if socket else 2, socket=socket)

    return [
        spec("portal", *uvicorn, *portal, env=service),
        spec("tick", "manage.py", "tick", env=service),
        worker_spec("io", 2, service),
        worker_spec("predict", 1, service),
        worker_spec("fit", max(1, gpus), {**service, "AUTOML_GPUS": str(gpus)}),
        spec("scorer", *uvicorn, *scorer, env=clean, socket=scorer_socket),
        spec("forkserver", "-m", "workers.engine.forkserver", str(fork_socket), env=clean, socket=fork_socket),
    ]


def worker_spec(queue: str, slots: int, env: dict[str, str]) -> Spec:
    """A Celery worker for one queue. Threads, because a task only watches an engine process: forking or spawning pool
    processes for that would cost memory and buy nothing. Workers do not talk to each other, so no gossip."""
    argv = (sys.executable, "-m", "celery", "-A", "workers.celery", "worker", "-Q", queue, "-n", f"{queue}@%h", "--pool", "threads",
            "-c", str(slots), "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")  # fmt: skip
    return Spec(queue, argv, env, ROOT)
