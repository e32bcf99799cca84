"""The libraries a fit needs, imported before any fork: imports only, nothing is computed."""

from __future__ import annotations

import gc
import os
import sys
import time
from importlib import import_module
from typing import Any

# Read by the native libraries when they load. JE_ARROW_MALLOC_CONF: pyarrow's allocator would
# start a background thread; OPENBLAS_NUM_THREADS: OpenBLAS would start its pool on import.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MALLOC_ARENA_MAX": "2",
    "HF_HUB_OFFLINE": "1",
}
# pytabkit stays out: 110 MB for one of the models; what needs it imports it.
LIBRARIES = (
    "autogluon.tabular",
    "autogluon.tabular.registry",
    "lightgbm",
    "catboost",
    "xgboost",
    "interpret.glassbox",
    "pyarrow.parquet",
    "scipy.stats",
    "codecarbon.core.cpu",
    "torch",
)


def preload() -> dict[str, Any]:
    """Import everything; returns {"seconds", "modules"}."""
    started = time.monotonic()
    for name in LIBRARIES:
        import_module(name)
    # AutoGluon collects garbage before every fit and prediction; what was imported needs no visit,
    # and a fork shares its pages for longer.
    gc.collect()
    gc.freeze()
    return {"seconds": round(time.monotonic() - started, 2), "modules": len(sys.modules)}


def thread_count() -> int:
    """Operating-system threads of this process (Linux; 1 elsewhere)."""
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1
