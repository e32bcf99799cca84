"""Rows of texts to the mean output of an encoder, each different row once."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import numpy.typing as npt
from autogluon.core.utils.exceptions import TimeLimitExceeded

from workers.engine.search.candidates.text_tokens import batches, shortened

REMEMBERED = 20_000  # rows whose mean output is kept while the model is in memory: explanations ask for them over and over
Floats = npt.NDArray[np.float32]
Texts = tuple[str, ...]


class EncoderRows:
    """Rows to learn from: `texts` of each, other `columns` (rows, columns), label and weight."""

    def __init__(self, texts: list[Texts], columns: Floats, y: npt.NDArray[Any], weight: Any = None) -> None:
        self.texts, self.columns, self.y = texts, columns, y
        self.weight = None if weight is None else np.asarray(weight, dtype="float64")

    def part(self, at: npt.NDArray[np.int_]) -> EncoderRows:
        weight = None if self.weight is None else self.weight[at]
        return EncoderRows([self.texts[row] for row in at], self.columns[at], self.y[at], weight)


class EncoderReader:
    """The encoder's own tokenizer, at most `max_tokens` tokens of a row, and a memory of what was read."""

    def __init__(self, tokenizer: Any, max_tokens: int) -> None:
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self._seen: dict[Texts, Floats] = {}

    def forget(self) -> None:
        """To be called when the encoder has changed."""
        self._seen = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_seen": {}}

    def ids(self, rows: list[Texts]) -> list[list[int]]:
        """Token numbers of each row, the encoder's own marks around them; several columns stand one after another."""
        if not rows:
            return []
        texts = [" . ".join(shortened(text, self.max_tokens) for text in row if text.strip()) or "." for row in rows]
        ids: list[list[int]] = self.tokenizer(texts, truncation=True, max_length=self.max_tokens)["input_ids"]
        return ids

    def padded(self, rows: list[list[int]], device: str) -> tuple[Any, Any]:
        """Ids and mask, (rows, longest) int64 each."""
        import torch

        longest = max(map(len, rows))
        ids = np.full((len(rows), longest), self.tokenizer.pad_token_id or 0, dtype="int64")
        mask = np.zeros((len(rows), longest), dtype="int64")
        for at, row in enumerate(rows):
            ids[at, : len(row)], mask[at, : len(row)] = row, 1
        return torch.as_tensor(ids, device=device), torch.as_tensor(mask, device=device)

    def pooled(self, network: Any, rows: list[Texts], device: str, ends_at: float = math.inf) -> Floats:
        """(rows, hidden size). Raises TimeLimitExceeded."""
        import torch

        network.eval()
        new = list(dict.fromkeys(row for row in rows if row not in self._seen))
        found: dict[Texts, Floats] = {row: self._seen[row] for row in rows if row in self._seen}
        ids = self.ids(new)
        with torch.inference_mode():
            for part in batches(np.array([len(row) for row in ids], dtype="int64"), batch_tokens(device)):
                if time.monotonic() > ends_at:
                    raise TimeLimitExceeded
                output = network.pooled(*self.padded([ids[at] for at in part], device)).float().cpu().numpy()
                found |= {new[at]: vector for at, vector in zip(part, output, strict=True)}
        if len(self._seen) + len(new) > REMEMBERED:
            self._seen = {}
        self._seen |= dict(list(found.items())[:REMEMBERED])
        width = int(network.encoder.config.hidden_size)
        return np.stack([found[row] for row in rows]) if rows else np.zeros((0, width), dtype="float32")


def batch_tokens(device: str) -> int:
    """Tokens of one batch with its padding."""
    return 16_384 if str(device).startswith("cuda") else 4_096
