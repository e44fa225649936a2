"""Citizen identification number 公民身份号码 (GB 11643-1999): division code, birth date, order, sex, check character.

``remaining`` counts: it goes through every birth date from 1930 to 2020, every division code in force and every sequence that
agree with what shows and what is known, and keeps those that the check character (ISO 7064 MOD 11-2) admits. Numbers that
carry an identity number (社会保障号 the number itself, 纳税人识别号 of a natural person, 残疾人证号 before two signs, 学籍号
behind a letter) are counted as the one they carry.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gongkai.identifiers.anatomy._known import Facts
from gongkai.identifiers.anatomy._part import Part, digits
from gongkai.identifiers.anatomy._remaining import Remaining, Step
from gongkai.project import Project
from gongkai.reference import divisions

TITLE = "公民身份号码"
LENGTHS = {
    "CN_ID_CARD": (18, 0),
    "SOCIAL_SECURITY_NO": (18, 0),
    "TAX_NO": (18, 0),
    "DISABILITY_CERT": (20, 0),
    "STUDENT_NO": (19, 1),
}
ENTITIES = frozenset(LENGTHS)
PARTS = (
    digits("province", "省", 2),
    digits("city", "市", 2),
    digits("county", "县", 2),
    digits("birth_year", "出生年", 4),
    digits("birth_month", "出生月", 2),
    digits("birth_day", "出生日", 2),
    digits("order", "顺序", 2),
    digits("sex", "性别位", 1),
    Part("check", "校验码", "[0-9Xx]", 1),
)
GROUPS = {
    "region": ("province", "city", "county"),
    "birth_date": ("birth_year", "birth_month", "birth_day"),
    "sequence": ("order", "sex"),
}
COUNTED = frozenset(range(18))
SPECIMEN = "110101199003281230"
"""A made-up number whose check character is right."""

_WEIGHTS = np.array([2 ** (17 - place) % 11 for place in range(18)])
_REGION, _BIRTH, _SEQUENCE, _CHECK = range(6), range(6, 14), range(14, 17), 17
_FIRST_DAY, _LAST_DAY = "1930-01-01", "2021-01-01"

_Digits: TypeAlias = npt.NDArray[np.int64]
_Counts: TypeAlias = npt.NDArray[np.int64]
"""Candidates of one part by what they add to the check sum, modulo 11."""


def remaining(shown: frozenset[int], facts: Facts, project: Project) -> Remaining:
    """How many numbers are left behind one whose characters at ``shown`` are seen, by a reader who knows ``facts``.

    >>> from gongkai.project import SHIPPED
    >>> ours = SHIPPED
    >>> ends = frozenset({0, 1, 2, 3, 4, 5, 14, 15, 16, 17})
    >>> remaining(ends, Facts(), ours).example
    ('110101********1230', 3024)
    >>> remaining(ends, Facts(birth=frozenset({"year"})), ours).example[1]
    32
    >>> remaining(ends, Facts(birth_years=2), ours).example[1]
    66
    >>> known = Facts(birth=frozenset({"year", "month", "day"}), region=6)
    >>> remaining(frozenset({0, 1, 2, 14, 15, 16, 17}), known, ours).most
    1
    """
    return project.once(_remaining, shown, facts)


def _remaining(project: Project, shown: frozenset[int], facts: Facts) -> Remaining:
    parts = [_region(shown, facts, divisions.digits(project)), _birth(shown, facts), _sequence(shown, facts)]
    checked = _CHECK in shown
    counts = [_admitted(each, checked) for each in product(*(_alike(part.groups, checked) for part in parts))]
    example = _admitted([part.specimen for part in parts], checked, of=_residue(SPECIMEN))
    least, most = min(low for low, _ in counts), max(high for _, high in counts)
    steps = [part.step for part in parts]
    if checked and most > 1:
        steps.append(Step("校验码已显示：约十一分之一符合", "the check character shows: one in eleven fits"))
    masked = "".join(sign if place in shown else "*" for place, sign in enumerate(SPECIMEN))
    return Remaining(least, most, tuple(steps), (masked, example[0]))


class _Part:
    """A part of the number: its candidates, grouped by what a reader can tell apart."""

    def __init__(
        self, candidates: _Digits, places: range, labels: _Digits, specimen: npt.NDArray[np.bool_], step: Step
    ) -> None:
        residues = candidates @ _WEIGHTS[list(places)] % 11
        self.groups = _grouped(labels, residues)
        self.specimen: _Counts = np.bincount(residues[specimen], minlength=11)
        self.step = step


def _region(shown: frozenset[int], facts: Facts, all_codes: _Digits) -> _Part:
    known = {place for place in _REGION if place in shown or place < facts.region}
    labels = _joined([all_codes[:, place] for place in sorted(known)], len(all_codes))
    own = _own(all_codes, _REGION, known)
    where = {6: ("区划已知", "the division is known"), 4: ("同一地级市的区县", "the counties of one city"),
             2: ("同一省的区县", "the counties of one province")}  # fmt: skip
    leading = next((place for place in _REGION if place not in known), 6)
    zh, en = where.get(leading - leading % 2, ("全部区划代码", "every division code"))
    return _Part(all_codes, _REGION, labels, own, Step(zh, en))


def _birth(shown: frozenset[int], facts: Facts) -> _Part:
    days, calendar = _calendar()
    known = [days[:, place - _BIRTH.start] for place in _BIRTH if place in shown]
    known += [calendar[name] for name in sorted(facts.birth)]
    year_known = "year" in facts.birth or all(place in shown for place in range(6, 10))
    labels = _joined(known, len(days))
    own = labels == labels[_place_of_specimen()]
    part = _Part(days, _BIRTH, labels, own, _birth_step(labels))
    if facts.birth_years is not None and not year_known:
        _narrow(part, days, calendar["year"], labels, facts.birth_years)
    return part


def _narrow(part: _Part, days: _Digits, years: _Digits, labels: _Digits, width: int) -> None:
    """Only days of ``width`` calendar years in a row, whichever these are."""
    residues = days @ _WEIGHTS[list(_BIRTH)] % 11
    windows = [(years >= first) & (years < first + width) for first in range(int(years[0]), int(years[-1]) + 2 - width)]
    part.groups = np.concatenate([_grouped(labels[window], residues[window]) for window in windows])
    place = _place_of_specimen()
    own = (labels == labels[place]) & (years <= years[place]) & (years > years[place] - width)
    part.specimen = np.bincount(residues[own], minlength=11)
    part.step = Step(f"出生日期：相邻 {width} 个年份", f"birth date: {width} calendar years in a row")


def _birth_step(labels: _Digits) -> Step:
    sizes = np.bincount(labels)
    least, most = int(sizes.min()), int(sizes.max())
    if most == 1:
        return Step("出生日期已知", "the birth date is known")
    count = f"{least:,}" if least == most else f"{least:,}–{most:,}"
    return Step(f"出生日期：{count} 天（1930–2020 年）", f"birth date: {count} days of 1930–2020")


def _sequence(shown: frozenset[int], facts: Facts) -> _Part:
    numbers = np.arange(1000)
    all_digits = np.stack([numbers // 100, numbers // 10 % 10, numbers % 10], axis=1)
    known = [all_digits[:, place - _SEQUENCE.start] for place in _SEQUENCE if place in shown]
    labels = _joined([*known, *([numbers % 2] if facts.sex else [])], 1000)
    own = labels == labels[int(SPECIMEN[14:17])]
    count = int(np.bincount(labels).max())
    return _Part(all_digits, _SEQUENCE, labels, own, _sequence_step(count, facts.sex and _SEQUENCE.stop - 1 not in shown))


def _sequence_step(count: int, sex: bool) -> Step:
    if count == 1:
        return Step("顺序码已知", "the sequence is known")
    zh, en = ("，性别已知", ", the sex is known") if sex else ("", "")
    return Step(f"顺序码：{count:,}{zh}", f"sequence: {count:,}{en}")


@lru_cache(maxsize=1)
def _calendar() -> tuple[_Digits, dict[str, _Digits]]:
    """Every day as eight digits, and what can be told of it."""
    days = np.arange(_FIRST_DAY, _LAST_DAY, dtype="M8[D]")
    years = days.astype("M8[Y]").astype(int) + 1970
    months = days.astype("M8[M]").astype(int) % 12 + 1
    day = (days - days.astype("M8[M]")).astype(int) + 1
    written = years * 10_000 + months * 100 + day
    as_digits = np.stack([written // 10 ** (7 - place) % 10 for place in range(8)], axis=1)
    parts = {"decade": years // 10, "year": years, "quarter": (months - 1) // 3, "month": months, "day": day}
    return as_digits, parts


def _place_of_specimen() -> int:
    date = np.datetime64(f"{SPECIMEN[6:10]}-{SPECIMEN[10:12]}-{SPECIMEN[12:14]}")
    return int((date - np.datetime64(_FIRST_DAY)).astype(int))


def _joined(columns: list[Any], rows: int) -> _Digits:
    """One label for each combination of values there is."""
    labels = np.zeros(rows, np.int64)
    for column in columns:
        _, labels = np.unique(labels * 10_000 + column, return_inverse=True)
    return labels.reshape(-1).astype(np.int64)


def _grouped(labels: _Digits, residues: _Digits) -> _Counts:
    """For each label that occurs how many candidates have each residue; every such row once."""
    _, dense = np.unique(labels, return_inverse=True)
    counts = np.bincount(dense * 11 + residues, minlength=11 * (int(dense.max()) + 1)).reshape(-1, 11)
    return np.unique(counts, axis=0)


def _own(candidates: _Digits, places: range, known: set[int]) -> npt.NDArray[np.bool_]:
    """The candidates that look like the specimen at the known places."""
    alike = np.ones(len(candidates), bool)
    for place in known:
        alike &= candidates[:, place - places.start] == int(SPECIMEN[place])
    return alike


def _alike(groups: _Counts, checked: bool) -> list[_Counts]:
    """Groups that count the same, once: turning a group's residues only turns what is counted in the end."""
    if not checked:
        return list(np.unique(groups.sum(axis=1, keepdims=True), axis=0))
    turned = np.stack([np.roll(groups, shift, axis=1) for shift in range(11)])
    first = [tuple(max(tuple(row) for row in turned[:, index])) for index in range(groups.shape[0])]
    return [np.array(row) for row in dict.fromkeys(first)]


def _admitted(parts: Any, checked: bool, of: int | None = None) -> tuple[int, int]:
    """The least and the most candidates for any check character, or for the residue ``of`` alone."""
    if not checked:
        total = int(np.prod([int(part.sum()) for part in parts]))
        return total, total
    found = list(parts[0])
    for part in parts[1:]:
        found = _added(found, part)
    if of is not None:
        return int(found[of]), int(found[of])
    possible = [count for count in found if count]
    return min(possible), max(possible)


def _added(one: Any, other: Any) -> list[int]:
    """The candidates of two parts together, by residue."""
    return [sum(int(one[i]) * int(other[(residue - i) % 11]) for i in range(11)) for residue in range(11)]


def _residue(number: str) -> int:
    """What the first seventeen digits of a number add up to, modulo 11."""
    return int(np.array([int(sign) for sign in number[:17]]) @ _WEIGHTS[:17] % 11)
