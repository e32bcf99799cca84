"""Texts to token numbers, with a vocabulary learned on the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

PAD, UNKNOWN, BREAK = "[PAD]", "[UNK]", "[SEP]"
CHARACTERS_AT_MOST = 20  # per token: of a longer text no more is looked at than fits


class Tokens:
    """Chinese characters each are a token; other words are one or several pieces (byte-pair encoding).

    `max_tokens`: of a row; the texts of all columns stand in it one after another, a break between them, and when they are
    longer each gives its beginning and its end.
    """

    def __init__(self, max_tokens: int, vocabulary: int = 8_000) -> None:
        self.max_tokens = max_tokens
        self.vocabulary = vocabulary

    def fit(self, columns: list[list[str]]) -> Tokens:
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.BertNormalizer(handle_chinese_chars=True, strip_accents=False, lowercase=True)]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.BpeTrainer(
            vocab_size=self.vocabulary, min_frequency=2, special_tokens=[PAD, UNKNOWN, BREAK], show_progress=False, limit_alphabet=6_000
        )
        tokenizer.train_from_iterator((text for texts in columns for text in texts), trainer)
        self._tokenizer = tokenizer
        return self

    @property
    def size(self) -> int:
        """Token numbers in use: 0 is padding, 1 unknown, 2 the break between columns."""
        return int(self._tokenizer.get_vocab_size())

    def rows(self, columns: list[list[str]]) -> list[npt.NDArray[np.int64]]:
        """The token numbers of each row, one or more; `columns`: the texts of every row, per column."""
        share = max(4, self.max_tokens // max(1, len(columns)) - 1)
        encoded = [self._tokenizer.encode_batch([shortened(text, share) for text in texts]) for texts in columns]
        rows = []
        for parts in zip(*encoded, strict=True):
            ids: list[int] = []
            for at, part in enumerate(parts):
                ids += [2] * bool(at) + both_ends(part.ids, share)
            rows.append(np.array(ids or [1], dtype="int64"))
        return rows


def shortened(text: str, tokens: int) -> str:
    """Beginning and end of a text that is far longer than `tokens` tokens, so that reading it costs little."""
    most = tokens * CHARACTERS_AT_MOST
    return text if len(text) <= most else text[: most // 2] + " " + text[-most // 2 :]


def both_ends(ids: list[int], most: int) -> list[int]:
    """At most `most` of them: three quarters from the beginning, the rest from the end."""
    if len(ids) <= most:
        return ids
    tail = most // 4
    return ids[: most - tail] + ids[len(ids) - tail :]


def padded(rows: list[npt.NDArray[np.int64]], least: int = 1) -> Any:
    """(rows, longest) int64 tensor, 0 where a row has ended."""
    import torch

    longest = max(least, *(len(row) for row in rows))
    out = np.zeros((len(rows), longest), dtype="int64")
    for at, row in enumerate(rows):
        out[at, : len(row)] = row
    return torch.from_numpy(out)


def batches(lengths: npt.NDArray[np.int_], tokens: int, rng: np.random.Generator | None = None) -> list[npt.NDArray[np.int_]]:
    """Row numbers in batches of similar length, each of at most `tokens` tokens with its padding, and at most 64 rows to train on.

    `rng`: for training; the rows are mixed before and the batches after. Without it every row comes once, in order of length.
    """
    if rng is None:
        order = np.argsort(lengths, kind="stable")
        most = len(order) or 1
    else:
        order = rng.permutation(len(lengths))
        pools = np.array_split(order, max(1, len(order) // 1024))
        order = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
        most = 64 if len(order) >= 1_000 else 16
    made: list[npt.NDArray[np.int_]] = []
    start = longest = 0
    for at, row in enumerate(order):
        longest = max(longest, int(lengths[row]))
        if at > start and (longest * (at + 1 - start) > tokens or at - start >= most):
            made.append(order[start:at])
            start, longest = at, int(lengths[row])
    if start < len(order):
        made.append(order[start:])
    return made if rng is None else [made[at] for at in rng.permutation(len(made))]
