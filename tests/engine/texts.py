"""Small reviews whose words tell the label, in Chinese and English, with two more columns."""

from __future__ import annotations

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
