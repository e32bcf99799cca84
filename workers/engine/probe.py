"""The verb `probe`: a child that shows it can compute. For the start-up benchmark and the tests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from workers.engine.preload import preload


def probe_run(job_dir: Path) -> dict[str, Any]:
    """Import the libraries, note the time in `ready`, then use the native thread pools."""
    preload()
    (job_dir / "ready").write_text(repr(time.time()))
    import lightgbm
    import numpy as np
    import torch

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2000, 10)), rng.integers(0, 2, 2000)
    model = lightgbm.train({"objective": "binary", "num_threads": 2, "verbose": -1}, lightgbm.Dataset(x, y), 3)
    product = torch.as_tensor(x) @ torch.as_tensor(x).T
    return {"status": "done", "trees": model.num_trees(), "trace": float(product.trace())}
