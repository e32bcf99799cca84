"""A network that learnt on a GPU loads and predicts on a machine without one.

There is no GPU here. What stands for it is torch's `meta` device: a tensor that `set_device` does not reach would stay on the GPU,
and its pickle could not be read elsewhere.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.engine.fitting import table

pytestmark = [
    pytest.mark.fit,
    pytest.mark.filterwarnings("ignore"),  # pytabkit's libraries have many, and a search ignores them too
]
# In the order AutoGluon trains them, with the tensors that the libraries make on the processor in any case: the columns TabM leaves
# out, and RealMLP's sizes of categories and best validation errors.
STAY = {"TabM": 1, "RealMLP": 3, "FTTransformer": 0}
NETWORKS: dict[str, dict[str, Any]] = {
    "FT_TRANSFORMER_SCRATCH": {"max_epochs": 1},
    "NN_TORCH": {"num_epochs": 1},
    "TABM": {"n_epochs": 1},
    "REALMLP": {"n_epochs": 1},
}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, pd.DataFrame]:
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register

    register()
    frame = table(150).drop(columns=["row id", "since"])
    predictor = TabularPredictor("outcome", path=str(tmp_path_factory.mktemp("networks")), verbosity=0)
    predictor.fit(frame, hyperparameters=NETWORKS, num_cpus=1, num_gpus=0, time_limit=90, fit_weighted_ensemble=False)
    assert len(predictor.model_names()) == len(NETWORKS)
    return predictor, frame


def tensors(model: Any) -> list[Any]:
    """Every tensor that the model's pickle would hold."""
    import torch

    found: list[Any] = []

    class Finder(pickle.Pickler):
        def persistent_id(self, value: Any) -> Any:
            if isinstance(value, torch.Tensor):
                found.append(value)
                return len(found)
            return None

    Finder(io.BytesIO()).dump(model)
    return found


@pytest.mark.parametrize(("name", "stay"), STAY.items())
def test_every_tensor_of_the_pickle_goes_where_the_model_goes(fitted: tuple[Any, pd.DataFrame], name: str, stay: int) -> None:
    predictor, _frame = fitted
    model = predictor._trainer.load_model(name)
    model.set_device("meta")
    where = [tensor.device.type for tensor in tensors(model)]
    assert where.count("cpu") == stay and where.count("meta") == len(where) - stay > 10


@pytest.mark.parametrize("name", [*STAY, "NeuralNetTorch"])
def test_a_model_of_a_gpu_is_loaded_on_the_processor_with_equal_answers(
    fitted: tuple[Any, pd.DataFrame], name: str, tmp_path: Path
) -> None:
    predictor, frame = fitted
    model = predictor._trainer.load_model(name)
    rows = predictor.transform_features(frame.drop(columns="outcome"), model=model.name)
    before = model.predict_proba(rows)
    model.device_train = "cuda"
    model.save(path=str(tmp_path / "model"))
    again = type(model).load(path=str(tmp_path / "model"))
    assert str(again.device) == "cpu" and {tensor.device.type for tensor in tensors(again)} == {"cpu"}
    np.testing.assert_array_equal(again.predict_proba(rows), before)
