from __future__ import annotations

from automl_portal.processes import config as settings
from automl_portal.processes.plan import NAMES, process_specs

SECRETS = {
    "SECRET_KEY": "s" * 50,
    "DATABASE_URL": "postgres://u:secret@db/automl",
    "AUTOML_ADMIN_PASSWORD": "correct horse battery 42",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def test_processes_that_run_models_know_no_secret() -> None:
    env = {"PATH": "/bin", "CUDA_VISIBLE_DEVICES": "0", **SECRETS}
    specs = {spec.name: spec for spec in process_specs(settings.read_config({}), env, "redis://:pw@127.0.0.1:1/0", gpus=1)}
    assert {"broker", *specs} == set(NAMES)
    for name in ("scorer", "forkserver"):
        known = dict(specs[name].env)
        assert not set(known) & {*SECRETS, "REDIS_URL"} and known["CUDA_VISIBLE_DEVICES"] == "0"
        assert not any(value in known.values() for value in SECRETS.values())
    for name in ("portal", "tick", "fit"):
        assert specs[name].env["SECRET_KEY"] == "s" * 50
        assert specs[name].env["REDIS_URL"] == "redis://:pw@127.0.0.1:1/0"
        assert "AUTOML_ADMIN_PASSWORD" not in specs[name].env
    for spec in specs.values():  # a command line can be read by every user of the machine
        assert "pw" not in " ".join(spec.argv)


def test_one_fit_per_gpu_and_one_without() -> None:
    for gpus, slots in ((0, "1"), (1, "1"), (4, "4")):
        fit = next(spec for spec in process_specs(settings.read_config({}), {}, "redis://x", gpus) if spec.name == "fit")
        assert fit.argv[fit.argv.index("-c") + 1] == slots


def test_an_address_given_by_the_user_wins() -> None:
    env = {"AUTOML_SCORER": "http://scorer:8001"}
    portal = next(spec for spec in process_specs(settings.read_config({}), env, "redis://x", 0) if spec.name == "portal")
    assert portal.env["AUTOML_SCORER"] == "http://scorer:8001"
