"""Which cells and which column names speak of a person: one rule per kind of personal data.

A rule with ``shape`` finds its kind in the cells alone; ``named`` is the wider shape that suffices where the column's name
says so too. A name without fitting cells is never enough: PhoneService and email_count are no personal data.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from workers.engine.events import gettext_noop as N_
from workers.engine.intake import checksums

_S, _E = r"(^|[ _.-])(", r")([ _.-]?(\d{1,2}|no|nr|num|number|id|code|hash))?([ _.-]|$)"  # a whole word of a name, perhaps numbered
PERSON = r"customer|client|patient|employee|staff|applicant|contact|student|doctor|physician|passenger|person|member|borrower|holder|owner|user|guest|teacher|nurse|insured|payer|payee|sender|recipient|receiver|beneficiary|card[ _.-]?holder|father|mother|spouse|consignee|buyer|driver|tenant"


def _name(words: str, more: str = "") -> re.Pattern[str]:
    """Whole words of a column's name, in any case; ``more``: searched anywhere, for writing without spaces."""
    return re.compile(_S + words + _E + (f"|{more}" if more else ""), re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """``asks``: found in the cells (or in the name and the cells) it is sure enough to be asked about. ``diverse``: fewest distinct
    beginnings of cells without punctuation, so that consecutive order numbers are not taken for telephones. ``some``: what a
    fifth of the cells must hold, so that versions are not taken for addresses. ``anywhere``: also under the name of a shop."""

    kind: str
    what: str
    shape: re.Pattern[str] | None = None
    valid: Callable[[str], bool] | None = None
    share: float = 0.8  # of the cells that must fit
    named: re.Pattern[str] | None = None
    names: re.Pattern[str] | None = None
    asks: bool = True
    diverse: int = 0
    some: re.Pattern[str] | None = None
    anywhere: bool = True


PHONE = re.compile(
    r"\+\d{10,15}|(?=(?:\D*\d){8,20}\D*$)(\+|00 ?)[1-9]\d{0,2}[ .\-/]?\(?\d{1,4}\)?([ .\-/]+\d{1,8}){1,6}( ?(x|ext\.?|#) ?\d{1,6})?"
    r"|(?=(?:\D*\d){9,15}\D*$)\+[1-9]\d{0,2}[ .\-/]*(\(0?\d{1,4}\)[ .\-/]*)\d{2,8}([ .\-/]?\d{1,8}){0,5}"  # international
    r"|1(3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9\d)([ -]?\d{4}){2}|\(?0\d{2,3}\)?[- ]\d{7,8}([-#x ]\d{1,5})?"  # China
    r"|(1[-. ])?(\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}( ?(x|ext\.?) ?\d{1,5})?"  # North America
    r"|0(\d{4} ?\d{3} ?\d{3}|\d{3} \d{3} \d{4}|\d{2} \d{4} \d{4}|7\d{9})|\(0\d{2,5}\) ?\d{3,4} ?\d{3,4}"  # United Kingdom
    r"|0[1-9]([ .-]\d{2}){4}|0[1-9]\d{1,4}[ /-]{1,3}\d{4,9}|0[1-9]\d{0,2}[ -]\d{3,4}[ -]\d{3,4}"  # France, Germany, Japan, Australia
    r"|[6-9]\d{4}[ -]\d{5}|\(\d{2}\) ?9?\d{4}-\d{4}"  # India, Brazil
)
PHONE_INSIDE = (  # a text: written so that it can be nothing else
    r"\+\d{1,3}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,4}\d{2,4}|\([2-9]\d{2}\) ?[2-9]\d{2}-\d{4}|[2-9]\d{2}[.-][2-9]\d{2}[.-]\d{4}"
    r"|1[3-9]\d{9}|0\d{2,3}-\d{7,8}|0\d{4} \d{6}|0\d{3} \d{3} \d{4}|07\d{3} ?\d{6}|0\d(?: \d{2}){4}"
)
NAME_SHAPE = re.compile(r"(?=.{2,80}$)[^\W\d_]+\.?([ ,.'’\-()\"]{1,3}[^\W\d_]+\.?){0,8}\)?\"?\)?")
PASSPORT = r"[A-Z]{1,2}\d{6,8}|\d{8,9}|[A-Z]\d{2}[A-Z0-9]{5,6}|[A-Z]{2}\d[A-Z0-9]{5,6}"
DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?.*|\d{1,2}[-/. ]([A-Za-z]{3,9}|\d{1,2})[-/. ,]+\d{2,4}|\d{8}|[A-Z][a-z]{2,8} \d{1,2}, \d{4}"
STREET = r"street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|way|court|ct|place|pl|square|sq|terrace|close|crescent|highway|hwy|parkway|pkwy"

EMAIL = Rule(
    "email",
    N_("e-mail addresses"),
    re.compile(r"[\w.+'-]{1,64}@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,24}"),
    share=0.5,
    named=re.compile(r"[^@\s]+@[^@\s]+"),
    names=_name(r"e[ _.-]?mails?([ _.-]?addr(ess)?)?|mail", "邮箱|电子邮件"),
)
RULES: tuple[Rule, ...] = (
    EMAIL,
    Rule("iban", N_("bank account numbers (IBAN)"), re.compile(r"[A-Za-z]{2}\d{2}( ?[A-Za-z0-9]{4}){2,7}( ?[A-Za-z0-9]{1,4})?"), checksums.iban),
    Rule("resident_id", N_("Chinese resident identity numbers"), re.compile(r"[1-8]\d{16}[\dXx]|[1-8]\d{14}"), checksums.resident_id),
    Rule(
        "card", N_("payment card numbers"), re.compile(r"\d{12,19}|\d{4}([ -]\d{4}){2,3}([ -]\d{1,4})?|\d{4}[ -]?\d{6}[ -]?\d{4,5}"), checksums.card, 0.9,
    ),
    Rule(
        "french_nir", N_("French social security numbers"),
        re.compile(r"[12][ .]?\d{2}[ .]?(0[1-9]|1[0-2]|[2-9]\d)[ .]?(\d{2}|2[ABab])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}"), checksums.nir, 0.9,
    ),
    Rule("aadhaar", N_("Indian Aadhaar numbers"), re.compile(r"[2-9]\d{3}([ -]?)\d{4}\1\d{4}"), checksums.verhoeff, 0.9),
    Rule("tax_id", N_("German tax identity numbers"), re.compile(r"[1-9]\d( ?)\d{3}\1\d{3}\1\d{3}"), checksums.steuer_id, 0.9),
    Rule("nhs_number", N_("NHS numbers"), re.compile(r"\d{3}([ -]?)\d{3}\1\d{4}"), checksums.nhs, 0.9),
    Rule(
        "ssn", N_("US social security numbers"), re.compile(r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}"), checksums.ssn, 0.95,
        re.compile(r"\d{9}"), _name("ssn|social[ _.-]?security|social[ _.-]?sec"), diverse=10,
    ),
    Rule(
        "national_insurance", N_("UK national insurance numbers"),
        re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?\d{2}){3} ?[A-D]"), None, 0.9, diverse=10,
    ),
    Rule("pan", N_("Indian tax numbers (PAN)"), re.compile(r"[A-Z]{3}[PCHFATBLJG][A-Z]\d{4}[A-Z]"), None, 0.9, diverse=10),
    Rule("mac_address", N_("network card addresses (MAC)"), re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}|([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")),
    Rule("ip_address", N_("internet addresses (IP)"), re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}"), checksums.ip, 0.9, some=re.compile(r"[12]\d\d|:")),
    Rule(
        "phone", N_("telephone numbers"), PHONE, None, 0.7, re.compile(r"(?=(\D*\d){6,15}\D*$)[+(]?\d[\d ().\-/#+x]*"),
        _name(r"(mobile|tele|cell|work|home|contact)?[ _.-]?(phones?|tel|telephone|mobile|fax|msisdn|whatsapp)|cell[ _.-]?(no|number)|handy|telefon\w*|portable|celular|m[oó]vil|contact[ _.-]?n(o|umber)", "手机|电话|联系方式|座机|传真"),
        diverse=3,
    ),
    Rule(
        "bank_account", N_("bank account or card numbers"), None, None, 0.8, re.compile(r"(?=(\D*\d){8,24}\D*$)[A-Z]{0,4}[\d *xX-]+"),
        _name(r"(bank|debit)[ _.-]?(account|acct|card)|(credit|payment)?[ _.-]?card[ _.-]?(no|nr|num|number|pan)|cc[ _.-]?(no|num|number)|iban|konto[ _.-]?n(r|ummer)", "银行卡|银行账[户号]|卡号"),
    ),
    Rule("passport", N_("passport numbers"), None, None, 0.8, re.compile(PASSPORT), _name("passports?|pass[ _.-]?port|reisepass\\w*|passeport", "护照")),
    Rule(
        "national_id", N_("national identity numbers"), None, None, 0.8, re.compile(r"(?=.*\d{4})(?!\d*\.\d+$)[A-Za-z0-9][A-Za-z0-9 ./-]{5,20}"),
        _name(r"national[ _.-]?(id|identity|insurance|identification)|(id|identity)[ _.-]?card|dni|nie|cpf|curp|nino|nhs|aadhaa?r|social[ _.-]?insurance|bsn|pesel|personnummer|tax[ _.-]?(id|number)|steuer[ _.-]?id\\w*|citizen[ _.-]?id", "身份证|证件号"),
    ),
    Rule(
        "medical_record", N_("medical record numbers"), None, None, 0.8, re.compile(r"(?=.*\d{3})[A-Za-z]{0,4}[ -]?[\dA-Za-z-]{3,16}"),
        _name(r"mrn|(medical|health|hospital|patient)[ _.-]?(record|chart|file|card)|(health|medicare|medicaid|insurance)[ _.-]?(plan[ _.-]?)?(card|beneficiary|policy)?[ _.-]?(id|no|number)", "病历号|病案号|住院号|门诊号|就诊卡|医保(卡)?号"),
    ),
    Rule(
        "plate", N_("vehicle plates"), re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-HJ-NP-Z0-9]{5,6}"), None, 0.8,
        re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9 ·-]{2,10}"), _name(r"((licen[cs]e|number|vehicle|car)[ _.-]?plate|plate|vehicle[ _.-]?reg\w*)s?|vin|kennzeichen|driver'?s?[ _.-]?licen[cs]e|licen[cs]e", "车牌|驾驶证"),
    ),
    Rule(
        "birth_date", N_("dates of birth"), None, None, 0.8, re.compile(DATE),
        _name(r"dob|birth[ _.-]?(date|day)|(date|day)[ _.-]?of[ _.-]?birth|born([ _.-]?on)?|geburts\w*|naissance|nacimiento", "出生(日期|年月|时间)|生日"), asks=False,
    ),
    Rule(
        "address", N_("street addresses"),
        re.compile(rf"(?is)(no\.? ?)?\d{{1,6}}[A-Z]?,? +([\w.'-]+ +){{1,4}}({STREET})\b.*|.{{2,20}}(省|市|区|县).*(路|街|道|巷|弄|村|镇|小区).*\d+.*"), None, 0.8,
        re.compile(r"(?s)(?=.*\d)(?=.*[ ,]).{6,200}|.{4,60}(省|市|区|县|路|街|号).*"), _name(r"(home|street|mail(ing)?|postal|residen\w*|billing|shipping|delivery|permanent|current)?[ _.-]?(address(es)?|addr)([ _.-]?line)?|street([ _.-]?name)?|stra(ss|ß)e|domicilio|direcci[oó]n|adresse", "住址|地址"), anywhere=False,
    ),
    Rule(
        "postcode", N_("postcodes of people or households"), None, None, 0.8, re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9 -]{2,9}"),
        _name(r"(home|billing|shipping|customer|patient)[ _.-]?(zip|postal|post)([ _.-]?code)?|zip|zip[ _.-]?code|post(al)?[ _.-]?code|pincode|plz", "邮编|邮政编码"), asks=False,
    ),
    Rule(
        "location", N_("places on the map, to within metres"), re.compile(r"-?\d{1,2}\.\d{4,}, ?-?\d{1,3}\.\d{4,}"), None, 0.9,
        re.compile(r"[+-]?\d{1,3}[.,]\d{4,}"), _name(r"(home|gps|pickup|pick[ _.-]?up|drop[ _.-]?off|user|customer|start|end|from|to|origin|dest\w*)?[ _.-]?(lat(itude)?|lon(gitude)?|lng|long)|gps|geo[ _.-]?(loc\w*|point)", "经度|纬度|经纬度"), asks=False,
    ),
)  # fmt: skip
NOT_A_PERSON = re.compile(
    r"(?i)(^|[ _.-])(store|shop|site|branch|hospital|company|warehouse|station|sensor|device|node|server|product|brand|file|merchant|city|country|region|restaurant|business|school|property|building|venue|model|car|column|variable|event|team|class|project|campaign|plan|vendor|supplier|count|number[ _.-]?of|content|debt|term|type|size|usage|minute|call|flag|amount|balance|age|day|rate|ratio|score|total|avg|mean|length|width|thickness|service|change|volume)s?([ _.-]|$)|门店|商品|产品|公司|企业|站点|品牌"
)
NAMED_PERSON = _name(
    rf"(({PERSON}|full|first|last|middle|given|family|sur|maiden|legal|birth|nick)[ _.-]?names?|surname|forename|lastname|firstname|fullname|pr[eé]nom|nachname|vorname|nombres?|apellidos?)",
    rf"姓名|^名字$|^({PERSON})[ _.-]?full[ _.-]?name$",
)
PERHAPS_PERSON = _name(
    r"names?|nm|nom|person|customer|patient|client|contact|author|employee|doctor|passenger", "联系人|客户名|^名称$|收件人|经办人|医生|患者"
)
