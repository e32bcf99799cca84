"""Small reviews whose words tell the label, in Chinese and English, with two more columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

GOOD = {"zh": ["好吃", "很快", "味道不错", "热情"], "en": ["tasty", "quick", "lovely", "friendly staff"]}
BAD = {"zh": ["难吃", "太慢", "凉了", "态度差"], "en": ["awful", "slow", "cold", "rude staff"]}
PLAIN = {
    "zh": ["外卖", "米饭", "今天", "送来", "一份", "中午", "老板", "包装"],
    "en": ["food", "rice", "today", "came", "one", "noon", "owner", "box"],
}


def reviews(language: str, rows: int, seed: int = 0) -> pd.DataFrame:
    """c1: the text; c2: a number that helps a little; c3: a category that does not; label: "good" or "bad"."""
    rng = np.random.default_rng(seed)
    good = rng.random(rows) < 0.6
    between = "" if language == "zh" else " "
    texts = []
    for is_good in good:
        telling = list(rng.choice((GOOD if is_good else BAD)[language], 2, replace=False))
        if rng.random() < 0.1:  # some say something else, too
            telling.append(str(rng.choice((BAD if is_good else GOOD)[language])))
        words = [*telling, *rng.choice(PLAIN[language], 4, replace=False)]
        rng.shuffle(words)
        texts.append(between.join(words) + ("。" if language == "zh" else "."))
    return pd.DataFrame(
        {
            "c1": texts,
            "c2": good * 0.5 + rng.normal(size=rows),
            "c3": rng.choice(["a", "b", "c"], rows),
            "label": np.where(good, "good", "bad"),
        }
    )


def chinese(rows: int, seed: int = 0) -> pd.DataFrame:
    return reviews("zh", rows, seed)


def english(rows: int, seed: int = 0) -> pd.DataFrame:
    return reviews("en", rows, seed)


def tiny_bert(folder: Path) -> Path:
    """A BERT of two small blocks with a WordPiece vocabulary of Chinese characters, in Hugging Face's layout."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    folder.mkdir(parents=True)
    letters = sorted({letter for part in (GOOD, BAD, PLAIN) for word in part["zh"] for letter in word} | {"。"})
    vocabulary = {token: at for at, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters])}
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)  # type: ignore[no-untyped-call]
    BertTokenizer(vocab=vocabulary).save_pretrained(folder)
    return folder
