"""What a column's name suggests. Regular expressions from the use cases are searched here, and only here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

ENTITY = r"(customer|client|user|person|patient|borrower|applicant|household|account|member|subject|employee|company|firm|store|shop|hospital|provider)"
ID = (
    r"^(id|uuid|guid|row[ _.-]?(id|number|no|num|names?)|index|key|record|order|pid)$",
    r"(^|[ _.-])(id|uuid|guid)$",
    rf"{ENTITY}[ _.-]?(id|no|nr|num|number|key|code)$",
)
GROUP = (rf"{ENTITY}[ _.-]?(id|no|nr|num|number|key|code)$", r"^prov(ider)?[ _.-]?(num|no|id)$")
SENSITIVE = (
    r"(^|[ _.-])(sex|gender)([ _.-]|$)",
    r"(^|[ _.-])age([ _.-](years?|group|band))?$|date[ _.-]?of[ _.-]?birth|^(dob|birth[ _.-]?(date|year))$",
    r"marital|marriage|(^|[ _.-])married([ _.-]|$)",
    r"national(ity)?$|citizen|foreign|immigra|(^|[ _.-])(race|ethnic\w*|religion|disab\w*|pregnan\w*|native[ _.-]?country)([ _.-]|$)",
    r"^(性别|年龄|民族|婚姻(状况)?|国籍|宗教)$",
)
PERSONAL = (
    r"(^|[ _.-])(e[ _.-]?mail|phone|mobile|telephone[ _.-]?(number|no)|ssn|passport|iban|card[ _.-]?number|(first|last|full|sur|family|given)[ _.-]?name|address|street)([ _.-]|$)",
    r"^(姓名|身份证(号)?|手机(号)?|电话|邮箱|地址)$",
)


def plain(name: str) -> str:
    """customerID -> customer_ID: words apart, so that one pattern serves both ways of writing."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether any pattern is found in the name, without regard to case."""
    return any(re.search(pattern, candidate, re.IGNORECASE) for pattern in patterns for candidate in (plain(name), name))


def is_value(value: str, patterns: Iterable[str]) -> bool:
    """Whether a class value is, as a whole, one of the patterns."""
    return any(re.fullmatch(pattern, value.strip(), re.IGNORECASE) for pattern in patterns)


def near(name: str, known: Sequence[str], count: int = 3) -> list[str]:
    """Known names a person who wrote ``name`` may have meant, the closest first."""
    folded = {other.strip().lower(): other for other in reversed(known)}
    return [folded[close] for close in difflib.get_close_matches(name.strip().lower(), folded, n=count, cutoff=0.6)]
