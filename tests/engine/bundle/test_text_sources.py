"""A bundle carries the code and names the packages of the text models it holds, and of no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.engine.bundle.requirements import imported_modules
from workers.engine.bundle.sources import copy_sources

CANDIDATES = "workers.engine.search.candidates."
HEAVY = {"torch", "transformers", "tokenizers"}


@pytest.mark.parametrize(
    ("model", "carried", "packages"),
    [
        ("text_ngram", {"text_ngram.py", "text_heads.py", "text_vectors.py", "text_script.py"}, set()),
        ("text_transformer", {"text_transformer.py", "text_network.py", "text_tokens.py"}, {"torch", "tokenizers"}),
        ("text_encoder", {"text_encoder.py", "text_encoder_reader.py"}, {"torch", "tokenizers", "transformers"}),
    ],
)
def test_each_text_model_brings_its_own(model: str, carried: set[str], packages: set[str], tmp_path: Path) -> None:
    copy_sources({CANDIDATES + model, "workers.engine.search.text_features"}, {"workers": tmp_path, "domains": tmp_path})
    names = {path.name for path in tmp_path.rglob("*.py")}
    assert carried <= names
    assert {name for name in names if name in ("text_ngram.py", "text_transformer.py", "text_encoder.py", "ft_transformer.py")} == {
        f"{model}.py"
    }
    assert {name.split(".")[0] for name in imported_modules(tmp_path)} & HEAVY == packages
