"""What kind of writing a column of text holds: whether its words stand apart by spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

SAMPLE = 2_000
LETTERS_AT_MOST = 400  # of one text
# Kana, Chinese characters (with extensions), Thai, Lao, Burmese, Khmer.
SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003134f]")
SPACELESS_SHARE = 0.3


def normal(text: str) -> str:
    """One spelling for full-width and half-width, large and small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def is_spaceless(texts: Iterable[str]) -> bool:
    """Whether most of the writing has no spaces between words, as Chinese, Japanese and Thai; judged by the first texts."""
    letters = spaceless = 0
    for text in islice(texts, SAMPLE):
        letters += sum(character.isalpha() for character in text[:LETTERS_AT_MOST])
        spaceless += len(SPACELESS.findall(text[:LETTERS_AT_MOST]))
    return spaceless > SPACELESS_SHARE * max(1, letters)
