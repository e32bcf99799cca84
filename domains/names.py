"""What a column's name suggests. Regular expressions from the use cases are searched here, and only here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

ENTITY = r"(customer|client|user|person|patient|borrower|applicant|household|account|member|subject|employee|company|firm|store|shop|hospital|provider)"
ID = (
    r"^(id|uuid|guid|row[ _.-]?(id|number|no|num|names?)|index|key|record|order|pid)$",
    r"(^|[ _.-])(id|uuid|guid)$",
    rf"{ENTITY}[ _.-]?(id|no|nr|nbr|num|number|key|code)$",
)
GROUP = (rf"{ENTITY}[ _.-]?(id|no|nr|nbr|num|number|key|code)$", r"^prov(ider)?[ _.-]?(num|no|id)$")
SENSITIVE = (
    r"(^|[ _.-])(sex|gender)([ _.-]|$)",
    r"(^|[ _.-])age([ _.-](years?|group|band))?$|date[ _.-]?of[ _.-]?birth|^(dob|birth[ _.-]?(date|year))$",
    r"marital|marriage|(^|[ _.-])married([ _.-]|$)",
    r"national(ity)?$|citizen|foreign|immigra|(^|[ _.-])(race|ethnic\w*|religion|disab\w*|pregnan\w*|native[ _.-]?country)([ _.-]|$)",
    r"^(性别|年龄|民族|婚姻(状况)?|国籍|宗教)$",
)
# What is known only with the outcome, in any field: the outcome itself, its date and reason, and what was made of it.
OUTCOME = (
    r"(^|[ _.-])(outcome|result|actual|target|label|ground[ _.-]?truth|final[ _.-]?(status|grade|price|result|diagnosis|amount))([ _.-]|$)",
    r"(^|[ _.-])(cancel(l?ed|l?ation)?|churn(ed)?|clos(ed|ing|ure)|terminat(ed|ion)|discharged?|death|died|deceased|default(ed)?|charge[ _.-]?off|write[ _.-]?off|recovery?|settle(d|ment)|resolution|resolved|refund(ed)?|chargeback|complet(ed|ion))([ _.-]?(date|day|time|at|on|reason|code|type|flag|amount))?$",
    r"(^|[ _.-])(pred|prediction|predicted|y[ _.-]?hat|posterior|propensity|proba?|probability|model[ _.-]?score)([ _.-]|$)",
    r"(^|[ _.-])((call|talk|handling|contact)[ _.-]?)?duration$",
    r"结果|实际|预测|注销|死亡|出院",
)
FATE = (
    r"^(died|dead|death|deceased|mortality|disposition|discharge[ _.-]?(date|disposition|status)|(death|cancel\w*|churn|default|closing|termination)[ _.-]?(date|reason|time|at|on|flag|event))$",
    r"^(死亡|出院|注销)",
)
EARLIER = (
    r"(^|[ _.-])(prev(ious)?|prior|last|lag(ged)?|past|before|earlier|yesterday|hist(ory|orical)?|baseline|initial|first|t[ _.-]?minus)([ _.-]?\d*)([ _.-]|$)",
    r"_l(ag)?\d+$",
    r"上[月年期次]|历史",
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


def resembles(name: str, label: str) -> bool:
    """Whether a name is the label's with something before or after it, such as label_encoded, log_price or target2."""
    words = [[part for part in re.split(r"[^a-z0-9\u0080-\uffff]+", plain(text).lower()) if part] for text in (name, label)]
    column, wanted = ("".join(parts) for parts in words)
    if len(wanted) < 3:
        return len(words[0]) > 1 and bool(wanted) and wanted in words[0]
    if re.sub(r"\d+$", "", column) == re.sub(r"\d+$", "", wanted):
        return True
    together = "_".join(words[0])
    return re.search(rf"(^|_){re.escape('_'.join(words[1]))}s?\d*(_|$)", together) is not None or (
        len(wanted) >= 5 and difflib.SequenceMatcher(None, column, wanted).ratio() >= 0.9
    )


def spellings(words: Mapping[str, int]) -> dict[str, str]:
    """Each spelling that gives way -> the most frequent one that differs only in case and spaces. ``words``: word -> count."""
    alike: dict[str, list[str]] = {}
    for word in words:
        alike.setdefault(" ".join(word.casefold().split()), []).append(word)
    same = {}
    for group in alike.values():
        best = max(group, key=lambda word: words[word])
        same.update({word: best for word in group if word != best})
    return same
