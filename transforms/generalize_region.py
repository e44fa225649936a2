"""generalize_region 区划概化: a GB/T 2260 division code keeps the digits of its county, city or province; zeros follow.

Takes codes of six digits and the longer statistical ones of nine (street) and twelve (village); gives six digits always, or the
names they stand for. A text that is no code of a known province becomes ``****``. A six-digit code with nothing finer than
asked for is given as it is.
"""

from __future__ import annotations

import pyarrow as pa

from gongkai.disclosure import Disclosure
from gongkai.methods.levels import regions
from gongkai.methods.levels.regions import Level, Written
from gongkai.project import SHIPPED, Project

TITLE = "区划概化"
VERSION = 1
TYPES = frozenset({"text"})
_FORMS: dict[Level, str] = {"county": "[0-9]{6}", "city": "[0-9]{4}00", "province": "[0-9]{2}0000"}


def apply(column: pa.Array, *, to: Level, written: Written = "code", project: Project = SHIPPED) -> pa.Array:
    """Text of six digits, or with ``written: name`` the official name with those it lies in. Null and empty stay.

    A city or county that the table of divisions does not know has no name: it gets that of the division it lies in.

    >>> codes = pa.array(["370102001", "370102", "990102", None])
    >>> apply(codes, to="city").to_pylist()
    ['370100', '370100', '****', None]
    >>> apply(codes, to="county", written="name").to_pylist()
    ['山东省济南市历下区', '山东省济南市历下区', '****', None]
    >>> apply(codes, to="street")
    Traceback (most recent call last):
        ...
    ValueError: to is one of province, city, county
    """
    return regions.coarsen(column, to, written, project)


def reveals(entity: str, *, to: Level, written: Written = "code") -> Disclosure:
    """The divisions down to that level, which are as many leading digits, whichever way they are written.

    >>> left = reveals("ADDRESS_REGION", to="city")
    >>> sorted(left.parts), left.first
    (['city', 'province'], 4)
    """
    regions.check(to, written)
    return regions.disclosed(to)


def expected_form(*, to: Level, written: Written = "code") -> str | None:
    """A code with zeros behind that level; nothing is said of names.

    >>> expected_form(to="city")
    '[0-9]{4}00'
    """
    return _FORMS[to] if written == "code" else None
