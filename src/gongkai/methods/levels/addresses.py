"""Levels of an address 地址层级: the province, city or county it begins with, by its official name."""

from __future__ import annotations

from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from gongkai.disclosure import Disclosure, Form
from gongkai.methods.columns.full_mask import else_full_mask
from gongkai.methods.columns.plain import plain
from gongkai.project import Project
from gongkai.reference.divisions import Divisions, Names, load

Level: TypeAlias = Literal["province", "city", "county"]
_DIGITS = {"province": 2, "city": 4, "county": 6}
_BEGINNING = "^(?P<beginning>[^0-9A-Za-z]*)"
"""An address up to its first number, which addresses of one road share; no division's name has a digit."""
_LONGEST = 48
"""Characters that a province, a city and a county can take together, with spaces."""
_NO_NAMES = Names()


def coarsen(column: pa.Array, to: Level, within: str | None, project: Project) -> pa.Array:
    """A column of addresses as names of divisions at a level; ``****`` for one that begins with none. ValueError as from
    ``check``.

    >>> from gongkai.project import SHIPPED
    >>> coarsen(pa.array(["济南历下区", "海南路1号", None]), "city", None, SHIPPED).to_pylist()
    ['山东省济南市', '****', None]
    >>> coarsen(pa.array([""]), "street", None, SHIPPED)
    Traceback (most recent call last):
        ...
    ValueError: to is one of province, city, county
    """
    check(to, within, project)
    column = plain(column)
    beginning = pc.struct_field(pc.extract_regex(column, _BEGINNING), "beginning")
    found = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(beginning), 0, _LONGEST).dictionary_encode()
    divisions = load(project)
    names = [_name(divisions, text, _DIGITS[to], within or "") for text in found.dictionary.to_pylist()]
    return else_full_mask(pa.array(names, pa.string()).take(found.indices), column)


def disclosed(to: Level) -> Disclosure:
    """The divisions down to a level."""
    levels = list(_DIGITS)
    return Disclosure(Form.COARSE, parts=frozenset(levels[: levels.index(to) + 1]))


def check(to: str, within: str | None, project: Project) -> None:
    """ValueError for a level that is none, and where ``within`` is no city's code."""
    if to not in _DIGITS:
        raise ValueError(f"to is one of {', '.join(_DIGITS)}")
    if within is not None and (len(within) != 4 or within not in load(project).names):
        raise ValueError("within is the four-digit code of a city, for example 3701")


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
