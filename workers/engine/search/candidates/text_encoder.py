"""A pretrained encoder from a local directory, fine-tuned or as it is, as an AutoGluon model. It travels in bundles, weights and all."""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from autogluon.core.constants import REGRESSION
from autogluon.core.utils.exceptions import TimeLimitExceeded
from autogluon.tabular.models.abstract.abstract_torch_model import AbstractTorchModel

from workers.engine.search.candidates.text_blocks import OtherColumns, ReadsTexts, text_names
from workers.engine.search.candidates.text_encoder_files import EncoderLanguage, encoder_directory, encoder_load, reads
from workers.engine.search.candidates.text_encoder_head import Fitted, head_fit, head_loss, head_put, head_splits
from workers.engine.search.candidates.text_encoder_reader import EncoderReader, EncoderRows, batch_tokens
from workers.engine.search.candidates.text_training import Schedule, Target, train
from workers.engine.search.candidates.text_vectors import text_of

SAMPLE, PROBE = 256, 32  # rows whose length is measured, rows whose reading is timed
TRAINING_COST = 2.2  # of a block that learns, over one that only runs
TIME_SHARE = 0.8
Floats = npt.NDArray[np.float32]


class TextEncoderModel(ReadsTexts, AbstractTorchModel):  # type: ignore[misc]
    """As many of the topmost blocks are fine-tuned as the time allows: all on a GPU, often none on a processor. Then the encoder
    stays as it is and only a linear head over its mean output learns; `tuned_layers` in `params_trained` says which it was.

    With folds it is fitted once and validates itself on them (an encoder weighs 90 MB and more; one copy is enough).
    Hyperparameters: encoder (a name, "" for the set one), tuned_layers ("auto" or a number), max_epochs, patience, lr, lr_head,
    weight_decay, max_tokens (of a row), splits (folds to validate on).
    Raises EncoderMissing, EncoderLanguage, and TimeLimitExceeded when reading all rows once would take too long.
    """

    ag_key = "TEXT_ENCODER"
    ag_name = "TextEncoder"
    ag_priority = 50
    seed_name = "seed"
    default_num_gpus = 1
    _supported_problem_types: ClassVar[list[str]] = ["binary", "multiclass", "regression"]

    def _set_default_params(self) -> None:
        defaults = {
            "encoder": "",
            "tuned_layers": "auto",
            "max_epochs": 3,
            "patience": 1,
            "lr": 3e-5,
            "lr_head": 1e-3,
            "weight_decay": 0.01,
            "max_tokens": 128,
            "splits": None,
        }
        for name, value in defaults.items():
            self._set_default_param_value(name, value)

    @classmethod
    def _get_default_ag_args_ensemble(cls, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super()._get_default_ag_args_ensemble(**kwargs)
        params["use_child_oof"] = True
        return params

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
        ends_at = math.inf if time_limit is None else time.monotonic() + time_limit
        import torch

        from workers.engine.search.candidates.text_encoder_network import EncoderNetwork

        params = self._get_model_params()
        self._seed = int(params.get("seed") or 0)
        torch.manual_seed(self._seed)
        torch.set_num_threads(max(1, int(num_cpus)))
        self._device = self._resolve_fit_device(num_gpus=num_gpus)
        X = self.preprocess(X)
        self._texts = text_names(self._feature_metadata)
        self._other = OtherColumns().fit(X.drop(columns=self._texts))
        self.encoder_name, directory = encoder_directory(str(params["encoder"]))
        tokenizer, encoder = encoder_load(directory)
        if not reads(tokenizer, [text for name in self._texts for text in text_of(X[name].head(1_000))]):
            raise EncoderLanguage(self.encoder_name)
        self._reader = EncoderReader(
            tokenizer, min(int(params["max_tokens"]), int(getattr(encoder.config, "max_position_embeddings", 512)))
        )
        self._target = Target(self.problem_type, self.num_classes).fit(np.asarray(y))
        self.model = EncoderNetwork(encoder, self._other.n_columns, self._target.outputs).to(self._device).eval()
        data = EncoderRows(self._rows(X), self._other.dense(X.drop(columns=self._texts)), np.asarray(y), sample_weight)
        validation = None
        if X_val is not None and y_val is not None:
            X_val = self.preprocess(X_val)
            validation = EncoderRows(self._rows(X_val), self._other.dense(X_val.drop(columns=self._texts)), np.asarray(y_val), None)
        self._learn(params, data, validation, ends_at)

    def _learn(self, params: dict[str, Any], data: EncoderRows, validation: EncoderRows | None, ends_at: float) -> None:
        """The head over the encoder as it is, first; from there as many blocks as there is time for."""
        import torch

        seconds = self._probe(data) + (self._probe(validation) if validation else 0.0)
        if time.monotonic() + seconds > ends_at:
            raise TimeLimitExceeded
        splits = None if validation is not None else head_splits(data.y, params["splits"], self.problem_type, self._seed)
        features = self._features(data, ends_at)
        self.model.look(torch.as_tensor(features, device=self._device))
        checked = None if validation is None else (self._features(validation, ends_at), validation.y)
        frozen = head_fit(self.model, features, data.y, data.weight, self.problem_type, checked, splits)
        self._out_of_fold: npt.NDArray[np.float64] | None = frozen.out_of_fold
        layers = self._affordable(params, seconds, len(splits or []), ends_at)
        self.params_trained["tuned_layers"] = 0
        if layers and self._tuned(params, data, validation, splits, frozen, layers, ends_at):
            self.params_trained["tuned_layers"] = layers
        self.model.eval()

    def _probe(self, data: EncoderRows) -> float:
        """Seconds to read all rows of `data` once, by the speed of a few."""
        sample = data.texts[:: max(1, len(data.texts) // SAMPLE)][:SAMPLE]
        lengths = [len(ids) for ids in self._reader.ids(sample)]
        self._reader.pooled(self.model, sample[:2], self._device)
        started = time.monotonic()
        self._reader.pooled(self.model, sample[2 : 2 + PROBE], self._device)
        seconds = time.monotonic() - started
        return seconds / max(1, sum(lengths[2 : 2 + PROBE])) * float(np.mean(lengths)) * len(data.texts)

    def _affordable(self, params: dict[str, Any], seconds: float, folds: int, ends_at: float) -> int:
        """How many blocks can be fine-tuned in the time: all, half, two or none."""
        wanted, most = params["tuned_layers"], len(self.model.layers())
        if wanted != "auto":
            return int(min(wanted, most))
        passes = int(params["max_epochs"]) * (max(0, folds - 1) + 1)
        left = TIME_SHARE * (ends_at - time.monotonic())
        for layers in sorted({most, most // 2, min(2, most)} - {0}, reverse=True):
            if passes * seconds * (1 + TRAINING_COST * layers / most) < left:
                return layers
        return 0

    def _tuned(
        self,
        params: dict[str, Any],
        data: EncoderRows,
        validation: EncoderRows | None,
        splits: Any,
        frozen: Fitted,
        layers: int,
        ends_at: float,
    ) -> bool:
        """Fine-tune from the head that was solved; False, and nothing has changed, when that predicts no better.

        With `splits` one fine-tuning for each comes before the last, on all rows: its out-of-fold predictions decide.
        """
        start = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}
        if splits is None:
            self.params_trained["max_epochs"] = self._tune(params, data, validation, layers, ends_at)
            return int(self.params_trained["max_epochs"]) > 0
        found, epochs = np.zeros_like(frozen.out_of_fold), []
        began = time.monotonic()
        for at, (train_rows, test_rows) in enumerate(splits):
            left = (ends_at - began) * (at + 1) / (len(splits) + 1)
            part, test = data.part(train_rows), data.part(test_rows)
            head_put(self.model, self._features(part), part.y, part.weight, self.problem_type, frozen.strength)
            epochs.append(self._tune(params, part, test, layers, began + left))
            found[test_rows] = self._target.predictions(self._scores(test))
            self.model.load_state_dict(start)
            self._reader.forget()
        wanted = round(float(np.mean(epochs)))
        if not wanted or head_loss(found, data.y, self.problem_type) >= frozen.loss:
            return False
        self._out_of_fold = found
        self.params_trained["max_epochs"] = self._tune({**params, "max_epochs": wanted}, data, None, layers, ends_at)
        return True

    def _tune(self, params: dict[str, Any], data: EncoderRows, validation: EncoderRows | None, layers: int, ends_at: float) -> int:
        import torch

        self._reader.forget()
        learning = self.model.unfreeze(layers)
        target = self._target.tensor(data.y, self._device)
        weight = None if data.weight is None else torch.as_tensor(data.weight, dtype=torch.float32, device=self._device)
        ids = self._reader.ids(data.texts)

        def forward(rows: npt.NDArray[np.int_]) -> Any:
            columns = torch.as_tensor(data.columns[rows], device=self._device)
            return self.model(*self._reader.padded([ids[row] for row in rows], self._device), columns)

        def loss(output: Any, rows: npt.NDArray[np.int_]) -> Any:
            at = torch.as_tensor(rows, device=self._device)
            return self._target.loss(output, target[at], None if weight is None else weight[at])

        def validate() -> float:
            assert validation is not None
            self._reader.forget()
            output = self._scores(validation).to(self._device)
            return float(self._target.loss(output, self._target.tensor(validation.y, self._device)))

        schedule = Schedule(
            epochs=int(params["max_epochs"]),
            patience=int(params["patience"]),
            rates=(float(params["lr"]), float(params["lr_head"])),
            weight_decay=float(params["weight_decay"]),
            batch_tokens=batch_tokens(self._device),
            seed=self._seed,
        )
        lengths = np.array([len(row) for row in ids])
        check = None if validation is None else validate
        groups = [learning, list(self.model.head.parameters())]
        epochs = train(self.model, groups, forward, loss, lengths, check, schedule, ends_at, self._device, as_it_is=True)
        self._reader.forget()
        return epochs

    def _rows(self, X: pd.DataFrame) -> list[tuple[str, ...]]:
        """The texts of each row."""
        return list(zip(*(text_of(X[name]) for name in self._texts), strict=True))

    def _features(self, data: EncoderRows, ends_at: float = math.inf) -> Floats:
        pooled = self._reader.pooled(self.model, data.texts, self._device, ends_at)
        return np.hstack([pooled, data.columns]).astype("float32")

    def _scores(self, data: EncoderRows) -> Any:
        """(rows, outputs) float32 on the processor."""
        import torch

        with torch.inference_mode():
            return self.model.scores(torch.as_tensor(self._features(data), device=self._device)).float().cpu()

    def _predict_proba(self, X: pd.DataFrame, **kwargs: Any) -> Any:
        X = self.preprocess(X, **kwargs)
        data = EncoderRows(self._rows(X), self._other.dense(X.drop(columns=self._texts)), np.zeros(0), None)
        output = self._target.predictions(self._scores(data))
        return output if self.problem_type == REGRESSION else self._convert_proba_to_unified_form(output)

    def predict_proba_oof(self, X: pd.DataFrame, y: Any = None, **kwargs: Any) -> Any:
        """What it predicted for each training row without having learned from it; asked for once, then forgotten."""
        output, self._out_of_fold = self._out_of_fold, None
        assert output is not None
        return (output if self.problem_type == REGRESSION else self._convert_proba_to_unified_form(output)).astype("float32")

    def get_device(self) -> str:
        return str(self._device)

    def _set_device(self, device: str) -> None:
        self._device = device
        self.model.to(device)

    def _more_tags(self) -> dict[str, bool]:
        return {"can_refit_full": True, "valid_oof": True}
