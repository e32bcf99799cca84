"""What stands with the numbers of a column: signs and units, known ones only, so that 12A and 3rd stay codes; and what stands for none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from workers.engine.bundle.runtime.numerals import SCALES

_CURRENCIES = """
$ € £ ¥ ₹ ₽ ₩ ₺ ₪ ₫ ₴ ₱ ₦ ฿ ￥ ＄ ￡ 元 円 원 圆 US$ R$ A$ C$ HK$ NT$ S$ zł kr Kč Ft Rs Rs. 人民币 美元 欧元
USD EUR GBP JPY CNY RMB CHF INR AUD CAD NZD HKD SGD TWD KRW SEK NOK DKK PLN CZK HUF RUB TRY BRL MXN ZAR THB ILS AED SAR
"""
_UNITS = """
kg g mg µg ug lb lbs oz km m cm mm µm nm mi mile miles ft yd ha acres m² m2 m³ ft² sqft sqm ㎡
s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days week weeks month months yr yrs year years ms
°C °F ℃ ℉ l L ml mL dl gal W kW MW kWh MWh V A Hz kHz MHz GHz B KB kB MB GB TB bp bps pp mph km/h m/s rpm hp
mg/dL mg/dl mmol/L g/dL g/L µmol/L U/L IU/L IU mmHg bpm kcal kJ hPa Pa bar psi
岁 年 个月 月 天 小时 分钟 秒 公斤 千克 克 公里 米 厘米 毫米 平方米 平米
"""
CURRENCIES = frozenset(_CURRENCIES.split())
SHARES = frozenset("%％‰")
UNITS = frozenset(_UNITS.split())
# Missing among numbers and dates; in a column of words they are words.
_PLACEHOLDERS = """
- -- --- . .. ... … * / \\ – — —— # na n.a. N.A. (null) (blank) blank missing Missing MISSING unknown Unknown UNKNOWN
not_available Not_available Not_Available not_known k.A. k._A. unbekannt inconnu s/d N/D n/d 缺失 无 未知 不详 暂无 空
"""
PLACEHOLDERS = tuple(word.replace("_", " ") for word in _PLACEHOLDERS.split())
_PLURALS = {"second": "seconds", "minute": "minutes", "hour": "hours", "week": "weeks", "month": "months", "year": "years", "mile": "miles"}
_PLURALS |= {"lb": "lbs", "sec": "secs", "min": "mins", "hr": "hrs", "yr": "yrs", "day": "days"}
_ALL = "|".join(re.escape(sign) for sign in sorted(CURRENCIES | SHARES | UNITS, key=len, reverse=True))
_BEFORE = re.compile(rf"[+\-−(]*\s*({_ALL})\s*[+\-−(]*[\d.,]")
_SCALED = re.compile(rf"(\d[\d.,]*)\s?({'|'.join(SCALES)})(?:\s?(?:{_ALL}))?\)?$")
_BEHIND = re.compile(rf"[\d.,](?:\s?(?:{'|'.join(SCALES)}))??(\s*)({_ALL})\)?-?$")


def sign_of(cells: Sequence[str]) -> str | None:
    """The one sign or unit that stands in at least half of the cells with digits, as it is to be stripped; None when there is none."""
    cells = [cell for cell in cells if re.search(r"\d", cell)]
    found = Counter(sign for cell in cells if (sign := _sign(cell)))
    if not found:
        return None
    for one, many in _PLURALS.items():
        if found[one] and found[many]:
            found[many] += found.pop(one)
    sign, count = found.most_common(1)[0]
    return sign if count >= 0.5 * len(cells) else None


def is_scaled(cells: Sequence[str]) -> bool:
    """Whether the cells are amounts such as 12.3M and 950K: letters alone, as in 5M and 6M, may as well name sizes."""
    letters = [found for cell in cells if (found := _SCALED.search(cell))]
    several = len({found[2] for found in letters}) > 1 or any("." in found[1] or "," in found[1] for found in letters)
    return several and len(letters) >= 0.5 * len(cells)


def is_unit(sign: str) -> bool:
    """A unit of measure rather than a currency or a share."""
    return sign in UNITS


def _sign(cell: str) -> str | None:
    before = _BEFORE.match(cell)
    if before and not is_unit(before[1]):
        return before[1]
    behind = _BEHIND.search(cell[-20:])
    if behind is None or (re.fullmatch("[A-Za-z]", behind[2]) and not behind[1]):  # 12m is a code as often as a length
        return None
    return behind[2]
