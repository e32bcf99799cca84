"""Makes AutoGluon's models say how far they are: what each library offers is turned into progress.report.

AutoGluon's own callbacks see whole models only. So the entrance of every model is wrapped (which model, which fold), and behind it
the training loop of each library. This changes classes of other people's packages, in this process: it is done in the fork that
searches and ends with it, and in tests it is undone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

from workers.engine.search.curves import Curves, fold_of
from workers.engine.search.progress import listen, report

EPOCH_LEVEL = 15  # AutoGluon's level for what it says once per epoch
TABM_LOGGER = "autogluon.tabular.models.tabm._tabm_internal"
TABM_LINE = re.compile(r"\(val\) (-?[\d.]+)")
REALMLP_LINE = re.compile(r"Epoch (\d+)/(\d+): val (\S+) = +(-?[\d.]+)")


@contextmanager
def observed(curves: Curves) -> Iterator[None]:
    """While open, every model that AutoGluon trains in this process tells `curves`."""
    from autogluon.core.models import AbstractModel

    with ExitStack() as stack:
        listen(curves.epoch)
        stack.callback(listen, None)
        stack.enter_context(_replaced(AbstractModel, "fit", lambda fit: _entrance(fit, curves, stack)))
        _light_gbm(stack)
        _xgboost(stack)
        _catboost(stack)
        stack.enter_context(_tabm())
        yield


@contextmanager
def _replaced(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, wrap(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def _entrance(fit: Callable[..., Any], curves: Curves, stack: ExitStack) -> Callable[..., Any]:
    """AbstractModel.fit that says first which model, or which fold of it, begins."""
    waiting = {"REALMLP"}

    def begun(model: Any, **kwargs: Any) -> Any:
        fold = fold_of(model.name)
        if fold is not None:
            curves.fold_begins(fold)
        else:
            metric = model.stopping_metric or model.eval_metric
            curves.model_begins(model.name, metric.name, bool(metric.greater_is_better_internal))
        if model.ag_key == "REALMLP" and waiting:
            waiting.clear()
            _realmlp(stack)
        if model.ag_key == "NN_TORCH":
            kwargs["reporter"] = _nn_torch(count(1))
        fitted = fit(model, **kwargs)
        if fold is None:
            curves.model_ends(model.name)
        return fitted

    return begun


def _nn_torch(epochs: Iterator[int]) -> Callable[..., None]:
    """It counts single updates, and asks once per epoch."""

    def told(*, validation_performance: float, train_loss: float, **_: Any) -> None:
        report(next(epochs), loss=train_loss, score_val=validation_performance)

    return told


def _light_gbm(stack: ExitStack) -> None:
    import lightgbm

    def after(env: Any) -> None:
        values = [row[2] for row in env.evaluation_result_list or () if row[0] == "valid_set"]
        report(env.iteration + 1, env.end_iteration, score_val=values[0] if values else None)

    after.order = 10  # type: ignore[attr-defined] # before early stopping (30), which leaves by an exception

    def wrap(train: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, callbacks=None, **kwargs: train(*args, callbacks=[*(callbacks or ()), after], **kwargs)

    stack.enter_context(_replaced(lightgbm, "train", wrap))


def _xgboost(stack: ExitStack) -> None:
    import xgboost.sklearn
    from xgboost.callback import TrainingCallback

    class After(TrainingCallback):
        def __init__(self, rounds: int | None) -> None:
            super().__init__()
            self.rounds = rounds

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            values = [value for sets in evals_log.values() for value in list(sets.values())[-1:]]
            report(epoch + 1, self.rounds, score_val=values[0][-1] if values else None)
            return False

    def wrap(train: Callable[..., Any]) -> Callable[..., Any]:
        def observing(params: Any, dtrain: Any, rounds: int, *, callbacks: Any = None, **kwargs: Any) -> Any:
            return train(params, dtrain, rounds, callbacks=[After(rounds), *(callbacks or ())], **kwargs)

        return observing

    stack.enter_context(_replaced(xgboost.sklearn, "train", wrap))


def _catboost(stack: ExitStack) -> None:
    from autogluon.tabular.models.catboost.callbacks import EarlyStoppingCallback

    def wrap(after: Callable[..., Any]) -> Callable[..., Any]:
        def observing(callback: Any, info: Any) -> Any:
            values = info.metrics.get(callback.compare_key, {}).get(callback.eval_metric_name)
            learnt = info.metrics.get("learn", {}).get(callback.eval_metric_name)
            report(info.iteration, loss=learnt[-1] if learnt else None, score_val=values[-1] if values else None)
            return after(callback, info)

        return observing

    stack.enter_context(_replaced(EarlyStoppingCallback, "after_iteration", wrap))


def _realmlp(stack: ExitStack) -> None:
    """Once it is asked for: pytabkit takes 110 MB and is imported by nobody else."""
    from pytabkit.models.training.logging import Logger  # type: ignore[import-untyped]

    def wrap(log: Callable[..., Any]) -> Callable[..., Any]:
        def observing(logger: Any, verbosity: int, content: str) -> Any:
            line = REALMLP_LINE.match(content)
            if line:
                report(int(line[1]), int(line[2]), score_val=float(line[4]), measure=line[3])
            return log(logger, verbosity, content)

        return observing

    stack.enter_context(_replaced(Logger, "log", wrap))


@contextmanager
def _tabm() -> Iterator[None]:
    """TabM tells its log only; the lines meant for us go no further."""
    logger = logging.getLogger(TABM_LOGGER)
    level, epoch = logger.level, 0

    def listening(record: logging.LogRecord) -> bool:
        nonlocal epoch
        text = record.getMessage()
        line = TABM_LINE.match(text)
        if line:
            epoch += 1
            report(epoch, score_val=float(line[1]))
        elif text.startswith("----"):  # what it says before the first epoch
            epoch = 0
        return record.levelno > EPOCH_LEVEL

    logger.setLevel(EPOCH_LEVEL)
    logger.addFilter(listening)
    try:
        yield
    finally:
        logger.removeFilter(listening)
        logger.setLevel(level)
