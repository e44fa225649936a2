"""People who do not exist: names by Faker, the rest computed a whole column at a time.

Identity numbers follow GB 11643 (check digit by ISO 7064 MOD 11-2), bank cards end in a Luhn digit, companies' codes
follow GB 32100; so every check a portal makes of them passes, and every scan for them finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from gongkai.demo import city

Values = list[str | None]
"""A source column: its cells as text, None where the source has no value."""

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECK = np.array(list("10X98765432"))
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORG_CHECK = np.array(list("0X987654321"))
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = np.array([pow(3, power, 31) for power in range(17)])


@dataclass(frozen=True, slots=True)
class People:
    """The same person stands at the same position of every list."""

    name: list[str]
    id_number: list[str]
    birth: list[date]
    sex: list[str]
    phone: list[str]
    district: list[str]
    address: list[str]
    email: list[str]
    bank_card: list[str]

    def __len__(self) -> int:
        return len(self.name)


def people(rng: np.random.Generator, count: int) -> People:
    """``count`` different people, the same ones for the same state of ``rng``."""
    regions = rng.choice(list(city.DISTRICTS), count)
    birth = np.datetime64("1948-01-01", "D") + rng.integers(0, 365 * 58, count)
    sequence = rng.integers(0, 1000, count)
    names = _names(rng, count)
    phones = _phones(rng, count)
    return People(
        name=names,
        id_number=id_numbers(regions, birth, sequence),
        birth=birth.tolist(),
        sex=np.where(sequence % 2, "男", "女").tolist(),
        phone=phones,
        district=[city.DISTRICTS[code] for code in regions],
        address=addresses(rng, regions),
        email=_emails(rng, phones),
        bank_card=_bank_cards(rng, count),
    )


def _names(rng: np.random.Generator, count: int) -> list[str]:
    """Family and given names by Faker, drawn once into pools large enough and combined by column."""
    from faker import Faker

    faker = Faker("zh_CN")
    faker.seed_instance(int(rng.integers(2**31)))
    family = np.array([faker.last_name() for _ in range(1500)])
    given = np.array([faker.first_name() for _ in range(1500)])
    middle = np.where(rng.random(count) < 0.6, rng.choice(np.array(list("子雨思家文一梓嘉浩景若书晓明德志永秋")), count), "")
    single = rng.choice(given, count)
    return [
        f"{surname}{extra if len(name) == 1 else ''}{name}"
        for surname, extra, name in zip(rng.choice(family, count), middle, single, strict=True)
    ]


def id_numbers(regions: npt.NDArray[np.str_], birth: npt.NDArray[np.datetime64], sequence: npt.NDArray[np.int64]) -> list[str]:
    """18-digit identity numbers with a right check digit.

    >>> id_numbers(np.array(["110105"]), np.array(["1949-12-31"], "M8[D]"), np.array([2]))
    ['11010519491231002X']
    """
    days = np.strings.replace(birth.astype("M8[D]").astype(str), "-", "")
    bodies = np.strings.add(np.strings.add(regions, days), np.strings.zfill(sequence.astype(str), 3))
    return _texts(np.strings.add(bodies, _ID_CHECK[_digits(bodies) @ _ID_WEIGHTS % 11]))


def old_id_number(number: str) -> str:
    """The 15-digit number of before 1999: two digits of the year, no check digit.

    >>> old_id_number("11010519491231002X")
    '110105491231002'
    """
    return number[:6] + number[8:17]


def _phones(rng: np.random.Generator, count: int) -> list[str]:
    heads = rng.choice(["130", "135", "138", "139", "150", "152", "158", "186", "189", "199"], count)
    return _texts(np.strings.add(heads, np.strings.zfill(rng.integers(0, 10**8, count).astype(str), 8)))


def addresses(rng: np.random.Generator, regions: npt.NDArray[np.str_]) -> list[str]:
    """Full addresses down to the room, in the district of each division code."""
    count = len(regions)
    return [
        f"{city.NAME}{city.DISTRICTS[region]}{road}{number}号{estate}{building}幢{unit}单元{floor}{room:02d}室"
        for region, road, number, estate, building, unit, floor, room in zip(
            regions,
            rng.choice(city.ROADS, count),
            rng.integers(1, 800, count),
            rng.choice(city.ESTATES, count),
            rng.integers(1, 40, count),
            rng.integers(1, 5, count),
            rng.integers(1, 33, count),
            rng.integers(1, 7, count),
            strict=True,
        )
    ]


def _emails(rng: np.random.Generator, phones: Sequence[str]) -> list[str]:
    from faker import Faker

    faker = Faker("zh_CN")
    faker.seed_instance(int(rng.integers(2**31)))
    users = [faker.user_name() for _ in range(500)]
    return [f"{user}{phone[-6:]}@example.cn" for user, phone in zip(rng.choice(users, len(phones)), phones, strict=True)]


def _bank_cards(rng: np.random.Generator, count: int) -> list[str]:
    bodies = np.strings.add("621799", np.strings.zfill(rng.integers(0, 10**12, count).astype(str), 12))
    digits = _digits(bodies)
    doubled = digits[:, ::-1].copy()
    doubled[:, ::2] *= 2
    doubled = np.where(doubled > 9, doubled - 9, doubled)
    return _texts(np.strings.add(bodies, ((10 - doubled.sum(axis=1) % 10) % 10).astype(str)))


def credit_codes(rng: np.random.Generator, regions: npt.NDArray[np.str_], *, kind: str = "91") -> list[str]:
    """18-character unified social credit codes 统一社会信用代码, both check characters right; ``kind`` is 91 for companies."""
    numbers = np.strings.zfill(rng.choice(10**8, len(regions), replace=False, shuffle=False).astype(str), 8)
    organisations = np.strings.add(numbers, _ORG_CHECK[_digits(numbers) @ _ORG_WEIGHTS % 11])
    bodies = np.strings.add(np.strings.add(kind, regions), organisations)
    values = np.vectorize(_USCC_ALPHABET.index)(bodies.view("<U1").reshape(len(bodies), 17))
    checks = (31 - values @ _USCC_WEIGHTS % 31) % 31
    return _texts(np.strings.add(bodies, np.array(list(_USCC_ALPHABET))[checks]))


def _digits(texts: npt.NDArray[np.str_]) -> npt.NDArray[np.int64]:
    """The digits of equally long texts, one row for each."""
    return texts.view("<U1").reshape(len(texts), -1).astype(np.int64)


def _texts(array: npt.NDArray[np.str_]) -> list[str]:
    return [str(text) for text in array.tolist()]
