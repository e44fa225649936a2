"""Administrative divisions 行政区划: the table of ``rules/reference/divisions.csv`` as a tree; its source stands in its head.

Codes are those of GB/T 2260: two digits of a province, four of a city, six of a county.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gongkai.errors import ConfigError
from gongkai.project import Project

FILE = "reference/divisions.csv"
_CODE = re.compile("(?:[0-9]{2}){1,3}")
_SHORT_PROVINCE = re.compile(r"(?:省|市|(?:维吾尔|壮族|回族)?自治区|特别行政区)$")
_SHORT_CITY = re.compile(
    r"(?:市|地区|盟|(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜)族?)+自治州)$"
)
_REMEDY = "restore the shipped file, or write code,name lines under that header"
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

        >>> from gongkai.project import SHIPPED
        >>> table = load(SHIPPED)
        >>> table.title("370102"), table.title("110101"), table.title("441900")
        ('山东省济南市历下区', '北京市东城区', '广东省东莞市')
        """
        if code not in self._titles:
            names = (self.names.get(code[:digits], "") for digits in (2, 4, 6) if digits <= len(code))
            self._titles[code] = "".join(dict.fromkeys(name for name in names if name not in _NOT_WRITTEN))
        return self._titles[code]


def load(project: Project) -> Divisions:
    """The table in force, the city's or the shipped one. ConfigError where it is not such a table."""
    return project.once(_read)


def digits(project: Project) -> npt.NDArray[np.int64]:
    """Every division code of six digits, one row a code, one digit a column.

    >>> from gongkai.project import SHIPPED
    >>> [110101] in (digits(SHIPPED) @ [100000, 10000, 1000, 100, 10, 1])
    True
    """
    return project.once(_digits)


def _read(project: Project) -> Divisions:
    path = project.file("rules", FILE)
    if path is None:
        raise ConfigError.of("is missing", _REMEDY, file=f"rules/{FILE}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
        names = {row["code"]: row["name"] for row in rows}
    except (UnicodeDecodeError, csv.Error, KeyError) as error:
        problem = f"is no table of code and name in UTF-8 ({type(error).__name__})"
        raise ConfigError.of(problem, _REMEDY, file=f"rules/{FILE}") from None
    if not names or not all(code and name and _CODE.fullmatch(code) for code, name in names.items()):
        raise ConfigError.of("is no table of codes of two, four or six digits and names", _REMEDY, file=f"rules/{FILE}")
    divisions = Divisions(names)
    for code, name in names.items():
        if len(code) == 2:
            divisions.provinces.enter(name, code)
            divisions.short_provinces.enter(_SHORT_PROVINCE.sub("", name), code)
        elif name not in _NOT_WRITTEN:
            _enter(divisions, code, name)
    return divisions


def _digits(project: Project) -> npt.NDArray[np.int64]:
    codes = sorted(code for code in load(project).names if len(code) == 6)
    return np.array([[int(digit) for digit in code] for code in codes], np.int64)


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
