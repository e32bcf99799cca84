"""A small transformer over the analyst's own texts, trained from scratch, as an AutoGluon model. It travels in bundles."""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from autogluon.core.constants import REGRESSION
from autogluon.tabular.models.abstract.abstract_torch_model import AbstractTorchModel

from workers.engine.search.candidates.text_blocks import OtherColumns, ReadsTexts, text_names
from workers.engine.search.candidates.text_tokens import Tokens, batches, padded
from workers.engine.search.candidates.text_training import Schedule, Target, train
from workers.engine.search.candidates.text_vectors import text_of

# Attention costs rows x heads x tokens^2 floats; keep one batch of it near 64 MB.
ATTENTION_FLOATS = 16_000_000
UNKNOWN = 1


class TextTransformerModel(ReadsTexts, AbstractTorchModel):  # type: ignore[misc]
    """Its vocabulary is learned on the training rows too: characters of Chinese, pieces of other words.

    Hyperparameters: d_block, n_blocks, dropout, hidden_tokens (share of tokens hidden while learning), lr, weight_decay,
    max_tokens (of a row), vocabulary, max_epochs, patience. Raises TimeLimitExceeded when not one epoch fitted in.
    """

    ag_key = "TEXT_TRANSFORMER"
    ag_name = "TextTransformer"
    ag_priority = 60
    seed_name = "seed"
    default_num_gpus = 1
    _supported_problem_types: ClassVar[list[str]] = ["binary", "multiclass", "regression"]

    def _set_default_params(self) -> None:
        defaults = {
            "d_block": 64,
            "n_blocks": 1,
            "dropout": 0.2,
            "hidden_tokens": 0.1,
            "lr": 2e-3,
            "weight_decay": 0.05,
            "max_tokens": 256,
            "vocabulary": 8_000,
            "max_epochs": 8,
            "patience": 2,
        }
        for name, value in defaults.items():
            self._set_default_param_value(name, value)

    def _fit(
        self,
        X: pd.DataFrame,
        y: pd.Series[Any],
        X_val: pd.DataFrame | None = None,
        y_val: pd.Series[Any] | None = None,
        time_limit: float | None = None,
        num_cpus: int = 1,
        num_gpus: float = 0,
        sample_weight: Any = None,
        **kwargs: Any,
    ) -> None:
        started = time.monotonic()
        import torch

        params = self._get_model_params()
        self._seed = int(params.get("seed") or 0)
        torch.manual_seed(self._seed)
        torch.set_num_threads(max(1, int(num_cpus)))
        self._device = self._resolve_fit_device(num_gpus=num_gpus)
        X = self.preprocess(X)
        self._texts = text_names(self._feature_metadata)
        self._other = OtherColumns().fit(X.drop(columns=self._texts))
        self._tokens = Tokens(int(params["max_tokens"]), int(params["vocabulary"])).fit([text_of(X[name]) for name in self._texts])
        self._target = Target(self.problem_type, self.num_classes).fit(np.asarray(y))
        self.model = self._network(params).to(self._device)
        validation = None
        if X_val is not None and y_val is not None:
            validation = (self._inputs(self.preprocess(X_val)), self._target.tensor(np.asarray(y_val), self._device))
        ends_at = math.inf if time_limit is None else started + time_limit
        weight = None if sample_weight is None else torch.as_tensor(np.asarray(sample_weight), dtype=torch.float32, device=self._device)
        self.params_trained["max_epochs"] = self._train(params, X, np.asarray(y), weight, validation, ends_at)

    def _network(self, params: dict[str, Any]) -> Any:
        from workers.engine.search.candidates.text_network import TextNetwork

        return TextNetwork(
            self._tokens.size,
            self._other.n_columns,
            self._target.outputs,
            d_block=int(params["d_block"]),
            n_blocks=int(params["n_blocks"]),
            dropout=float(params["dropout"]),
            max_tokens=self._tokens.max_tokens,
        )

    def _inputs(self, X: pd.DataFrame) -> tuple[list[npt.NDArray[np.int64]], npt.NDArray[np.float32]]:
        """Token numbers per row, and the other columns (rows, columns)."""
        rows = self._tokens.rows([text_of(X[name]) for name in self._texts])
        return rows, self._other.dense(X.drop(columns=self._texts))

    def _train(
        self, params: dict[str, Any], X: pd.DataFrame, y: npt.NDArray[Any], weight: Any, validation: tuple[Any, Any] | None, ends_at: float
    ) -> int:
        import torch

        tokens, columns = self._inputs(X)
        target = self._target.tensor(y, self._device)
        generator = torch.Generator().manual_seed(self._seed)

        def forward(rows: npt.NDArray[np.int_]) -> Any:
            ids = padded([tokens[row] for row in rows])
            hidden = (torch.rand(ids.shape, generator=generator) < float(params["hidden_tokens"])) & (ids > 0)
            ids = torch.where(hidden, torch.full_like(ids, UNKNOWN), ids)
            return self.model(ids.to(self._device), torch.as_tensor(columns[rows], device=self._device))

        def loss(output: Any, rows: npt.NDArray[np.int_]) -> Any:
            at = torch.as_tensor(rows, device=self._device)
            return self._target.loss(output, target[at], None if weight is None else weight[at])

        def validate() -> float:
            assert validation is not None
            return float(self._target.loss(self._outputs(*validation[0]).to(self._device), validation[1]))

        schedule = Schedule(
            epochs=int(params["max_epochs"]),
            patience=int(params["patience"]),
            rates=(float(params["lr"]),),
            weight_decay=float(params["weight_decay"]),
            batch_tokens=self._batch_tokens(),
            seed=self._seed,
        )
        lengths = np.array([len(row) for row in tokens])
        check = validate if validation is not None else None
        return train(self.model, [list(self.model.parameters())], forward, loss, lengths, check, schedule, ends_at, self._device)

    def _batch_tokens(self) -> int:
        return int(min(16_384, max(1_024, ATTENTION_FLOATS // (4 * self._tokens.max_tokens))))

    def _outputs(self, tokens: list[npt.NDArray[np.int64]], columns: npt.NDArray[np.float32]) -> Any:
        """(rows, outputs) float32 on the processor, whatever the device."""
        import torch

        self.model.eval()
        output = torch.zeros((len(tokens), self._target.outputs))
        with torch.inference_mode():
            for rows in batches(np.array([len(row) for row in tokens], dtype="int64"), self._batch_tokens()):
                ids = padded([tokens[row] for row in rows]).to(self._device)
                output[torch.from_numpy(rows)] = self.model(ids, torch.as_tensor(columns[rows], device=self._device)).float().cpu()
        return output

    def _predict_proba(self, X: pd.DataFrame, **kwargs: Any) -> Any:
        output = self._target.predictions(self._outputs(*self._inputs(self.preprocess(X, **kwargs))))
        return output if self.problem_type == REGRESSION else self._convert_proba_to_unified_form(output)

    def get_device(self) -> str:
        return str(self._device)

    def _set_device(self, device: str) -> None:
        self._device = device
        self.model.to(device)

    def _more_tags(self) -> dict[str, bool]:
        return {"can_refit_full": True}
