"""truncate_address 地址截断: an address becomes the province, city or county it begins with, by its official name.

``山东济南市历下区泉城路268号`` becomes ``山东省济南市`` for the city. Only names of the shipped table of divisions are ever
written; an address that begins with none of them, or with one that stands for several places, becomes ``****``. Short names
(山东, 济南) count only where a division that lies in them follows: 海南路 is a road. An address that holds less than is asked
for gives what it holds, and one that holds nothing finer comes out as it is.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form

from ._divisions import Divisions, Names, load
from ._full import else_full_mask
from ._plain import plain

TITLE = "地址截断"
TYPES = frozenset({"text"})
Level: TypeAlias = Literal["province", "city", "county"]
_DIGITS = {"province": 2, "city": 4, "county": 6}
_BEGINNING = "^(?P<beginning>[^0-9A-Za-z]*)"
"""An address up to its first number, which addresses of one road share; no division's name has a digit."""
_LONGEST = 48
"""Characters that a province, a city and a county can take together, with spaces."""
_NO_NAMES = Names()


def apply(column: pa.Array, *, to: Level, within: str | None = None) -> pa.Array:
    """Text: names of divisions, or ``****``. Null and empty stay.

    ``within``: the four-digit code of the city the dataset is about, so that ``市中区…`` is the one there.

    >>> apply(pa.array(["山东省济南市历下区泉城路268号", "济南历下区", "海南路1号", None]), to="county").to_pylist()
    ['山东省济南市历下区', '山东省济南市历下区', '****', None]
    >>> apply(pa.array(["市中区经四路"]), to="county", within="3701").to_pylist()
    ['山东省济南市市中区']
    >>> apply(pa.array([""]), to="county", within="9901")
    Traceback (most recent call last):
        ...
    ValueError: within is the four-digit code of a city, for example 3701
    """
    _checked(to, within)
    column = plain(column)
    beginning = pc.struct_field(pc.extract_regex(column, _BEGINNING), "beginning")
    found = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(beginning), 0, _LONGEST).dictionary_encode()
    divisions = load()
    names = [_name(divisions, text, _DIGITS[to], within or "") for text in found.dictionary.to_pylist()]
    return else_full_mask(pa.array(names, pa.string()).take(found.indices), column)


def reveals(entity: str, *, to: Level, within: str | None = None) -> Disclosure:
    """The divisions down to that level.

    >>> sorted(reveals("ADDRESS", to="city").parts)
    ['city', 'province']
    """
    _checked(to, within)
    levels = list(_DIGITS)
    return Disclosure(Form.COARSE, parts=frozenset(levels[: levels.index(to) + 1]))


def _name(divisions: Divisions, text: str, digits: int, within: str) -> str | None:
    code = _code(divisions, "".join(text.split()), within)
    return divisions.title(code[:digits]) if code else None


def _code(divisions: Divisions, text: str, within: str) -> str:
    """The code of the finest division the text begins with; empty when it begins with none."""
    province, rest = divisions.provinces.split(text)
    if province:
        return _below(divisions, province, rest.removeprefix(divisions.names[province])) or province
    province, rest = divisions.short_provinces.split(text)
    return (
        (province and _below(divisions, province, rest))
        or _below(divisions, "", text)
        or (within and divisions.counties.get(within, _NO_NAMES).split(text)[0])
    )


def _below(divisions: Divisions, reach: str, text: str) -> str:
    """A city, its county or both at the beginning of ``text``, within a province (or, for "", the country)."""
    city, rest = divisions.cities.get(reach, _NO_NAMES).split(text)
    if city:
        return divisions.counties.get(city, _NO_NAMES).split(rest)[0] or city
    city, rest = divisions.short_cities.get(reach, _NO_NAMES).split(text)
    county = divisions.counties.get(city, _NO_NAMES).split(rest)[0] if city else ""
    if county:
        return county
    county, rest = divisions.counties.get(reach, _NO_NAMES).split(text.removeprefix("市辖区") if reach else text)
    return county if reach or len(text) - len(rest) > 2 else ""  # 城区, 赵县: too short to name a place by itself


def _checked(to: str, within: str | None) -> None:
    if to not in _DIGITS:
        raise ValueError(f"to is one of {', '.join(_DIGITS)}")
    if within is not None and (len(within) != 4 or within not in load().names):
        raise ValueError("within is the four-digit code of a city, for example 3701")
