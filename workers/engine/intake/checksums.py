"""The check digits of identifiers that can belong to a person.

Our own, because each is a few lines: python-stdnum knows hundreds more but is LGPL, and phonenumbers brings megabytes of
metadata to parse numbers whose country we would have to guess.
"""

from __future__ import annotations

import re
from datetime import date

THIS_YEAR = date.today().year
CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CN_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
CARD = re.compile(r"3[47]\d{13}|4\d{12}(\d{3})?(\d{3})?|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|6(011|4[4-9]\d|5\d\d)\d{12,15}|35(2[89]|[3-8]\d)\d{12}|62\d{14,17}|3(0[0-5]|[68]\d)\d{11}|(2131|1800)\d{11}|(5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}")  # fmt: skip
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 24, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "KW": 30,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "QA": 29, "RO": 24,
    "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
_D = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")  # fmt: skip
_P = ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258")


def digits(cell: str) -> str:
    """The digits alone."""
    return re.sub(r"\D", "", cell)


def luhn(number: str) -> bool:
    """Payment cards and much else: every second digit from the right doubled."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def card(cell: str) -> bool:
    """A payment card: the first digits of an issuer, its length, and Luhn."""
    number = digits(cell)
    return CARD.fullmatch(number) is not None and luhn(number)


def iban(cell: str) -> bool:
    """A bank account of a country whose length is known: 1 modulo 97."""
    text = cell.replace(" ", "").upper()
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def day(year: int, month: int, day_of_month: int) -> bool:
    """Whether somebody alive or dead for no more than a few decades can be born on it."""
    try:
        date(year, month, day_of_month)
    except ValueError:
        return False
    return 1880 <= year <= THIS_YEAR


def resident_id(cell: str) -> bool:
    """Chinese resident identity: 18 digits with province, day of birth and check digit, or the 15 digits of before 1999."""
    text = cell.upper()
    if int(text[:2]) not in CN_PROVINCES:
        return False
    if len(text) == 15:
        return day(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    check = "10X98765432"[sum(int(d) * w for d, w in zip(text[:17], CN_WEIGHTS, strict=True)) % 11]
    return text[17] == check and day(int(text[6:10]), int(text[10:12]), int(text[12:14]))


def ssn(cell: str) -> bool:
    """US social security: no check digit, but areas and groups that are never given out."""
    number = digits(cell)
    return number[:3] not in ("000", "666") and number[0] != "9" and number[3:5] != "00" and number[5:] != "0000"


def nhs(cell: str) -> bool:
    """UK health service number: ten digits, the last modulo 11."""
    number = digits(cell)
    check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(number[:9])) % 11
    return number[9] == {11: "0", 10: ""}.get(check, str(check)) and len(set(number)) > 1


def nir(cell: str) -> bool:
    """French social security: sex, year, month, place and order, with the key 97 minus the rest."""
    text = re.sub(r"[ .]", "", cell).upper().replace("2A", "19", 1).replace("2B", "18", 1)
    return text.isdigit() and len(text) == 15 and 97 - int(text[:13]) % 97 == int(text[13:])


def steuer_id(cell: str) -> bool:
    """German tax identity: of the first ten digits one occurs two or three times, and ISO 7064 MOD 11,10 holds."""
    number = digits(cell)
    counts = sorted(number[:10].count(d) for d in set(number[:10]))
    if number[0] == "0" or counts[-1] not in (2, 3) or (len(counts) > 1 and counts[-2] != 1 and counts[-1] == 3):
        return False
    product = 10
    for digit in number[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10])


def verhoeff(cell: str) -> bool:
    """Indian Aadhaar."""
    check = 0
    for place, digit in enumerate(reversed(digits(cell))):
        check = int(_D[check][int(_P[place % 8][int(digit)])])
    return check == 0


def ip(cell: str) -> bool:
    """An address of the internet, either version."""
    from ipaddress import ip_address

    try:
        ip_address(cell)
    except ValueError:
        return False
    return True
