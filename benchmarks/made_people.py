"""Made-up personal data and harmless look-alikes, one writer per way of writing. Nobody real."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from workers.engine.intake import checksums

Writer = Callable[[random.Random], str]
FIRST = "Anna John Maria Wei Ahmed Lucas Sophie Elena Pierre Hans Priya Carlos Emma Noah Olivia Peter Laura Ivan Yuki Paula Zoltan Brunhilde Kwame Oisin".split()  # fmt: skip  # noqa: SIM905
LAST = "Smith Müller Garcia Rossi Dupont Chen Patel Novak O'Brien Johnson Lee-Wong Schmidt Kowalski Tanaka Silva Okafor Haddad Jensen Popescu Nagy".split()  # fmt: skip  # noqa: SIM905
HAN_LAST, HAN_FIRST = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲建国志鹏"


def figures(rng: random.Random, count: int, first: str = string.digits) -> str:
    return rng.choice(first) + "".join(rng.choices(string.digits, k=count - 1))


def letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase, k=count))


def pattern(form: str) -> Writer:
    """# any digit, 9 a digit from 2 to 9, A a capital; the rest as it is."""

    def write(rng: random.Random) -> str:
        return "".join(
            rng.choice(string.digits) if c == "#" else rng.choice("23456789") if c == "9" else rng.choice(string.ascii_uppercase) if c == "A" else c
            for c in form
        )  # fmt: skip

    return write


def luhn(start: str, length: int, mark: str = "") -> Writer:
    def write(rng: random.Random) -> str:
        body = start + "".join(rng.choices(string.digits, k=length - len(start) - 1))
        number = next(body + d for d in string.digits if checksums.luhn(body + d))
        if not mark:
            return number
        cuts = (4, 10) if length == 15 else (4, 8, 12)
        parts = [number[a:b] for a, b in zip((0, *cuts), (*cuts, length), strict=True)]
        return mark.join(parts)

    return write


def checked(form: str, valid: Callable[[str], bool], last: int = 1) -> Writer:
    """A pattern drawn until its check digits are right."""

    def write(rng: random.Random) -> str:
        while True:
            cell = pattern(form)(rng)
            if valid(cell):
                return cell

    return write


def born(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(1940, 2008), rng.randint(1, 12), rng.randint(1, 28)


def resident(rng: random.Random) -> str:
    year, month, day = born(rng)
    body = f"{rng.choice(['110101', '310115', '440305', '510104', '330106', '420111'])}{year}{month:02d}{day:02d}{figures(rng, 3)}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, checksums.CN_WEIGHTS, strict=True)) % 11]


def resident_old(rng: random.Random) -> str:
    year, month, day = born(rng)
    return f"{rng.choice(['110101', '310115', '440305'])}{year % 100:02d}{month:02d}{day:02d}{figures(rng, 3)}"


def iban(country: str, form: str, spaced: bool = False) -> Writer:
    def write(rng: random.Random) -> str:
        body = pattern(form)(rng)
        rest = int("".join(str(int(c, 36)) for c in f"{body}{country}00")) % 97
        text = f"{country}{98 - rest:02d}{body}"
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if spaced else text

    return write


def nir(mark: str) -> Writer:
    def write(rng: random.Random) -> str:
        year, month, _ = born(rng)
        parts = [rng.choice("12"), f"{year % 100:02d}", f"{month:02d}", f"{rng.randint(1, 95):02d}", figures(rng, 3), figures(rng, 3)]
        return mark.join([*parts, f"{97 - int(''.join(parts)) % 97:02d}"])

    return write


def person(form: str) -> Writer:
    return lambda rng: form.format(f=rng.choice(FIRST), m=rng.choice(FIRST), l=rng.choice(LAST), i=rng.choice(string.ascii_uppercase))


def han(rng: random.Random) -> str:
    return rng.choice(HAN_LAST) + "".join(rng.choices(HAN_FIRST, k=rng.choice([1, 2, 2])))


def email(rng: random.Random) -> str:
    mark, host = rng.choice([".", "_", "", "+"]), rng.choice(["example.com", "mail.example.org", "qq.example.cn", "firma.de", "uni.ac.uk"])
    return f"{rng.choice(FIRST)}{mark}{rng.choice(LAST).replace(chr(252), 'ue')}{rng.randint(1, 999)}@{host}".lower()


def address(rng: random.Random) -> str:
    street = rng.choice(["Oak", "Main", "High", "Station", "Victoria", "Elm", "Maple"])
    return f"{rng.randint(1, 9999)} {street} {rng.choice(['Street', 'Ave', 'Road', 'Blvd', 'Ln', 'Drive'])}{rng.choice(['', ', Apt 4', ' Springfield'])}"


def han_address(rng: random.Random) -> str:
    return f"{rng.choice(['北京市朝阳区', '上海市浦东新区', '广东省深圳市南山区'])}{rng.choice(['建国路', '世纪大道', '科技园路'])}{rng.randint(1, 999)}号"


def text(inside: Writer) -> Writer:
    words = "please call about the order that arrived late and was broken again thanks for help with it we tried twice".split()  # noqa: SIM905
    return lambda rng: (
        " ".join(rng.choices(words, k=12)) + (f" {inside(rng)} " if rng.random() < 0.1 else " ") + " ".join(rng.choices(words, k=4))
    )


def mac(mark: str) -> Writer:
    return lambda rng: mark.join(f"{rng.randrange(256):02x}" for _ in range(6))


def ip(rng: random.Random) -> str:
    return ".".join(str(rng.randrange(1, 255)) for _ in range(4))


def ip6(rng: random.Random) -> str:
    return ":".join(f"{rng.randrange(65536):x}" for _ in range(8))


def date(form: str) -> Writer:
    def write(rng: random.Random) -> str:
        year, month, day = born(rng)
        return form.format(y=year, m=month, d=day)

    return write


NEUTRAL = ("col_7", "value", "field3")
PHONES = [
    "+1 9## 9##-####", "+44 7### ######", "+861##########".replace("1####", "138##", 1), "+49 151 ########", "+33 6 ## ## ## ##", "+91 98### #####", "+55 11 9####-####",
    "(9##) 9##-####", "9##-9##-####", "9##.9##.####", "1-9##-9##-####", "020 #### ####", "0161 ### ####", "07### ######", "06 ## ## ## ##", "06.##.##.##.##",
    "030 #######".replace(" ", "/"), "0151-########", "03-####-####", "04## ### ###", "010-########", "0755-########", "8#### #####", "001-9##-9##-####x###", "(9##)9##-####", "+442079460###", "00 44 20 #### ####",
]  # fmt: skip


def mobile(rng: random.Random) -> str:
    return rng.choice(["138", "139", "150", "158", "186", "177", "135", "199", "131"]) + figures(rng, 8)


KINDS: dict[str, tuple[list[Writer], tuple[str, ...]]] = {
    "email": ([email], ("email", "Contact", *NEUTRAL)),
    "phone": ([mobile, lambda r: f"{mobile(r)[:3]} {figures(r, 4)} {figures(r, 4)}", *map(pattern, PHONES)], ("phone", "手机号", "mobile_no", *NEUTRAL)),
    "card": ([luhn("4", 16), luhn("4", 16, " "), luhn("53", 16, "-"), luhn("37", 15), luhn("37", 15, " "), luhn("6011", 16), luhn("62", 16), luhn("62", 19), luhn("2221", 16), luhn("3566", 16), luhn("5018", 12), luhn("304", 14)], ("card_number", "卡号", *NEUTRAL)),
    "iban": ([iban("DE", "#" * 18), iban("DE", "#" * 18, True), iban("GB", "AAAA" + "#" * 14), iban("FR", "#" * 23, True), iban("NL", "AAAA" + "#" * 10), iban("ES", "#" * 20)], ("iban", "account", *NEUTRAL)),
    "resident_id": ([resident, resident_old], ("身份证号", "id_card", "cert_no", *NEUTRAL)),
    "ssn": ([checked("###-##-####", checksums.ssn)], ("ssn", *NEUTRAL)),
    "any ssn without marks": ([checked("1########", checksums.ssn)], ("ssn", "social_security_number")),
    "national_insurance": ([lambda r: f"{r.choice('ABCEGHJ')}{r.choice('ABCEGHJK')}{figures(r, 6)}{r.choice('ABCD')}", lambda r: f"{r.choice('SPRTW')}{r.choice('ABCEG')} {figures(r, 2)} {figures(r, 2)} {figures(r, 2)} {r.choice('ABCD')}"], ("ni_number", *NEUTRAL)),
    "nhs_number": ([checked("9## ### ####", checksums.nhs), checked("9#########", checksums.nhs), checked("9##-###-####", checksums.nhs)], ("nhs_number", *NEUTRAL)),
    "french_nir": ([nir(""), nir(" ")], ("nir", "num_secu", *NEUTRAL)),
    "tax_id": ([checked("9##########", checksums.steuer_id), checked("9# ### ### ###", checksums.steuer_id)], ("steuer_id", *NEUTRAL)),
    "aadhaar": ([checked("9###########", checksums.verhoeff), checked("9### #### ####", checksums.verhoeff)], ("aadhaar", *NEUTRAL)),
    "pan": ([lambda r: f"{letters(r, 3)}P{letters(r, 1)}{figures(r, 4)}{letters(r, 1)}"], ("pan", *NEUTRAL)),
    "ip_address": ([ip, ip6], ("ip", "client_ip", *NEUTRAL)),
    "mac_address": ([mac(":"), mac("-")], ("mac", *NEUTRAL)),
    "passport": ([pattern("A########"), pattern("#########"), pattern("AA#######")], ("passport_no", "护照号", "Passport")),
    "medical_record": ([pattern("########"), pattern("MRN-######"), pattern("H#####")], ("mrn", "病历号", "medical_record_number", "MRN")),
    "plate": ([lambda r: f"{r.choice('京沪粤苏浙')}{letters(r, 1)}{figures(r, 5)}"], ("车牌号", *NEUTRAL)),
    "any plate by name": ([pattern("AB## AAA"), pattern("AAA-####")], ("license_plate", "number_plate", "vehicle_registration")),
    "person_name": ([person("{f} {l}"), person("{l}, {f}"), person("{f} {i}. {l}"), person("{l}, Mr. {f} {m}"), person("{f} {m} {l}"), han], ("name", "customer_name", "full_name", "姓名", "PatientName")),
    "any part of a name": ([person("{f}"), person("{l}")], ("first_name", "last_name", "surname", "FirstName")),
    "address": ([address, han_address], ("address", "home_address", "住址", "street_address", "value")),
    "any of several": ([lambda r: r.choice([email, mobile, pattern("+44 7### ######")])(r)], ("contact", *NEUTRAL)),
    "birth_date": ([date("{y}-{m:02d}-{d:02d}"), date("{d:02d}/{m:02d}/{y}"), date("{y}{m:02d}{d:02d}")], ("dob", "birth_date", "出生日期", "DateOfBirth")),
    "postcode": ([pattern("#####"), pattern("AB# #AA"), pattern("######")], ("zip_code", "postcode", "邮编")),
    "location": ([lambda r: f"{r.uniform(-60, 60):.6f}"], ("latitude", "lon", "home_lat", "pickup_longitude", "经度")),
    "in_text": ([text(email), text(pattern("+44 7### ######")), text(pattern("(9##) 9##-####")), text(luhn("4", 16, " "))], ("comment", "note")),
}  # fmt: skip


def after(start: int, step: int = 7) -> Writer:
    """Numbers given out one after the other."""
    return lambda rng: str(start + rng.randrange(400) * step)


HARMLESS: list[tuple[str, Writer]] = [
    ("order_id", after(13_800_000_001)), ("order_no", after(4_111_111_111_111_111, 1)), ("invoice", lambda r: figures(r, 16, "123456789")),
    ("transaction", lambda r: figures(r, 10, "123456789")), ("ref", lambda r: figures(r, 11, "123456789")), ("ref12", lambda r: figures(r, 12, "123456789")),
    ("sku", pattern("AB-####-A")), ("sku2", pattern("AAA####")), ("ean", lambda r: figures(r, 13, "4")), ("isbn", pattern("978-#-##-######-#")), ("lot", pattern("L######A")),
    ("part_no", pattern("###-####-##")), ("code", pattern("AA######A")), ("tariff", pattern("####.##.##")), ("icd", pattern("A##.#")), ("swift", pattern("AAAADE##")),
    ("amount", lambda r: f"{r.lognormvariate(5, 2):.2f}"), ("price", lambda r: f"{r.randint(1, 9)},{r.randint(0, 999):03d}.{r.randint(0, 99):02d}"), ("balance", lambda r: str(r.randint(-10**9, 10**9))),
    ("income", lambda r: str(r.randint(10_000, 250_000))), ("measure", lambda r: repr(r.gauss(0, 1))), ("tiny", lambda r: f"{r.random():.3e}"), ("delta", lambda r: f"{r.randint(-99, 99):+d}"),
    ("date", date("{y}-{m:02d}-{d:02d}")), ("visit_date", date("{d:02d}/{m:02d}/{y}")), ("day", date("{y}{m:02d}{d:02d}")), ("timestamp", lambda r: str(r.randint(1_300_000_000, 1_700_000_000))),
    ("ts_ms", lambda r: str(r.randint(1_300_000_000_000, 1_700_000_000_000))), ("stamp", date("{y}-{m:02d}-{d:02d}T10:{m:02d}:00Z")), ("period", pattern("20##-Q1")), ("time", lambda r: f"{r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"),
    ("version", lambda r: ".".join(str(r.randrange(12)) for _ in range(4))), ("build", lambda r: f"{r.randrange(9)}.{r.randrange(20)}.{r.randrange(2000)}"), ("uuid", lambda r: f"{r.getrandbits(128):032x}"), ("hash", lambda r: f"{r.getrandbits(64):016x}"),
    ("sensor_x", lambda r: f"{r.uniform(-90, 90):.5f}"), ("sensor_latitude", lambda r: f"{r.uniform(-60, 60):.5f}"), ("station_lat", lambda r: f"{r.uniform(-60, 60):.5f}"),
    ("product_name", lambda r: f"{r.choice(['Blue', 'Red', 'Soft', 'Garden'])} {r.choice(['Chair', 'Lamp', 'Towel', 'Shirt'])} {r.choice(string.ascii_uppercase)}"), ("name", lambda r: f"{r.choice(['chevrolet', 'ford', 'toyota', 'volvo'])} {r.choice(['malibu', 'pinto', 'corolla'])} {r.choice(string.ascii_lowercase)}"),
    ("city", lambda r: f"{r.choice(['North', 'South', 'New', 'Old'])} {r.choice(['Berlin', 'London', 'York', 'Hampton', 'Field'])}{r.choice(string.ascii_lowercase)}"), ("store_address", address), ("company_name", lambda r: f"{r.choice(LAST)} Ltd {letters(r, 1)}"),
    ("job", lambda r: f"{r.choice(['senior', 'junior', 'lead'])} {r.choice(['nurse', 'driver', 'engineer', 'clerk'])} {r.choice(string.ascii_lowercase)}"), ("PhoneService", lambda r: r.choice(["Yes", "No", "No phone service"])), ("email_count", lambda r: str(r.randrange(60))),
    ("phone_calls", lambda r: str(r.randrange(500))), ("card_type", lambda r: r.choice(["visa", "amex", "maestro", "none", "other", "jcb"])), ("address_changes", lambda r: str(r.randrange(30))), ("account_balance", lambda r: f"{r.uniform(0, 1e6):.2f}"), ("card_age_days", lambda r: str(r.randrange(4000))),
    ("review", text(lambda r: f"{r.randint(1, 10**6)}")), ("comment", text(lambda r: f"order 2024-{r.randrange(10**6):06d} of {r.randrange(10**7)} pieces")), ("品名", lambda r: r.choice("红蓝白黑绿") + r.choice("色大小") + r.choice("杯椅桌灯衣") + r.choice("子儿套")), ("类别", lambda r: "".join(r.choices("甲乙丙丁戊己庚辛壬癸", k=2))),
    ("zip_file_size", lambda r: str(r.randrange(10**6))), ("plate_thickness", lambda r: f"{r.uniform(1, 9):.2f}"), ("cell_count", lambda r: str(r.randrange(10**6))), ("state", lambda r: letters(r, 2)), ("tin_content", lambda r: f"{r.random():.4f}"), ("long_term_debt", lambda r: f"{r.uniform(1, 100):.5f}"), ("hour_sin", lambda r: f"{r.uniform(-1, 1):.6f}"), ("chart_position", lambda r: str(r.randint(100, 999))), ("wallet_address", lambda r: f"0x{r.getrandbits(160):040x}"), ("cell_area", lambda r: str(r.randint(10**5, 10**7))), ("home_runs", lambda r: str(r.randrange(60))),
]  # fmt: skip
