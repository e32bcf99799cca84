"""The training loop of networks over texts: AdamW, warm-up, early stopping, clipped gradients, mixed precision on a GPU."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from autogluon.core.utils.exceptions import TimeLimitExceeded

from workers.engine.search import progress
from workers.engine.search.candidates.text_tokens import batches

Floats = npt.NDArray[np.float64]
WARM_UP = 0.1
LEAST_RATE = 0.02


@dataclass(frozen=True)
class Schedule:
    """`epochs` at most, `patience` of them without a better validation loss; `rates`: learning rate per parameter group."""

    epochs: int
    patience: int
    rates: tuple[float, ...]
    weight_decay: float
    batch_tokens: int
    seed: int = 0


def train(
    network: Any,
    groups: list[list[Any]],
    forward: Callable[[npt.NDArray[np.int_]], Any],
    loss: Callable[[Any, npt.NDArray[np.int_]], Any],
    lengths: npt.NDArray[np.int_],
    validate: Callable[[], float] | None,
    schedule: Schedule,
    ends_at: float,
    device: str,
    *,
    as_it_is: bool = False,
) -> int:
    """Train `network` in place and leave it at its best; returns the number of epochs behind that.

    `groups`: parameters per learning rate. `forward(rows)`: outputs of training rows; `loss(outputs, rows)`: their mean loss.
    `ends_at`: time.monotonic() to stop at, kept to within a batch. The learning rate falls with the epochs or with the time,
    whichever runs out first. `as_it_is`: the network is of use already, so 0 epochs are an answer too. Otherwise raises
    TimeLimitExceeded when not one epoch fitted in.
    """
    import torch

    rng = np.random.default_rng(schedule.seed)
    optimizer = torch.optim.AdamW(
        [{"params": part, "lr": rate} for part, rate in zip(groups, schedule.rates, strict=True)], weight_decay=schedule.weight_decay
    )
    started = time.monotonic()
    best, best_epoch, best_state = math.inf, 0, None
    if as_it_is and validate is not None:
        best, best_state = validate(), _state(network)
    for epoch in range(1, schedule.epochs + 1):
        network.train()
        parts = batches(lengths, schedule.batch_tokens, rng)
        learnt, seen, epoch_began = 0.0, 0, time.monotonic()
        for at, rows in enumerate(parts):
            steps = at + (epoch - 1) * len(parts), len(parts) * schedule.epochs
            _set_rates(optimizer, schedule, *steps, started, ends_at)
            learnt += _step(network, forward, loss, rows, optimizer, device) * len(rows)
            seen += len(rows)
            if time.monotonic() > ends_at:
                break
        whole = seen == len(lengths)
        if not whole and best_state is not None:
            break
        value = None if validate is None else validate()
        if value is None or value < best:
            best_epoch = epoch
            if value is not None:
                best, best_state = value, _state(network)
        progress.report(epoch, schedule.epochs, loss=learnt / max(1, seen), score_val=value, measure="loss")
        # An epoch that cannot be finished is not begun.
        if not whole or epoch - best_epoch >= schedule.patience or 2 * time.monotonic() - epoch_began > ends_at:
            break
    if not best_epoch and not as_it_is:
        raise TimeLimitExceeded
    if best_state is not None:
        network.load_state_dict(best_state)
    network.eval()
    return best_epoch


def _state(network: Any) -> dict[str, Any]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def _set_rates(optimizer: Any, schedule: Schedule, step: int, steps: int, started: float, ends_at: float) -> None:
    done = step / steps
    if math.isfinite(ends_at):
        done = max(done, (time.monotonic() - started) / max(1e-3, ends_at - started))
    for group, rate in zip(optimizer.param_groups, schedule.rates, strict=True):
        group["lr"] = rate * _factor(done, step, steps)


def _factor(done: float, step: int, steps: int) -> float:
    """Of the learning rate: up for the first tenth of the steps, then down in a line."""
    warm = min(1.0, (step + 1) / max(1.0, min(WARM_UP * steps, 200)))
    return warm * max(LEAST_RATE, 1 - done)


def _step(network: Any, forward: Callable[..., Any], loss: Callable[..., Any], rows: Any, optimizer: Any, device: str) -> float:
    import torch

    optimizer.zero_grad(set_to_none=True)
    with mixed_precision(device):
        value = loss(forward(rows).float(), rows)
    value.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(value.detach())


def mixed_precision(device: str) -> AbstractContextManager[Any]:
    """bfloat16 on GPUs that have it: its range is that of float32, so no loss needs scaling."""
    import torch

    if device.startswith("cuda") and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()


class Target:
    """The label as a network learns it, its loss, and outputs as predictions. A number is standardised."""

    def __init__(self, problem_type: str, classes: int | None) -> None:
        self.problem_type = problem_type
        self.outputs = int(classes or 1) if problem_type == "multiclass" else 1

    def fit(self, y: npt.NDArray[Any]) -> Target:
        self._center, self._scale = 0.0, 1.0
        if self.problem_type == "regression":
            self._center, self._scale = float(np.mean(y)), float(np.std(y)) or 1.0
        return self

    def tensor(self, y: npt.NDArray[Any], device: str) -> Any:
        """(rows,) on the device."""
        import torch

        values = (np.asarray(y, dtype="float64") - self._center) / self._scale
        return torch.as_tensor(values, device=device).to(torch.long if self.problem_type == "multiclass" else torch.float32)

    def loss(self, output: Any, target: Any, weight: Any = None) -> Any:
        """Mean loss of (rows, outputs), by the rows' weights."""
        from torch.nn import functional

        if self.problem_type == "multiclass":
            each = functional.cross_entropy(output, target, reduction="none")
        elif self.problem_type == "binary":
            each = functional.binary_cross_entropy_with_logits(output[:, 0], target, reduction="none")
        else:
            each = functional.mse_loss(output[:, 0], target, reduction="none")
        return each.mean() if weight is None else (each * weight).sum() / weight.sum()

    def predictions(self, output: Any) -> Floats:
        """(rows,) numbers or second-class probabilities, or (rows, classes) probabilities."""
        import torch

        output = output.double()
        if self.problem_type == "multiclass":
            values = torch.softmax(output, dim=1)
        elif self.problem_type == "binary":
            values = torch.sigmoid(output[:, 0])
        else:
            values = output[:, 0] * self._scale + self._center
        return np.asarray(values.numpy())
