"""Administrative divisions 行政区划: the table of ``_divisions.csv`` (its source and licence stand in its head) as a tree.

Codes are those of GB/T 2260: two digits of a province, four of a city, six of a county.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("_divisions.csv")
_SHORT_PROVINCE = re.compile(r"(?:省|市|(?:维吾尔|壮族|回族)?自治区|特别行政区)$")
_SHORT_CITY = re.compile(
    r"(?:市|地区|盟|(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜)族?)+自治州)$"
)
_NOT_WRITTEN = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Names in the table that are only rungs of the code, not places anybody writes."""


class Names:
    """Codes by the name a text begins with. A name entered twice stands for several places, so for none."""

    def __init__(self) -> None:
        self._by_head: dict[str, dict[str, str]] = {}

    def enter(self, name: str, code: str) -> None:
        names = self._by_head.setdefault(name[:2], {})
        names[name] = "" if name in names else code

    def split(self, text: str) -> tuple[str, str]:
        """The code of the longest name the text begins with, and the rest; ``""`` and the text when there is none."""
        found = code = ""
        for name, its_code in self._by_head.get(text[:2], {}).items():
            if text.startswith(name) and len(name) > len(found):
                found, code = name, its_code
        return (code, text[len(found) :]) if code else ("", text)


@dataclass(frozen=True)
class Divisions:
    """Names by code, and for every reach (``""`` for the country, a province's or a city's code) what lies in it."""

    names: dict[str, str]
    cities: dict[str, Names] = field(default_factory=dict)
    short_cities: dict[str, Names] = field(default_factory=dict)
    counties: dict[str, Names] = field(default_factory=dict)
    provinces: Names = field(default_factory=Names)
    short_provinces: Names = field(default_factory=Names)
    _titles: dict[str, str] = field(default_factory=dict)

    def title(self, code: str) -> str:
        """The full name of a division with those it lies in, as an address begins.

        >>> load().title("370102"), load().title("110101"), load().title("441900")
        ('山东省济南市历下区', '北京市东城区', '广东省东莞市')
        """
        if code not in self._titles:
            names = (self.names.get(code[:digits], "") for digits in (2, 4, 6) if digits <= len(code))
            self._titles[code] = "".join(dict.fromkeys(name for name in names if name not in _NOT_WRITTEN))
        return self._titles[code]


@cache
def load() -> Divisions:
    """The shipped table."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    divisions = Divisions({row["code"]: row["name"] for row in rows})
    for code, name in divisions.names.items():
        if len(code) == 2:
            divisions.provinces.enter(name, code)
            divisions.short_provinces.enter(_SHORT_PROVINCE.sub("", name), code)
        elif name not in _NOT_WRITTEN:
            _enter(divisions, code, name)
    return divisions


def _enter(divisions: Divisions, code: str, name: str) -> None:
    if len(code) == 6:
        for reach in ("", code[:2], code[:4]):
            divisions.counties.setdefault(reach, Names()).enter(name, code)
        return
    short = _SHORT_CITY.sub("", name)
    for reach in ("", code[:2]):
        divisions.cities.setdefault(reach, Names()).enter(name, code)
        divisions.short_cities.setdefault(reach, Names()).enter(short, code)
        if name.endswith("自治州"):
            divisions.short_cities[reach].enter(f"{short}州", code)
