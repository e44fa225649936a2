"""Values of every kind, made up for canaries 虚构取值: valid ones, by this package's own knowledge of what they look like."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

_REGIONS = ("110101", "110105", "310104", "370102", "440106", "510107")
_COUNTIES = ("北京市东城区", "北京市朝阳区", "上海市徐汇区", "山东省济南市历下区", "广东省广州市天河区", "四川省成都市武侯区")
_SURNAMES = "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨"
_UNCOMMON = "翀翎芃珺璠骞昶旻晟煜焜煊烨燊瀚滢沄泓淏澍瑄瑜瓅琰砺祎禛稷竑笙"
"""Characters of given names that stand in no address, label or unit."""
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_PROVINCES = "京沪粤鲁苏浙川"
_SEGMENTS = (*range(130, 140), *range(150, 154), *range(155, 160), *range(175, 179), *range(180, 190), 166, 191, 193, 195, 198)
"""Beginnings of mobile numbers that are assigned and in everyday use; anything else a right masker may leave standing."""
_ISSUERS = ("621661", "621700", "622202", "622588", "622848")
"""Beginnings of debit cards of nineteen digits."""


def text(entity: str, random: Random) -> str:
    """A value such as a column of that entity holds; a word of letters and digits for an entity that is not known here."""
    return _MAKERS.get(entity, word)(random)


def typed(logical: str, random: Random) -> str:
    """A value of a logical type other than text, as text.

    >>> typed("decimal(6,2)", Random(1))[-3], typed("boolean", Random(1)) in ("true", "false")
    ('.', True)
    """
    if logical.startswith("decimal"):
        precision, scale = (int(part) for part in logical[8:-1].split(","))
        whole = _number(random, min(precision - scale, 7)) if precision > scale else "0"
        return f"{whole}.{_digits(random, scale - 1)}{random.choice('2367')}" if scale else whole
    return _TYPED[logical](random)


def resident_id(random: Random) -> str:
    """18 digits of GB 11643-1999 with a right check digit."""
    start = f"{random.choice(_REGIONS)}{_day(random):%Y%m%d}{random.randrange(1, 500):03d}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(start))
    return start + "0123456789X"[(1 - total) % 11]


def mobile(random: Random) -> str:
    """Eleven digits of an assigned segment.

    >>> mobile(Random(1))[:1], len(mobile(Random(1)))
    ('1', 11)
    """
    return f"{random.choice(_SEGMENTS)}{_digits(random, 8)}"


def card(random: Random) -> str:
    """19 digits with a right check digit (Luhn); what follows the issuer is no year, as in a case number."""
    start = f"{random.choice(_ISSUERS)}{random.randrange(21, 100)}{_digits(random, 10)}"
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(start)))
    total = sum(each - 9 * (each > 9) for each in doubled)
    return start + str(-total % 10)


def name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.sample(_UNCOMMON, 2))


def address(random: Random, within: str | None = None) -> str:
    """A county, and a street and house in it."""
    street = "".join(random.sample(_UNCOMMON, 2))
    return f"{within or county(random)}{street}路{random.randrange(100, 999)}号{random.randrange(1, 9)}栋{_number(random, 3)}室"


def county(random: Random) -> str:
    """The full name of a county."""
    return random.choice(_COUNTIES)


def email(random: Random) -> str:
    return f"{_letters(random, 8)}{_digits(random, 3)}@{_letters(random, 6)}.example.cn"


def word(random: Random) -> str:
    return random.choice("BCDFGHJKLM") + "".join(random.choices(string.ascii_uppercase + string.digits, k=11))


AROUND = ("来电", "反映", "补贴", "到账", "答复")
"""Words of a remark that tell nothing of anybody."""


def remark(random: Random) -> str:
    """Running text with an ID number, a mobile number, a card and an e-mail address in it: ``inside`` gives them."""
    ways = f"证件号{resident_id(random)}，手机{mobile(random)}，卡号{card(random)}，邮箱{email(random)}"
    return f"{random.choice(_COUNTIES)}来电反映补贴未到账，{ways}，请于{random.randrange(2, 30)}日内答复{_digits(random, 4)}"


def inside(text: str) -> list[str]:
    """What ``remark`` put into a text."""
    return [part.lstrip("证件号手机卡邮箱") for part in text.split("，")[1:5]]


def point(random: Random) -> str:
    """Longitude and latitude in degrees, to a tenth of a metre."""
    return f"1{random.randrange(10, 21)}.{_number(random, 6)},{random.randrange(23, 41)}.{_number(random, 6)}"


def region(random: Random) -> str:
    """Twelve digits: county, street, village."""
    return f"{random.choice(_REGIONS)}{random.randrange(1, 40):03d}{random.randrange(201, 299):03d}"


def day(random: Random) -> str:
    return _day(random).isoformat()


def sole_trader(random: Random) -> str:
    """GB 32100-2015 with a right check character."""
    start = f"92{random.choice(_REGIONS)}{''.join(random.choices(_USCC[10:], k=9))}"
    total = sum(_USCC.index(character) * weight for character, weight in zip(start, _WEIGHTS, strict=True))
    return start + _USCC[-total % 31]


def _landline(random: Random) -> str:
    return f"0{random.choice(('10', '21', '531', '775'))}-{random.randrange(2, 9)}{_digits(random, 7)}"


def _phone(random: Random) -> str:
    return random.choice((mobile, mobile, _landline))(random)


def _certificate(random: Random) -> str:
    return f"{random.choice(_PROVINCES)}（{random.randrange(2015, 2026)}）不动产权第{_digits(random, 9)}号"


def _plate(random: Random) -> str:
    return random.choice(_PROVINCES) + random.choice("ABCDEF") + _digits(random, 4) + random.choice("GHJK")


def _day(random: Random) -> date:
    return date(1951, 1, 1) + timedelta(random.randrange(18_000))


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices(string.digits, k=count))


def _number(random: Random, count: int) -> str:
    """A whole number that is no likely bound of a range: it ends in 2, 3, 6 or 7."""
    return random.choice("123456789") * (count > 1) + _digits(random, max(0, count - 2)) + random.choice("2367")


def _letters(random: Random, count: int) -> str:
    return "".join(random.choices(string.ascii_lowercase, k=count))


def _code(random: Random) -> str:
    return random.choice("GHKLM") + _digits(random, 10)


_MAKERS: Mapping[str, Callable[[Random], str]] = {
    "PERSON_NAME": name,
    "PARTY_NAME": name,
    "LEGAL_REPRESENTATIVE": name,
    "CN_ID_CARD": resident_id,
    "ID_DOC_NO": lambda random: "E" + _digits(random, 8),
    "PHONE": _phone,
    "EMAIL": email,
    "WECHAT": lambda random: f"wx_{_letters(random, 6)}{_digits(random, 4)}",
    "QQ": lambda random: random.choice("123456789") + _digits(random, 8),
    "IP": lambda random: ".".join(str(random.randrange(11, 250)) for _ in range(4)),
    "MAC": lambda random: ":".join(f"{random.randrange(256):02X}" for _ in range(6)),
    "ADDRESS": address,
    "USCC_SOLE_TRADER": sole_trader,
    "TAX_NO": resident_id,
    "SOCIAL_SECURITY_NO": resident_id,
    "DISABILITY_CERT": lambda random: resident_id(random) + random.choice("1234567") + random.choice("1234"),
    "STUDENT_NO": lambda random: "G" + resident_id(random),
    "MEDICAL_RECORD_NO": _code,
    "PERSON_NO": _code,
    "HOUSEHOLD_NO": _code,
    "PROPERTY_NO": lambda random: f"{random.choice(_REGIONS)}{_digits(random, 13)}F{_digits(random, 8)}",
    "PROPERTY_CERT": _certificate,
    "VEHICLE_PLATE": _plate,
    "VIN": lambda random: "L" + "".join(random.choices(_VIN, k=16)),
    "AGE": lambda random: _number(random, 2),
    "DATE_OF_BIRTH": day,
    "ADDRESS_REGION": region,
    "GEO": point,
    "POSTCODE": lambda random: _number(random, 6),
    "BANK_ACCOUNT": card,
    "INCOME": lambda random: _number(random, 5) + ".37",
    "FREE_TEXT": remark,
}
_TYPED: Mapping[str, Callable[[Random], str]] = {
    "integer": lambda random: _number(random, 7),
    "float": lambda random: f"{_number(random, 3)}.{_number(random, 6)}",
    "boolean": lambda random: random.choice(("true", "false")),
    "date": day,
    "datetime": lambda random: f"{day(random)} {random.randrange(10, 24)}:{random.randrange(10, 60)}:1{_number(random, 1)}",
}
