"""A transformer over table columns, trained from scratch: FT-Transformer as an AutoGluon model.

Gorishniy et al. 2021, "Revisiting Deep Learning Models for Tabular Data"; the network is
`rtdl_revisiting_models` (Apache-2.0). It needs no downloaded weights. AutoGluon pickles models by
import path, so this module travels in the bundle and keeps its place.
"""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from autogluon.core.constants import BINARY, REGRESSION
from autogluon.core.utils.exceptions import TimeLimitExceeded
from autogluon.tabular.models.abstract.abstract_torch_model import AbstractTorchModel

from workers.engine.search import progress
from workers.engine.search.candidates.encoder import TableEncoder

# Attention costs rows x heads x tokens^2 floats; keep one batch of it near 64 MB.
ATTENTION_FLOATS = 16_000_000
HEADS = 8


class FTTransformerModel(AbstractTorchModel):  # type: ignore[misc]
    """Multi-head attention over one token per column; AdamW, gradient clipping, early stopping.

    Hyperparameters: d_block, n_blocks, dropout, lr, weight_decay, batch_size ("auto"), max_epochs,
    patience (epochs without a better validation loss). The time limit is kept to within a batch;
    the best epoch so far is what stays. Raises TimeLimitExceeded when not one epoch fitted in.
    """

    ag_key = "FT_TRANSFORMER_SCRATCH"
    ag_name = "FTTransformer"
    ag_priority = 60
    seed_name = "seed"
    default_num_gpus = 1
    _supported_problem_types: ClassVar[list[str]] = ["binary", "multiclass", "regression"]

    def _set_default_params(self) -> None:
        defaults = {
            "d_block": 64,
            "n_blocks": 2,
            "dropout": 0.1,
            "lr": 1e-3,
            "weight_decay": 1e-4,
            "batch_size": "auto",
            "max_epochs": 60,
            "patience": 8,
        }
        for name, value in defaults.items():
            self._set_default_param_value(name, value)

    def _get_default_auxiliary_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super()._get_default_auxiliary_params()
        params["valid_raw_types"] = ["int", "float", "category", "bool"]
        return params

    @classmethod
    def _get_default_ag_args_ensemble(cls, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super()._get_default_ag_args_ensemble(**kwargs)
        params["fold_fitting_strategy"] = "sequential_local"
        return params

    def _preprocess(self, X: pd.DataFrame, is_train: bool = False, **kwargs: Any) -> pd.DataFrame:
        X = super()._preprocess(X, **kwargs)
        if is_train:
            self._encoder = TableEncoder().fit(X)
        return X

    def _fit(
        self,
        X: pd.DataFrame,
        y: pd.Series[Any],
        X_val: pd.DataFrame | None = None,
        y_val: pd.Series[Any] | None = None,
        time_limit: float | None = None,
        num_cpus: int = 1,
        num_gpus: float = 0,
        **kwargs: Any,
    ) -> None:
        started = time.monotonic()
        import torch

        params = self._get_model_params()
        torch.manual_seed(int(params.get("seed") or 0))
        torch.set_num_threads(max(1, int(num_cpus)))
        self._device = self._resolve_fit_device(num_gpus=num_gpus)
        X = self.preprocess(X, is_train=True)
        train = self._tensors(X, y, fit=True)
        validation = None
        if X_val is not None and y_val is not None:
            validation = self._tensors(self.preprocess(X_val), y_val)
        ends_at = math.inf if time_limit is None else started + time_limit
        self.model = self._network(params).to(self._device)
        self.params_trained["max_epochs"] = self._train(params, train, validation, ends_at)

    def _network(self, params: dict[str, Any]) -> Any:
        from rtdl_revisiting_models import FTTransformer

        return FTTransformer(
            n_cont_features=self._encoder.n_numbers,
            cat_cardinalities=self._encoder.cardinalities,
            d_out=self.num_classes if self.problem_type == "multiclass" else 1,
            d_block=int(params["d_block"]),
            n_blocks=int(params["n_blocks"]),
            attention_n_heads=HEADS,
            attention_dropout=float(params["dropout"]),
            ffn_d_hidden=None,
            ffn_d_hidden_multiplier=4 / 3,
            ffn_dropout=float(params["dropout"]),
            residual_dropout=0.0,
        )

    def _tensors(self, X: pd.DataFrame, y: pd.Series[Any], fit: bool = False) -> tuple[Any, ...]:
        """(numbers, category codes, target) on the device; a number target is standardised."""
        import torch

        target = np.asarray(y, dtype="float64")
        if self.problem_type == REGRESSION:
            if fit:
                self._center = float(target.mean())
                self._scale = float(target.std()) or 1.0
            target = (target - self._center) / self._scale
        kind = torch.long if self.problem_type == "multiclass" else torch.float32
        numbers, codes = self._encoder.transform(X)
        return (
            torch.as_tensor(numbers, device=self._device),
            torch.as_tensor(codes, device=self._device),
            torch.as_tensor(target, device=self._device).to(kind),
        )

    def _train(
        self,
        params: dict[str, Any],
        train: tuple[Any, ...],
        validation: tuple[Any, ...] | None,
        ends_at: float,
    ) -> int:
        """Train in place; returns the number of epochs behind the state that was kept."""
        import torch

        n_rows = len(train[2])
        batch = self._batch_size(params["batch_size"], n_rows)
        optimizer = torch.optim.AdamW(
            self.model.make_parameter_groups(),
            lr=float(params["lr"]),
            weight_decay=float(params["weight_decay"]),
        )
        best, best_epoch, best_state = math.inf, 0, None
        epoch = 0
        for epoch in range(1, int(params["max_epochs"]) + 1):
            self.model.train()
            learnt = torch.zeros((), device=self._device)
            for rows in torch.split(torch.randperm(n_rows, device=self._device), batch):
                optimizer.zero_grad()
                batch_loss = self._loss(train, rows)
                batch_loss.backward()
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                optimizer.step()
                learnt += batch_loss.detach() * len(rows)
                if time.monotonic() > ends_at:
                    break
            out_of_time = time.monotonic() > ends_at
            if out_of_time and best_epoch:
                break
            loss = None
            if validation is None:
                best_epoch = epoch
            else:
                loss = self._validation_loss(validation)
                if loss < best:
                    best, best_epoch = loss, epoch
                    best_state = {k: v.clone() for k, v in self.model.state_dict().items()}
            progress.report(epoch, int(params["max_epochs"]), loss=float(learnt) / n_rows, score_val=loss, measure="loss")
            if out_of_time or epoch - best_epoch >= int(params["patience"]):
                break
        if not best_epoch:
            raise TimeLimitExceeded
        if best_state is not None:
            self.model.load_state_dict(best_state)
        self.model.eval()
        return best_epoch

    def _batch_size(self, wanted: int | str, n_rows: int) -> int:
        size = 2 ** round(math.log2(max(32, min(512, n_rows / 16)))) if wanted == "auto" else wanted
        return max(8, min(int(size), self._rows_at_once()))

    def _rows_at_once(self) -> int:
        tokens = 1 + self._encoder.n_numbers + len(self._encoder.cardinalities)
        return max(8, min(4096, ATTENTION_FLOATS // (HEADS * tokens * tokens)))

    def _loss(self, data: tuple[Any, ...], rows: Any) -> Any:
        from torch.nn import functional

        output = self._forward(data[0][rows], data[1][rows])
        if self.problem_type == "multiclass":
            return functional.cross_entropy(output, data[2][rows])
        if self.problem_type == BINARY:
            return functional.binary_cross_entropy_with_logits(output.squeeze(1), data[2][rows])
        return functional.mse_loss(output.squeeze(1), data[2][rows])

    def _validation_loss(self, data: tuple[Any, ...]) -> float:
        import torch

        self.model.eval()
        total = 0.0
        with torch.inference_mode():
            for rows in torch.split(torch.arange(len(data[2]), device=self._device), self._rows_at_once()):
                total += float(self._loss(data, rows)) * len(rows)
        return total / len(data[2])

    def _forward(self, numbers: Any, codes: Any) -> Any:
        return self.model(
            numbers if self._encoder.n_numbers else None,
            codes if self._encoder.cardinalities else None,
        )

    def _predict_proba(self, X: pd.DataFrame, **kwargs: Any) -> Any:
        import torch

        X = self.preprocess(X, **kwargs)
        size = self._rows_at_once()
        parts = []
        with torch.inference_mode():
            for start in range(0, len(X), size):
                numbers, codes = self._encoder.transform(X.iloc[start : start + size])
                output = self._forward(
                    torch.as_tensor(numbers, device=self._device),
                    torch.as_tensor(codes, device=self._device),
                )
                parts.append(output.cpu().double())
        output = torch.cat(parts) if parts else torch.zeros((0, 1), dtype=torch.float64)
        if self.problem_type == REGRESSION:
            return output.squeeze(1).numpy() * self._scale + self._center
        if self.problem_type == BINARY:
            return self._convert_proba_to_unified_form(torch.sigmoid(output.squeeze(1)).numpy())
        return self._convert_proba_to_unified_form(torch.softmax(output, dim=1).numpy())

    def get_device(self) -> str:
        return str(self._device)

    def _set_device(self, device: str) -> None:
        self._device = device
        self.model.to(device)

    def _more_tags(self) -> dict[str, bool]:
        return {"can_refit_full": True}
